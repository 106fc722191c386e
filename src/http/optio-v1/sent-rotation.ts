/** What a rotation's body says of the secret that is replaced. */
import { done, type ManageOutcome } from '../../actions/manage-outcome.ts';
import type { OldUntil } from '../../actions/rotation.ts';
import { sentInstant } from './sent-instant.ts';

export function sentOldUntil(body: { readonly oldUntil?: string } | null | undefined): ManageOutcome<OldUntil> {
  const sent = body?.oldUntil;
  return sent === undefined || sent === 'now' ? done(sent) : sentInstant('oldUntil', sent, ', or now');
}
