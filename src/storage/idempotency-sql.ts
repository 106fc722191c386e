/**
 * The statements on idempotency keys, the same for both engines: SQLite writes `?1` for `$1`. In `RESERVE`,
 * `excluded.reserved_at` is now: on Citus, what is asked there of the row that is in the way may ask no clock.
 */

const IS_OVER = 'stored.expires_at <= excluded.reserved_at';
/** The statement was carried out, and sent again since its answer was lost. */
const IS_THIS = 'stored.claim = excluded.claim';

export const RESERVE = `
  INSERT INTO idempotency_key AS stored
    (key_id, fingerprint, claim, claimed_until, reserved_at, expires_at, attempt)
  VALUES ($1, $2, $3, $4, $5, $6, 1)
  ON CONFLICT (key_id) DO UPDATE SET
    fingerprint = excluded.fingerprint,
    claim = excluded.claim,
    claimed_until = excluded.claimed_until,
    attempt = CASE WHEN ${IS_OVER} THEN 1 WHEN ${IS_THIS} THEN stored.attempt ELSE stored.attempt + 1 END,
    reserved_at = CASE WHEN ${IS_OVER} THEN excluded.reserved_at ELSE stored.reserved_at END,
    expires_at = CASE WHEN ${IS_OVER} THEN excluded.expires_at ELSE stored.expires_at END,
    answer = NULL
  WHERE ${IS_OVER} OR (
    stored.answer IS NULL
    AND stored.fingerprint = excluded.fingerprint
    AND (stored.claimed_until <= excluded.reserved_at OR ${IS_THIS})
  )
  RETURNING attempt, reserved_at`;

export const KEEP = 'UPDATE idempotency_key SET answer = $3 WHERE key_id = $1 AND claim = $2 AND answer IS NULL';

export const LET_GO =
  'UPDATE idempotency_key SET claimed_until = 0 WHERE key_id = $1 AND claim = $2 AND answer IS NULL';

/** `LET_GO` does the rest. */
export const WITHDRAW_FIRST = `
  DELETE FROM idempotency_key WHERE key_id = $1 AND claim = $2 AND answer IS NULL AND attempt = 1`;

export const FORGET_EXPIRED = `
  DELETE FROM idempotency_key
  WHERE expires_at <= $1 AND key_id IN (
    SELECT key_id FROM idempotency_key WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2
  )`;
