-- Double opt-in: what was asked for with an address and waits for its owner to confirm.

-- One row an address, forgotten once it is of no use. It is also the outbox: a message is due where message_due_at says so, and
-- whoever sends it claims the row first, for a while. It can be distributed by subscriber_key, as subscriber is.
CREATE TABLE sign_up (
  account_id bigint NOT NULL,
  subscriber_key bytea NOT NULL,        -- 16 bytes, as in subscriber; there need be no such row
  address text NOT NULL,                -- as written last
  version integer NOT NULL,             -- compared and swapped
  document json NOT NULL,               -- src/storage/sign-up-document.ts describes it
  message_due_at bigint,                -- when to try next; NULL: nothing is to be sent
  message_due_since bigint,             -- from when on it has been tried
  message_sent_at bigint,               -- when the last one was sent; NULL: none was
  claimed_until bigint,                 -- until then somebody is sending it; NULL: nobody
  expires_at bigint NOT NULL,           -- from then on the row is of no use
  PRIMARY KEY (account_id, subscriber_key)
);

CREATE INDEX sign_up_due ON sign_up (message_due_at) WHERE message_due_at IS NOT NULL;
CREATE INDEX sign_up_expiring ON sign_up (expires_at);
