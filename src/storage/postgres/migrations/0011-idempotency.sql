-- Idempotency keys: which requests were carried out within the last day, and what they were answered. Nothing can be read here
-- without the key that the client chose, which is nowhere. It can be distributed by key_id.

CREATE TABLE idempotency_key (
  key_id bytea PRIMARY KEY,             -- SHA-256 over account, app and key
  fingerprint bytea NOT NULL,           -- of the request, 32 bytes: an HMAC with the key
  claim bytea NOT NULL,                 -- 12 bytes: names the attempt, and is the nonce of its answer
  claimed_until bigint NOT NULL,        -- while there is no answer: until then it is being carried out
  attempt integer NOT NULL,             -- 1, and one more for each that ended without an answer
  reserved_at bigint NOT NULL,          -- the first attempt
  answer bytea,                         -- encrypted with the key; NULL: none yet
  expires_at bigint NOT NULL
);

-- What is encrypted does not compress.
ALTER TABLE idempotency_key ALTER COLUMN answer SET STORAGE EXTERNAL;

CREATE INDEX idempotency_key_expiring ON idempotency_key (expires_at);
