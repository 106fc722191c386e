-- The first schema. Instants are UTC in epoch milliseconds, identifiers are integers, booleans are 0 and 1.
-- Keys, hashes and event ids are the bytes of what the code writes in hexadecimal.

CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  data_privacy INTEGER NOT NULL,        -- 1: a legal basis and its explanation are required
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL           -- compared and swapped by every update
) STRICT;

-- Brands; 0 is the account's own.
CREATE TABLE business_unit (
  account_id INTEGER NOT NULL REFERENCES account (id),
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE TABLE subscription_definition (
  account_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  business_unit_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  purpose TEXT NOT NULL,
  communication_method TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  is_default INTEGER NOT NULL,
  is_internal INTEGER NOT NULL,
  translations TEXT NOT NULL,           -- JSON: [{languageCode, name, description, createdAt, updatedAt}, …]
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, business_unit_id) REFERENCES business_unit (account_id, id)
) STRICT;

CREATE TABLE app (
  account_id INTEGER NOT NULL REFERENCES account (id),
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

CREATE TABLE token (
  id TEXT PRIMARY KEY NOT NULL,         -- names the token in lists; grants nothing
  account_id INTEGER NOT NULL,
  app_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  secret_hash BLOB NOT NULL UNIQUE,     -- SHA-256 of the secret, which itself is nowhere
  hint TEXT NOT NULL,                   -- the secret's last four characters
  scopes TEXT NOT NULL,                 -- JSON: an array of scope names
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  FOREIGN KEY (account_id, app_id) REFERENCES app (account_id, id)
) STRICT;

CREATE INDEX token_by_app ON token (account_id, app_id);

-- Raised by every change of the tables above, in its own transaction: how a process sees that its cache is old.
CREATE TABLE catalog_revision (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL
) STRICT;

INSERT INTO catalog_revision (id, revision) VALUES (1, 0);

-- One row a contact: the unit of consistency. The views below unfold its preferences. With a rowid, on purpose: keys are
-- random, and at random places small index entries are cheaper to insert than whole rows.
CREATE TABLE subscriber (
  account_id INTEGER NOT NULL,
  subscriber_key BLOB NOT NULL,         -- 16 bytes; outlives an erased address
  address TEXT,                         -- as written last; NULL once erased
  version INTEGER NOT NULL,             -- the number of the contact's events
  head_event_id BLOB NOT NULL,          -- the latest event
  head_hash BLOB NOT NULL,              -- and its hash, 32 bytes
  last_event_at INTEGER NOT NULL,       -- and its instant
  preferences TEXT NOT NULL,            -- JSON; src/storage/preferences-document.ts describes it
  PRIMARY KEY (account_id, subscriber_key)
) STRICT;

-- The ledger, append-only, in the order of its ids the change feed. No second index, on purpose: a contact's events
-- are found by walking from subscriber.head_event_id along previous_event_id.
CREATE TABLE event (
  event_id BLOB PRIMARY KEY NOT NULL,   -- UUIDv7, 16 bytes
  account_id INTEGER NOT NULL,
  subscriber_key BLOB NOT NULL,
  version INTEGER NOT NULL,             -- 1 for a contact's first event, and one more each
  occurred_at INTEGER NOT NULL,
  previous_event_id BLOB,               -- NULL for a contact's first event
  hash BLOB NOT NULL,                   -- SHA-256 over the previous hash and this event, 32 bytes
  body TEXT NOT NULL,                   -- JSON, byte for byte what the hash covers
  personal TEXT                         -- JSON: values and salts the body commits to; NULL where none, or erased
) STRICT, WITHOUT ROWID;

-- What contacts said of single types, a row each. What holds also depends on opt_out.
CREATE VIEW status AS
SELECT
  subscriber.account_id,
  subscriber.subscriber_key,
  subscriber.address,
  channel.key AS channel,
  recorded.value ->> 0 AS subscription_id,
  CASE recorded.value ->> 1
    WHEN 0 THEN 'NOT_SPECIFIED'
    WHEN 1 THEN 'SUBSCRIBED'
    WHEN 2 THEN 'UNSUBSCRIBED'
  END AS state,
  CASE recorded.value ->> 4
    WHEN 0 THEN 'CONSENT_WITH_NOTICE'
    WHEN 1 THEN 'LEGITIMATE_INTEREST_CLIENT'
    WHEN 2 THEN 'LEGITIMATE_INTEREST_OTHER'
    WHEN 3 THEN 'LEGITIMATE_INTEREST_PQL'
    WHEN 4 THEN 'NON_GDPR'
    WHEN 5 THEN 'PERFORMANCE_OF_CONTRACT'
    WHEN 6 THEN 'PROCESS_AND_STORE'
  END AS legal_basis,
  recorded.value ->> 5 AS legal_basis_explanation,
  CASE json_type(recorded.value, '$[2]')
    WHEN 'integer' THEN 'Public status API, App ID:' || (recorded.value ->> 2)
    ELSE recorded.value ->> 2
  END AS source,
  strftime('%Y-%m-%dT%H:%M:%fZ', (recorded.value ->> 3) / 1000.0, 'unixepoch') AS occurred_at
FROM subscriber
JOIN json_each(subscriber.preferences) AS channel
JOIN json_each(channel.value, '$[0]') AS recorded;

-- The active opt-outs of everything, a row each; business_unit_id is NULL for the whole account.
CREATE VIEW opt_out AS
SELECT
  subscriber.account_id,
  subscriber.subscriber_key,
  subscriber.address,
  channel.key AS channel,
  said.value ->> 0 AS business_unit_id,
  CASE json_type(said.value, '$[1]')
    WHEN 'integer' THEN 'Public status API, App ID:' || (said.value ->> 1)
    ELSE said.value ->> 1
  END AS source,
  strftime('%Y-%m-%dT%H:%M:%fZ', (said.value ->> 2) / 1000.0, 'unixepoch') AS occurred_at
FROM subscriber
JOIN json_each(subscriber.preferences) AS channel
JOIN json_each(channel.value, '$[1]') AS said;
