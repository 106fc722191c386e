-- How long an account keeps what shows how contacts acted.

ALTER TABLE account
  ADD COLUMN keep_evidence_months integer;  -- NULL: for good
