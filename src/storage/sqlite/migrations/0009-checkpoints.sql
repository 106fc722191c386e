-- Sealing the ledger: signed statements of what it begins with. docs/verification.md describes them.

CREATE TABLE ledger_checkpoint (
  number INTEGER PRIMARY KEY,           -- 1, 2, 3, …
  document TEXT NOT NULL,               -- JSON: what was signed, and the signature
  peaks BLOB NOT NULL                   -- what the tree goes on from: the roots of its largest whole subtrees, 32 bytes each
) STRICT;

-- The root over every 256 events, in the order of their ids: what saves a proof from reading the whole ledger.
CREATE TABLE ledger_tile (
  number INTEGER PRIMARY KEY,           -- 0, 1, 2, …
  root BLOB NOT NULL,
  last_event_id BLOB NOT NULL
) STRICT;
