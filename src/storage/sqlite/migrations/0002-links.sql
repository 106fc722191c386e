-- Links for contacts: what they are sealed with, and whose were revoked.

-- An account's keys. The latest that is not retired seals new links; a retired one opens links until its instant.
CREATE TABLE link_key (
  id BLOB PRIMARY KEY NOT NULL,         -- 4 bytes, at the head of every link
  account_id INTEGER NOT NULL REFERENCES account (id),
  secret BLOB NOT NULL,                 -- 32 bytes
  created_at INTEGER NOT NULL,
  retires_at INTEGER                    -- from then on its links are void; NULL while nobody said so
) STRICT;

CREATE INDEX link_key_by_account ON link_key (account_id);

-- The contacts whose links were revoked: those made up to that instant are void. Making links writes nothing here.
CREATE TABLE link_revocation (
  account_id INTEGER NOT NULL,
  subscriber_key BLOB NOT NULL,         -- 16 bytes, as in subscriber; there need be no such row
  revoked_through INTEGER NOT NULL,
  PRIMARY KEY (account_id, subscriber_key)
) STRICT, WITHOUT ROWID;
