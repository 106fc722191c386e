-- Links for contacts: what they are sealed with, and whose were revoked.

-- An account's keys. The latest that is not retired seals new links; a retired one opens links until its instant.
CREATE TABLE link_key (
  id bytea PRIMARY KEY,                 -- 4 bytes, at the head of every link
  account_id bigint NOT NULL REFERENCES account (id),
  secret bytea NOT NULL,                -- 32 bytes
  created_at bigint NOT NULL,
  retires_at bigint                     -- from then on its links are void; NULL while nobody said so
);

CREATE INDEX link_key_by_account ON link_key (account_id);

-- The contacts whose links were revoked: those made up to that instant are void. Making links writes nothing here. It can
-- be distributed by subscriber_key, as subscriber is.
CREATE TABLE link_revocation (
  account_id bigint NOT NULL,
  subscriber_key bytea NOT NULL,        -- 16 bytes, as in subscriber; there need be no such row
  revoked_through bigint NOT NULL,
  PRIMARY KEY (account_id, subscriber_key)
);
