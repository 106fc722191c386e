-- Up to which event id the ledger is closed: all events up to there are committed, and none is added among them any more.
-- Every commit compares its ids with it, in its own transaction.

CREATE TABLE ledger_horizon (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  closed_through BLOB                   -- 16 bytes; NULL: nothing is closed yet
) STRICT;

INSERT INTO ledger_horizon (id) VALUES (1);
