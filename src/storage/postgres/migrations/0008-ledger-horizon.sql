-- Up to which event id the ledger is closed: all events up to there are committed, and none is added among them any more.
-- Every commit compares its ids with it, and holds it where it is until the commit is there to be seen.

CREATE TABLE ledger_horizon (
  id integer PRIMARY KEY CHECK (id = 1),
  closed_through uuid                   -- NULL: nothing is closed yet
);

INSERT INTO ledger_horizon (id) VALUES (1);
