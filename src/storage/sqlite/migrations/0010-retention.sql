-- How long an account keeps what shows how contacts acted.

ALTER TABLE account
  ADD COLUMN keep_evidence_months INTEGER;  -- NULL: for good
