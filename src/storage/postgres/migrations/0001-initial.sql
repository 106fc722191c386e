-- The first schema. Instants are UTC in epoch milliseconds. It runs on plain PostgreSQL 15 and newer; the two hot
-- tables are made so that Citus can distribute them by subscriber_key: the key is part of every primary key, nothing
-- refers to them, they have no triggers, and identifiers are made by the application.

CREATE TABLE account (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  data_privacy boolean NOT NULL,        -- a legal basis and its explanation are required
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL            -- compared and swapped by every update
);

-- Brands; 0 is the account's own.
CREATE TABLE business_unit (
  account_id bigint NOT NULL REFERENCES account (id),
  id bigint NOT NULL,
  name text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (account_id, id)
);

CREATE TABLE subscription_definition (
  account_id bigint NOT NULL,
  id bigint NOT NULL,
  business_unit_id bigint NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  purpose text NOT NULL,
  communication_method text NOT NULL,
  is_active boolean NOT NULL,
  is_default boolean NOT NULL,
  is_internal boolean NOT NULL,
  translations json NOT NULL,           -- [{languageCode, name, description, createdAt, updatedAt}, …]
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, business_unit_id) REFERENCES business_unit (account_id, id)
);

CREATE TABLE app (
  account_id bigint NOT NULL REFERENCES account (id),
  id bigint NOT NULL,
  name text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (account_id, id)
);

CREATE TABLE token (
  id text PRIMARY KEY,                  -- names the token in lists; grants nothing
  account_id bigint NOT NULL,
  app_id bigint NOT NULL,
  name text NOT NULL,
  secret_hash bytea NOT NULL UNIQUE,    -- SHA-256 of the secret, which itself is nowhere
  hint text NOT NULL,                   -- the secret's last four characters
  scopes json NOT NULL,                 -- an array of scope names
  created_at bigint NOT NULL,
  expires_at bigint,
  revoked_at bigint,
  FOREIGN KEY (account_id, app_id) REFERENCES app (account_id, id)
);

CREATE INDEX token_by_app ON token (account_id, app_id);

-- Raised by every change of the tables above, in its own transaction: how a process sees that its cache is old. Its one
-- row is also what makes those changes wait for each other.
CREATE TABLE catalog_revision (
  id integer PRIMARY KEY CHECK (id = 1),
  revision bigint NOT NULL
);

INSERT INTO catalog_revision (id, revision) VALUES (1, 0);

-- One row a contact: the unit of consistency. The views below unfold its preferences. Pages are filled to four fifths,
-- so that the next version of a row finds room beside it and the index need not change.
CREATE TABLE subscriber (
  account_id bigint NOT NULL,
  subscriber_key bytea NOT NULL,        -- 16 bytes; outlives an erased address
  address text,                         -- as written last; NULL once erased
  version integer NOT NULL,             -- the number of the contact's events
  base_version integer NOT NULL,        -- the version before the last commit: what that commit compared with
  head_event_id uuid NOT NULL,          -- the latest event
  head_hash bytea NOT NULL,             -- and its hash, 32 bytes
  last_event_at bigint NOT NULL,        -- and its instant
  preferences json NOT NULL,            -- src/storage/preferences-document.ts describes it
  PRIMARY KEY (account_id, subscriber_key)
) WITH (fillfactor = 80);

-- The ledger, append-only, in the order of its ids the change feed. No second index, on purpose: a contact's events
-- are found by walking from subscriber.head_event_id along previous_event_id.
CREATE TABLE event (
  event_id uuid NOT NULL,               -- UUIDv7
  account_id bigint NOT NULL,
  subscriber_key bytea NOT NULL,
  version integer NOT NULL,             -- 1 for a contact's first event, and one more each
  occurred_at bigint NOT NULL,
  previous_event_id uuid,               -- NULL for a contact's first event
  hash bytea NOT NULL,                  -- SHA-256 over the previous hash and this event, 32 bytes
  body json NOT NULL,                   -- json, not jsonb: kept byte for byte, as the hash covers it
  personal json,                        -- values and salts the body commits to; NULL where none, or erased
  PRIMARY KEY (event_id, subscriber_key)
);

-- What contacts said of single types, a row each. What holds also depends on opt_out.
CREATE VIEW status AS
SELECT
  subscriber.account_id,
  subscriber.subscriber_key,
  subscriber.address,
  channel.name AS channel,
  (recorded.value ->> 0)::bigint AS subscription_id,
  CASE recorded.value ->> 1
    WHEN '0' THEN 'NOT_SPECIFIED'
    WHEN '1' THEN 'SUBSCRIBED'
    WHEN '2' THEN 'UNSUBSCRIBED'
  END AS state,
  CASE recorded.value ->> 4
    WHEN '0' THEN 'CONSENT_WITH_NOTICE'
    WHEN '1' THEN 'LEGITIMATE_INTEREST_CLIENT'
    WHEN '2' THEN 'LEGITIMATE_INTEREST_OTHER'
    WHEN '3' THEN 'LEGITIMATE_INTEREST_PQL'
    WHEN '4' THEN 'NON_GDPR'
    WHEN '5' THEN 'PERFORMANCE_OF_CONTRACT'
    WHEN '6' THEN 'PROCESS_AND_STORE'
  END AS legal_basis,
  recorded.value ->> 5 AS legal_basis_explanation,
  CASE json_typeof(recorded.value -> 2)
    WHEN 'number' THEN 'Public status API, App ID:' || (recorded.value ->> 2)
    ELSE recorded.value ->> 2
  END AS source,
  to_timestamp((recorded.value ->> 3)::bigint / 1000.0) AS occurred_at
FROM subscriber
CROSS JOIN LATERAL json_each(subscriber.preferences) AS channel (name, document)
CROSS JOIN LATERAL json_array_elements(channel.document -> 0) AS recorded (value);

-- The active opt-outs of everything, a row each; business_unit_id is NULL for the whole account.
CREATE VIEW opt_out AS
SELECT
  subscriber.account_id,
  subscriber.subscriber_key,
  subscriber.address,
  channel.name AS channel,
  (said.value ->> 0)::bigint AS business_unit_id,
  CASE json_typeof(said.value -> 1)
    WHEN 'number' THEN 'Public status API, App ID:' || (said.value ->> 1)
    ELSE said.value ->> 1
  END AS source,
  to_timestamp((said.value ->> 2)::bigint / 1000.0) AS occurred_at
FROM subscriber
CROSS JOIN LATERAL json_each(subscriber.preferences) AS channel (name, document)
CROSS JOIN LATERAL json_array_elements(channel.document -> 1) AS said (value);
