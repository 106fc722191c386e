-- Sealing the ledger: signed statements of what it begins with. docs/verification.md describes them.

CREATE TABLE ledger_checkpoint (
  number bigint PRIMARY KEY,            -- 1, 2, 3, …
  document json NOT NULL,               -- what was signed, and the signature
  peaks bytea NOT NULL                  -- what the tree goes on from: the roots of its largest whole subtrees, 32 bytes each
);

-- The root over every 256 events, in the order of their ids: what saves a proof from reading the whole ledger.
CREATE TABLE ledger_tile (
  number bigint PRIMARY KEY,            -- 0, 1, 2, …
  root bytea NOT NULL,
  last_event_id uuid NOT NULL
);
