-- Idempotency keys: which requests were carried out within the last day, and what they were answered. Nothing can be read here
-- without the key that the client chose, which is nowhere.

CREATE TABLE idempotency_key (
  key_id BLOB PRIMARY KEY,              -- SHA-256 over account, app and key
  fingerprint BLOB NOT NULL,            -- of the request, 32 bytes: an HMAC with the key
  claim BLOB NOT NULL,                  -- 12 bytes: names the attempt, and is the nonce of its answer
  claimed_until INTEGER NOT NULL,       -- while there is no answer: until then it is being carried out
  attempt INTEGER NOT NULL,             -- 1, and one more for each that ended without an answer
  reserved_at INTEGER NOT NULL,         -- the first attempt
  answer BLOB,                          -- encrypted with the key; NULL: none yet
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX idempotency_key_expiring ON idempotency_key (expires_at);
