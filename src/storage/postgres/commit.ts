/** The one statement that commits: rows and events, all or nothing, in one round trip. */
import type { LedgerEvent } from '../../domain/ledger.ts';
import { inKeyOrder } from '../key-order.ts';
import type { CommitResult, SubscriberChange } from '../port.ts';
import { encodePreferences } from '../preferences-document.ts';
import { bigintArray, byteaArray, integerArray, jsonArray, textArray, uuidArray } from './binary-array.ts';
import { type Client, queryPrepared } from './connections.ts';
import { isConflict, isTooLate } from './errors.ts';

/**
 * How rows are upserted into `subscriber AS stored`. The version that was loaded travels in `base_version`, where this WHERE
 * can see it (Citus allows nothing there that is not a column or immutable). It travels negated, so that a row that
 * should have been there and was inserted instead can be told from one that was updated: the update sets what it
 * found, which is never negative.
 */
export const WHERE_AS_LOADED = `
  ON CONFLICT (account_id, subscriber_key) DO UPDATE
  SET
    address = excluded.address,
    version = excluded.version,
    base_version = stored.version,
    head_event_id = excluded.head_event_id,
    head_hash = excluded.head_hash,
    last_event_at = excluded.last_event_at,
    preferences = excluded.preferences
  WHERE stored.version = -excluded.base_version
  RETURNING base_version`;

/**
 * A statement is its own transaction, so there is no BEGIN and no COMMIT to send: when it fails, nothing was written.
 * It makes itself fail, by dividing by zero, when fewer rows were written than asked; and by a logarithm of zero, when
 * the ledger is closed through the earliest of the events. The lock has it wait for whoever closes the ledger, and read
 * what was written then, and it has whoever closes wait until this commit is there to be seen.
 */
export const COMMIT = `
  WITH written AS (
    INSERT INTO subscriber AS stored (
      account_id, subscriber_key, address, version, base_version,
      head_event_id, head_hash, last_event_at, preferences
    )
    SELECT
      account_id, subscriber_key, address, version, -base_version,
      head_event_id, head_hash, last_event_at, preferences
    FROM unnest(
      $1::bigint[], $2::bytea[], $3::text[], $4::integer[], $5::integer[],
      $6::uuid[], $7::bytea[], $8::bigint[], $9::json[]
    ) AS change (
      account_id, subscriber_key, address, version, base_version,
      head_event_id, head_hash, last_event_at, preferences
    )
    ${WHERE_AS_LOADED}
  ),
  appended AS (
    INSERT INTO event (
      event_id, account_id, subscriber_key, version, occurred_at,
      previous_event_id, hash, body, personal
    )
    SELECT *
    FROM unnest(
      $10::uuid[], $11::bigint[], $12::bytea[], $13::integer[], $14::bigint[],
      $15::uuid[], $16::bytea[], $17::json[], $18::json[]
    )
  )
  SELECT
    1 / (CASE WHEN count(*) = $19::bigint THEN 1 ELSE 0 END),
    ln(CASE WHEN (SELECT closed_through FROM ledger_horizon FOR SHARE) >= $20::uuid THEN 0 ELSE 1 END)
  FROM written
  WHERE base_version >= 0`;

export async function commitChanges(client: Client, changes: readonly SubscriberChange[]): Promise<CommitResult> {
  try {
    await writeChanges(client, changes);
    return 'committed';
  } catch (error) {
    if (isTooLate(error)) return 'too-late';
    if (isConflict(error)) return 'conflict';
    throw error;
  }
}

/** Fails with what `isConflict` knows where a row is not as it was loaded: nothing was written then. */
export async function writeChanges(client: Client, changes: readonly SubscriberChange[]): Promise<void> {
  await queryPrepared(client, 'commit', COMMIT, toValues(inKeyOrder(changes)));
}

function toValues(changes: readonly SubscriberChange[]): unknown[] {
  const events = changes.flatMap((change) => change.events);
  return [
    bigintArray(changes.map(({ ref }) => ref.accountId)),
    byteaArray(changes.map(({ ref }) => ref.subscriberKey)),
    textArray(changes.map(({ address }) => address)),
    integerArray(changes.map(({ state }) => state.version)),
    integerArray(changes.map(({ baseVersion }) => baseVersion)),
    uuidArray(changes.map(({ state }) => state.headEventId)),
    byteaArray(changes.map(({ state }) => state.headHash)),
    bigintArray(changes.map(({ state }) => state.lastEventAt)),
    jsonArray(changes.map(({ state }) => encodePreferences(state.preferences))),
    uuidArray(events.map((event) => event.eventId)),
    bigintArray(events.map((event) => event.accountId)),
    byteaArray(events.map((event) => event.subscriberKey)),
    integerArray(events.map((event) => event.version)),
    bigintArray(events.map((event) => event.occurredAt)),
    uuidArray(events.map((event) => event.previousEventId)),
    byteaArray(events.map((event) => event.hash)),
    jsonArray(events.map((event) => event.body)),
    jsonArray(events.map((event) => (event.personal === null ? null : JSON.stringify(event.personal)))),
    changes.length,
    earliest(events),
  ];
}

/** The least of their ids; there is at least one. */
export function earliest(events: readonly LedgerEvent[]): string {
  return events.reduce((least, { eventId }) => (eventId < least ? eventId : least), events[0]!.eventId);
}
