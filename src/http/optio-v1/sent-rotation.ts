/** What a rotation's body says of the secret that is replaced. */
import { invalid } from '../../actions/manage-checks.ts';
import { done, type ManageOutcome, refused } from '../../actions/manage-outcome.ts';
import { parseInstant } from '../../actions/parse-instant.ts';
import type { OldUntil } from '../../actions/rotation.ts';

export function sentOldUntil(body: { readonly oldUntil?: string } | null | undefined): ManageOutcome<OldUntil> {
  const sent = body?.oldUntil;
  if (sent === undefined || sent === 'now') return done(sent);
  const oldUntil = parseInstant(sent);
  if (oldUntil !== null) return done(oldUntil);
  return refused(invalid('oldUntil', 'must be an ISO 8601 instant such as 2027-01-31T12:00:00Z, or now'));
}
