-- Tokens get new secrets, say when they were last used, and may be bound to networks. Every token that is there already
-- has the secret it was made with and may be used from anywhere.

ALTER TABLE token
  ADD COLUMN allowed_networks json NOT NULL DEFAULT '[]',  -- an array of CIDR networks; empty: everywhere
  ADD COLUMN rotated_at bigint,                            -- when it got the secret it has now; NULL: it has its first
  ADD COLUMN last_used_at bigint;                          -- to the minute; does not raise the revision

-- The secrets that tokens had before. They stay for good, so that one that has ended is never taken for a new one.
CREATE TABLE old_token_secret (
  secret_hash bytea PRIMARY KEY,
  token_id text NOT NULL REFERENCES token (id),
  hint text NOT NULL,
  replaced_at bigint NOT NULL,          -- of the latest one: its token's rotated_at
  ends_at bigint NOT NULL               -- it works until then
);

CREATE UNIQUE INDEX old_token_secret_by_token ON old_token_secret (token_id, replaced_at);

-- Apps get what OAuth knows them by.

ALTER TABLE app
  ADD COLUMN client_id text NOT NULL DEFAULT '',       -- public, for good; a UUID
  ADD COLUMN redirect_uris json NOT NULL DEFAULT '[]',  -- an array of URIs as they were written
  ADD COLUMN secrets json NOT NULL DEFAULT '[]',       -- [{secretHash, hint, createdAt, expiresAt}], at most two
  ADD COLUMN updated_at bigint NOT NULL DEFAULT 0;     -- compared and swapped by every update

UPDATE app SET updated_at = created_at, client_id = gen_random_uuid()::text;

CREATE UNIQUE INDEX app_by_client_id ON app (client_id);
