/** Commits on a database that is spread over several nodes: each contact's change where the contact is. */
import { inKeyOrder } from '../../key-order.ts';
import type { CommitResult, SubscriberChange } from '../../port.ts';
import { encodePreferences } from '../../preferences-document.ts';
import { bigintArray, byteaArray, integerArray, jsonArray, uuidArray } from '../binary-array.ts';
import { type Client, queryPrepared } from '../connections.ts';
import { isConflict, isTooLate } from '../errors.ts';
import { COMMIT_FUNCTION } from './commit-function.ts';

export const COMMIT_ONE = `
  SELECT ${COMMIT_FUNCTION}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

/** So that each statement sees what was committed while it waited for a lock. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';

/** How many calls are on their way at once: the answer to the last of them shall not be waited for too long. */
const CALLS_UNDERWAY = 500;

/** One contact's change is a transaction of its node alone; that of several is one of all their nodes, in two phases. */
export async function commitOnNodes(client: Client, changes: readonly SubscriberChange[]): Promise<CommitResult> {
  const isOfSeveral = changes.length > 1;
  try {
    if (isOfSeveral) await client.query(BEGIN);
    await writeOnNodes(client, changes);
    if (isOfSeveral) await client.query('COMMIT');
    return 'committed';
  } catch (error) {
    if (!isTooLate(error) && !isConflict(error)) throw error;
    if (isOfSeveral) await client.query('ROLLBACK');
    return isTooLate(error) ? 'too-late' : 'conflict';
  }
}

/** Fails as `writeChanges` does. Of several changes some may be written then: it is for a transaction that is given up. */
export async function writeOnNodes(client: Client, changes: readonly SubscriberChange[]): Promise<void> {
  const inOrder = inKeyOrder(changes);
  for (let from = 0; from < inOrder.length; from += CALLS_UNDERWAY) {
    const calls = inOrder.slice(from, from + CALLS_UNDERWAY).map((change) => call(client, change));
    // The first that fails says why; those behind it only that the transaction is broken off.
    const failed = (await Promise.allSettled(calls)).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }
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
