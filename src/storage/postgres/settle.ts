/** Commits whose answer is lost: whether they took effect is looked up, and they are repeated where they did not. */
import type { CommitResult, SubscriberChange } from '../port.ts';
import { byteaArray, uuidArray } from './binary-array.ts';
import type { Connections } from './connections.ts';

/** All of a commit's events are there, or none: unless shards that are not yet through with it still hold some back. */
const ANY_EVENT = `
  SELECT 1
  FROM event
  WHERE subscriber_key = ANY($1::bytea[]) AND event_id = ANY($2::uuid[])
  LIMIT 1`;

/**
 * Changes nothing, yet is only answered once everything before it in the write-ahead log is where the operator wants it.
 * What somebody stopped from waiting for its standby can be seen, and may still be lost.
 */
const WAIT_FOR_STANDBY = `
  UPDATE subscriber
  SET base_version = base_version
  WHERE account_id = $1 AND subscriber_key = ANY($2::bytea[])`;

/**
 * Carries out `commit`, which writes `changes` all or nothing. Where its outcome is unknown, for a connection broke or
 * another server took over, it looks whether the events are there, whose ids no other commit has: `committed` if so, and
 * once more if not. An attempt that is still under way somewhere does no harm: it and its repetition expect the same
 * versions, so one of them fails. Rejects with `StoreUnavailable` where the outcome is still unknown after some seconds.
 */
export function settle(
  connections: Connections,
  changes: readonly SubscriberChange[],
  commit: () => Promise<CommitResult>,
): Promise<CommitResult> {
  let isUnsure = false;
  return connections.persist(async () => {
    if (isUnsure && (await isInLedger(connections, changes))) return 'committed';
    try {
      const result = await commit();
      // What stands in its way may be its own first attempt, which was through only after the look.
      if (result !== 'committed' && isUnsure && (await isInLedger(connections, changes))) return 'committed';
      return result;
    } catch (error) {
      isUnsure = true;
      throw error;
    }
  });
}

/** On one connection, hence on one server: what another one holds is another question. */
function isInLedger(connections: Connections, changes: readonly SubscriberChange[]): Promise<boolean> {
  const keys = byteaArray(changes.map(({ ref }) => ref.subscriberKey));
  const events = uuidArray(changes.flatMap((change) => change.events.map(({ eventId }) => eventId)));
  return connections.use(async (client) => {
    const { rows } = await client.query(ANY_EVENT, [keys, events]);
    if (rows.length === 0) return false;
    for (const [accountId, own] of Map.groupBy(changes, ({ ref }) => ref.accountId)) {
      await client.query(WAIT_FOR_STANDBY, [accountId, byteaArray(own.map(({ ref }) => ref.subscriberKey))]);
    }
    return true;
  });
}
