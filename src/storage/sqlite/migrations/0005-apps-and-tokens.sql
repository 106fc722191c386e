-- Tokens get new secrets, say when they were last used, and may be bound to networks. Every token that is there already
-- has the secret it was made with and may be used from anywhere.

ALTER TABLE token ADD COLUMN allowed_networks TEXT NOT NULL DEFAULT '[]';  -- JSON: an array of CIDR networks; empty: everywhere
ALTER TABLE token ADD COLUMN rotated_at INTEGER;                           -- when it got the secret it has now; NULL: it has its first
ALTER TABLE token ADD COLUMN last_used_at INTEGER;                         -- to the minute; does not raise the revision

-- The secrets that tokens had before. They stay for good, so that one that has ended is never taken for a new one.
CREATE TABLE old_token_secret (
  secret_hash BLOB PRIMARY KEY NOT NULL,
  token_id TEXT NOT NULL REFERENCES token (id),
  hint TEXT NOT NULL,
  replaced_at INTEGER NOT NULL,         -- of the latest one: its token's rotated_at
  ends_at INTEGER NOT NULL              -- it works until then
) STRICT;

CREATE UNIQUE INDEX old_token_secret_by_token ON old_token_secret (token_id, replaced_at);

-- Apps get what OAuth knows them by.

ALTER TABLE app ADD COLUMN client_id TEXT NOT NULL DEFAULT '';      -- public, for good; a UUID
ALTER TABLE app ADD COLUMN redirect_uris TEXT NOT NULL DEFAULT '[]';  -- JSON: an array of URIs as they were written
ALTER TABLE app ADD COLUMN secrets TEXT NOT NULL DEFAULT '[]';      -- JSON: [{secretHash, hint, createdAt, expiresAt}], at most two
ALTER TABLE app ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;   -- compared and swapped by every update

UPDATE app SET updated_at = created_at, client_id = lower(
  hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
  || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))
);

CREATE UNIQUE INDEX app_by_client_id ON app (client_id);
