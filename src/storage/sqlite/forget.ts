/** A change by which something is forgotten, on SQLite: the new event, and what is left of those before it. */
import type { CommitResult, ForgettingChange } from '../port.ts';
import { uuidToBytes } from './binary.ts';
import type { Connection } from './connection.ts';
import { revokeWith } from './link-revocations.ts';
import { packChanges } from './packed-messages.ts';
import { forgetWith } from './sign-ups.ts';
import { Writer } from './writer.ts';

/** In a transaction of the caller's, who must roll it back where the change is not committed. */
export function forgetInTransaction(connection: Connection, change: ForgettingChange): CommitResult {
  const { ref, state, remainders } = change;
  const result = new Writer(connection).write(packChanges([change]));
  if (result !== 'committed') return result;
  for (const { eventId, personal } of remainders) {
    const left = personal && JSON.stringify(personal);
    connection.change('UPDATE event SET personal = ? WHERE event_id = ?', left, uuidToBytes(eventId));
  }
  if (state.isErased) {
    forgetWith(connection, ref);
    revokeWith(connection, ref, state.lastEventAt);
  }
  return 'committed';
}
