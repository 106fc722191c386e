/** Commits on a database that is spread over several nodes: each contact's change where the contact is. */
import type { CommitResult, SubscriberChange } from '../../port.ts';
import { encodePreferences } from '../../preferences-document.ts';
import { bigintArray, byteaArray, integerArray, jsonArray, uuidArray } from '../binary-array.ts';
import { type Client, queryPrepared } from '../connections.ts';
import { isConflict, isTooLate } from '../errors.ts';
import { COMMIT_FUNCTION } from './commit-function.ts';
import { writeRows } from './write-rows.ts';

export const COMMIT_ONE = `
  SELECT ${COMMIT_FUNCTION}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

/** So that each statement sees what was committed while it waited for a lock. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';

/**
 * A contact's change with more events than that is written in rows: the function looks for each in arrays, and takes
 * longer and longer (a hundred events: 154 ms, in rows 23).
 */
const MOST_EVENTS_OF_A_CALL = 10;

/** One contact's change is a transaction of its node alone; a larger one is of all its contacts' nodes, in two phases. */
export async function commitOnNodes(client: Client, changes: readonly SubscriberChange[]): Promise<CommitResult> {
  const isOneCall = fitsCall(changes);
  try {
    if (!isOneCall) await client.query(BEGIN);
    await writeOnNodes(client, changes);
    if (!isOneCall) await client.query('COMMIT');
    return 'committed';
  } catch (error) {
    if (!isTooLate(error) && !isConflict(error)) throw error;
    if (!isOneCall) await client.query('ROLLBACK');
    return isTooLate(error) ? 'too-late' : 'conflict';
  }
}

/** Fails as `writeChanges` does. Of several changes some may be written then: it is for a transaction that is given up. */
export async function writeOnNodes(client: Client, changes: readonly SubscriberChange[]): Promise<void> {
  if (fitsCall(changes)) await call(client, changes[0]!);
  else await writeRows(client, changes);
}

function fitsCall(changes: readonly SubscriberChange[]): boolean {
  return changes.length === 1 && changes[0]!.events.length <= MOST_EVENTS_OF_A_CALL;
}

function call(client: Client, { ref, address, baseVersion, state, events }: SubscriberChange) {
  return queryPrepared(client, 'commit-one', COMMIT_ONE, [
    ...[Buffer.from(ref.subscriberKey, 'hex'), ref.accountId, address, state.version, baseVersion],
    ...[state.headEventId, Buffer.from(state.headHash, 'hex'), state.lastEventAt],
    encodePreferences(state.preferences),
    uuidArray(events.map(({ eventId }) => eventId)),
    integerArray(events.map(({ version }) => version)),
    bigintArray(events.map(({ occurredAt }) => occurredAt)),
    uuidArray(events.map(({ previousEventId }) => previousEventId)),
    byteaArray(events.map(({ hash }) => hash)),
    jsonArray(events.map(({ body }) => body)),
    jsonArray(events.map(({ personal }) => (personal === null ? null : JSON.stringify(personal)))),
  ]);
}
