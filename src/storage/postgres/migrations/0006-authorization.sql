-- OAuth: the people who may say which app acts for an account, the apps that they let do so, and what the authorization
-- server keeps. Of whatever names or opens something, only the SHA-256 is here.

CREATE TABLE operator (
  id bigint PRIMARY KEY,
  email text NOT NULL,                  -- as it was written
  email_key text NOT NULL UNIQUE,       -- as it is compared: in NFC and lower case
  password_hash text NOT NULL,          -- a PHC string
  totp_secret text,                     -- in base32; NULL: no second factor
  totp_step bigint,                     -- the latest step of the second factor's time that was used; NULL: none was
  account_ids json,                     -- an array of accounts' ids; NULL: all accounts
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL            -- compared and swapped by every update
);

CREATE TABLE operator_session (
  secret_hash bytea PRIMARY KEY,
  operator_id bigint NOT NULL REFERENCES operator (id) ON DELETE CASCADE,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL
);

CREATE INDEX operator_session_by_operator ON operator_session (operator_id);
CREATE INDEX operator_session_expiring ON operator_session (expires_at);

-- How often somebody tried to sign in under a key, an address for instance.
CREATE TABLE sign_in_try (
  key_hash bytea PRIMARY KEY,
  count integer NOT NULL,
  window_ends_at bigint NOT NULL        -- from then on the count starts anew
);

CREATE INDEX sign_in_try_expiring ON sign_in_try (window_ends_at);

-- That an app, of this account or another, may act for an account.
CREATE TABLE installation (
  account_id bigint NOT NULL REFERENCES account (id),
  client_id text NOT NULL,              -- the app's
  app_id bigint NOT NULL,               -- and its id, which no other app in the account has
  scopes json NOT NULL,                 -- an array of scope names, as approved last
  installed_by bigint,                  -- the operator, who need not be there any more; NULL: the command line or the API
  installed_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (account_id, client_id),
  UNIQUE (account_id, app_id)
);

-- Grants, codes, tokens and what is under way. What hangs on an installation or on a grant goes with it. Whoever needs
-- locks on several rows takes them in this order, or would wait for others in a circle: catalog_revision, installation,
-- grant, the rest.
CREATE TABLE authorization_item (
  id_hash bytea PRIMARY KEY,
  kind text NOT NULL,                   -- Grant, AccessToken, …: AUTHORIZATION_KINDS in src/storage/ports/authorization.ts
  client_id text NOT NULL,
  account_id bigint,                    -- NULL: nobody has chosen yet
  grant_hash bytea,                     -- the id_hash of the grant that it is part of; NULL: of none
  document json NOT NULL,               -- the authorization server's own
  expires_at bigint NOT NULL,
  consumed_at bigint,                   -- NULL: not yet
  FOREIGN KEY (account_id, client_id) REFERENCES installation (account_id, client_id) ON DELETE CASCADE,
  FOREIGN KEY (grant_hash) REFERENCES authorization_item (id_hash) ON DELETE CASCADE
);

CREATE INDEX authorization_item_by_installation ON authorization_item (account_id, client_id);
CREATE INDEX authorization_item_by_grant ON authorization_item (grant_hash);
CREATE INDEX authorization_item_expiring ON authorization_item (expires_at);

-- Secrets of the server as a whole, made when they are first needed.
CREATE TABLE server_secret (
  purpose text PRIMARY KEY,
  secret bytea NOT NULL                 -- 32 bytes
);
