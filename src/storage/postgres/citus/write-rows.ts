/** Many contacts' changes in statements of many rows, which Citus splits by shard. */
import type { LedgerEvent } from '../../../domain/ledger.ts';
import { inKeyOrder } from '../../key-order.ts';
import type { SubscriberChange } from '../../port.ts';
import { encodePreferences } from '../../preferences-document.ts';
import { byteaArray } from '../binary-array.ts';
import { earliest, WHERE_AS_LOADED } from '../commit.ts';
import { type Client, queryPrepared, type Row } from '../connections.ts';
import { OutdatedVersion } from '../errors.ts';
import { HOLD_FUNCTION } from './hold-function.ts';
import { LEADING_TABLE } from './layout.ts';

/** What one statement takes: its parameters are no more than 65 535, and a server gives it five seconds. */
const ROWS_A_STATEMENT = 500;

/**
 * One connection to each node, so that what a node is to commit is one transaction with the lock that keeps the ledger
 * open; and one shard after the other, in one order for everybody, so that batches that share contacts wait for each
 * other instead of deadlocking. Within a shard Citus may change the order: what deadlocks there is a conflict.
 */
const SHARD_BY_SHARD = "SET LOCAL citus.multi_shard_modify_mode = 'sequential'";

/** The versions that were loaded travel negated, as in `COMMIT`: whoever asks looks at what comes back. */
const WRITE_SUBSCRIBERS = `
  INSERT INTO subscriber AS stored (
    account_id, subscriber_key, address, version, base_version,
    head_event_id, head_hash, last_event_at, preferences
  )
  VALUES`;

const WRITE_EVENTS = `
  INSERT INTO event (
    event_id, account_id, subscriber_key, version, occurred_at,
    previous_event_id, hash, body, personal
  )
  VALUES`;

/** For each node that has some of the contacts one of them, in the order in which who closes the ledger locks the nodes. */
export const ONE_FOR_EACH_NODE = `
  WITH shard AS MATERIALIZED (
    SELECT shardminvalue::integer AS first, shardmaxvalue::integer AS last, groupid
    FROM pg_dist_shard
    JOIN pg_dist_placement USING (shardid)
    WHERE logicalrelid = '${LEADING_TABLE}'::regclass AND shardstate = 1
  ),
  chosen AS (
    SELECT DISTINCT ON (groupid) groupid, subscriber_key
    FROM unnest($1::bytea[]) AS contact (subscriber_key)
    JOIN shard ON worker_hash(subscriber_key) BETWEEN first AND last
  )
  SELECT subscriber_key
  FROM chosen
  JOIN pg_dist_node USING (groupid)
  WHERE noderole = 'primary'
  ORDER BY nodename COLLATE "C", nodeport`;

export const HOLD = `SELECT ${HOLD_FUNCTION}($1, $2)`;

/**
 * In a transaction that is under way, at the level read committed. The ledger is compared only once everything is
 * written: then Citus lets no shard of it move, so the nodes that are asked for are those that have been written to.
 */
export async function writeRows(client: Client, changes: readonly SubscriberChange[]): Promise<void> {
  const inOrder = inKeyOrder(changes);
  const events = inOrder.flatMap((change) => change.events);
  await client.query(SHARD_BY_SHARD);
  for (const part of inParts(inOrder)) await writeSubscribers(client, part);
  for (const part of inParts(events)) await insert(client, WRITE_EVENTS, part.map(toEventRow));
  await holdOpen(client, inOrder, earliest(events));
}

function* inParts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += ROWS_A_STATEMENT) yield all.slice(from, from + ROWS_A_STATEMENT);
}

async function writeSubscribers(client: Client, changes: readonly SubscriberChange[]): Promise<void> {
  const rows = await insert(client, WRITE_SUBSCRIBERS, changes.map(toSubscriberRow), WHERE_AS_LOADED);
  const written = rows.filter(([baseVersion]) => (baseVersion as number) >= 0);
  if (written.length !== changes.length) throw new OutdatedVersion();
}

/** Of the rows that `sql` inserts, each a list of as many values, those that it returns. */
async function insert(client: Client, sql: string, rows: readonly unknown[][], rest = ''): Promise<Row[]> {
  const width = rows[0]!.length;
  const tuples = rows.map((_, row) => `(${rows[0]!.map((_, column) => `$${row * width + column + 1}`)})`);
  const text = `${sql} ${tuples}${rest}`;
  return (await client.query<unknown[]>({ text, values: rows.flat(), rowMode: 'array' })).rows;
}

function toSubscriberRow({ ref, address, baseVersion, state }: SubscriberChange): unknown[] {
  return [
    ...[ref.accountId, fromHex(ref.subscriberKey), address, state.version, -baseVersion],
    ...[state.headEventId, fromHex(state.headHash), state.lastEventAt, encodePreferences(state.preferences)],
  ];
}

function toEventRow(event: LedgerEvent): unknown[] {
  const personal = event.personal === null ? null : JSON.stringify(event.personal);
  return [
    ...[event.eventId, event.accountId, fromHex(event.subscriberKey), event.version, event.occurredAt],
    ...[event.previousEventId, fromHex(event.hash), event.body, personal],
  ];
}

function fromHex(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}

async function holdOpen(client: Client, changes: readonly SubscriberChange[], first: string): Promise<void> {
  const keys = byteaArray(changes.map(({ ref }) => ref.subscriberKey));
  const chosen = await queryPrepared(client, 'one-for-each-node', ONE_FOR_EACH_NODE, [keys]);
  await Promise.all(chosen.map(([key]) => queryPrepared(client, 'hold', HOLD, [key, first])));
}
