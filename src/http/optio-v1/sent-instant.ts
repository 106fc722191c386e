/** What a body says of an instant. */
import { invalid } from '../../actions/manage-checks.ts';
import { done, type ManageOutcome, refused } from '../../actions/manage-outcome.ts';
import { parseInstant } from '../../actions/parse-instant.ts';

/** In epoch milliseconds. `orElse` names what else the field may hold, such as `, or now`. */
export function sentInstant(field: string, sent: string, orElse = ''): ManageOutcome<number> {
  const instant = parseInstant(sent);
  if (instant !== null) return done(instant);
  return refused(invalid(field, `must be an ISO 8601 instant such as 2027-01-31T12:00:00Z${orElse}`));
}
