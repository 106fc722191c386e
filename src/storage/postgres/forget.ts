/** A change by which something is forgotten, on PostgreSQL: the new event, and what is left of those before it. */
import type { CommitResult, ForgettingChange } from '../port.ts';
import { jsonArray, uuidArray } from './binary-array.ts';
import type { Client, Connections } from './connections.ts';
import { isConflict, isTooLate } from './errors.ts';
import { REVOKE } from './link-revocations.ts';
import type { Placement } from './placement.ts';
import { FORGET } from './sign-ups.ts';

/** The key keeps the statement on one shard. */
export const LEAVE = `
  UPDATE event
  SET personal = remainder.personal
  FROM unnest($2::uuid[], $3::json[]) AS remainder (event_id, personal)
  WHERE event.subscriber_key = $1 AND event.event_id = remainder.event_id`;

export function forgetWith(
  connections: Connections,
  placement: Placement,
  change: ForgettingChange,
): Promise<CommitResult> {
  return connections.use(async (client) => {
    const ways = await placement.current(client);
    await client.query('BEGIN');
    try {
      await ways.write(client, [change]);
      await leave(client, change);
      await client.query('COMMIT');
      return 'committed';
    } catch (error) {
      if (!isConflict(error) && !isTooLate(error)) throw error;
      await client.query('ROLLBACK');
      return isTooLate(error) ? 'too-late' : 'conflict';
    }
  });
}

async function leave(client: Client, { ref, state, remainders }: ForgettingChange): Promise<void> {
  const key = Buffer.from(ref.subscriberKey, 'hex');
  const ids = uuidArray(remainders.map(({ eventId }) => eventId));
  const personal = jsonArray(remainders.map((left) => left.personal && JSON.stringify(left.personal)));
  await client.query(LEAVE, [key, ids, personal]);
  if (!state.isErased) return;
  await client.query(FORGET, [ref.accountId, key]);
  await client.query(REVOKE, [ref.accountId, key, state.lastEventAt]);
}
