-- Who may be mailed. In every account that is there already, only those who are subscribed.

ALTER TABLE account
  ADD COLUMN mail_rule TEXT NOT NULL DEFAULT 'opt-in';  -- opt-in, or unless-opted-out
