-- OAuth: the people who may say which app acts for an account, the apps that they let do so, and what the authorization
-- server keeps. Of whatever names or opens something, only the SHA-256 is here.

CREATE TABLE operator (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL,                  -- as it was written
  email_key TEXT NOT NULL UNIQUE,       -- as it is compared: in NFC and lower case
  password_hash TEXT NOT NULL,          -- a PHC string
  totp_secret TEXT,                     -- in base32; NULL: no second factor
  totp_step INTEGER,                    -- the latest step of the second factor's time that was used; NULL: none was
  account_ids TEXT,                     -- JSON: an array of accounts' ids; NULL: all accounts
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL           -- compared and swapped by every update
) STRICT;

CREATE TABLE operator_session (
  secret_hash BLOB PRIMARY KEY NOT NULL,
  operator_id INTEGER NOT NULL REFERENCES operator (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX operator_session_by_operator ON operator_session (operator_id);
CREATE INDEX operator_session_expiring ON operator_session (expires_at);

-- How often somebody tried to sign in under a key, an address for instance.
CREATE TABLE sign_in_try (
  key_hash BLOB PRIMARY KEY NOT NULL,
  count INTEGER NOT NULL,
  window_ends_at INTEGER NOT NULL       -- from then on the count starts anew
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_try_expiring ON sign_in_try (window_ends_at);

-- That an app, of this account or another, may act for an account.
CREATE TABLE installation (
  account_id INTEGER NOT NULL REFERENCES account (id),
  client_id TEXT NOT NULL,              -- the app's
  app_id INTEGER NOT NULL,              -- and its id, which no other app in the account has
  scopes TEXT NOT NULL,                 -- JSON: an array of scope names, as approved last
  installed_by INTEGER,                 -- the operator, who need not be there any more; NULL: the command line or the API
  installed_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, client_id),
  UNIQUE (account_id, app_id)
) STRICT;

-- Grants, codes, tokens and what is under way. What hangs on an installation or on a grant goes with it.
CREATE TABLE authorization_item (
  id_hash BLOB PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,                   -- Grant, AccessToken, …: AUTHORIZATION_KINDS in src/storage/ports/authorization.ts
  client_id TEXT NOT NULL,
  account_id INTEGER,                   -- NULL: nobody has chosen yet
  grant_hash BLOB,                      -- the id_hash of the grant that it is part of; NULL: of none
  document TEXT NOT NULL,               -- JSON, the authorization server's own
  expires_at INTEGER NOT NULL,
  consumed_at INTEGER,                  -- NULL: not yet
  FOREIGN KEY (account_id, client_id) REFERENCES installation (account_id, client_id) ON DELETE CASCADE,
  FOREIGN KEY (grant_hash) REFERENCES authorization_item (id_hash) ON DELETE CASCADE
) STRICT;

CREATE INDEX authorization_item_by_installation ON authorization_item (account_id, client_id);
CREATE INDEX authorization_item_by_grant ON authorization_item (grant_hash);
CREATE INDEX authorization_item_expiring ON authorization_item (expires_at);

-- Secrets of the server as a whole, made when they are first needed.
CREATE TABLE server_secret (
  purpose TEXT PRIMARY KEY NOT NULL,
  secret BLOB NOT NULL                  -- 32 bytes
) STRICT;
