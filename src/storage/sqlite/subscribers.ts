/** The two hot tables on SQLite: contacts and their ledger. */
import type { StatementSync } from 'node:sqlite';
import type { LedgerEvent, Personal } from '../../domain/ledger.ts';
import { inKeyOrder } from '../key-order.ts';
import type { CommitResult, StoredSubscriber, SubscriberChange, SubscriberRef, SubscriberStore } from '../port.ts';
import { decodePreferences, encodePreferences } from '../preferences-document.ts';
import { toBytes, toHex, toUuid, uuidToBytes } from './binary.ts';
import type { Connection } from './connection.ts';

const SUBSCRIBER_COLUMNS = 'address, version, head_event_id, head_hash, last_event_at, preferences';

/** The hot statements; exported so that `bench/` can run the very same ones alone. */
export const SQL = {
  load: `
    SELECT ${SUBSCRIBER_COLUMNS}
    FROM subscriber
    WHERE account_id = ? AND subscriber_key = ?`,
  insert: `
    INSERT INTO subscriber (${SUBSCRIBER_COLUMNS}, account_id, subscriber_key)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING`,
  update: `
    UPDATE subscriber
    SET address = ?, version = ?, head_event_id = ?, head_hash = ?, last_event_at = ?, preferences = ?
    WHERE account_id = ? AND subscriber_key = ? AND version = ?`,
  append: `
    INSERT INTO event
      (event_id, account_id, subscriber_key, version, occurred_at, previous_event_id, hash, body, personal)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  event: `
    SELECT event_id, version, occurred_at, previous_event_id, hash, body, personal
    FROM event
    WHERE event_id = ?`,
  scan: `
    SELECT ${SUBSCRIBER_COLUMNS}, account_id, subscriber_key
    FROM subscriber
    WHERE (account_id, subscriber_key) > (?, ?)
    ORDER BY account_id, subscriber_key
    LIMIT ?`,
} as const;

type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>;
type Row = readonly unknown[];

/** Comes before every account: their ids are positive. */
const BEFORE_ALL: SubscriberRef = { accountId: -1, subscriberKey: '' };

export class SqliteSubscribers implements SubscriberStore {
  /** SQLite has one writer. */
  readonly lanes = 1;
  readonly #connection: Connection;
  #prepared: Statements | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Prepared at first use, since a new file has no tables before it is migrated. */
  get #statements(): Statements {
    this.#prepared ??= {
      load: this.#connection.prepare(SQL.load),
      insert: this.#connection.prepare(SQL.insert),
      update: this.#connection.prepare(SQL.update),
      append: this.#connection.prepare(SQL.append),
      event: this.#connection.prepare(SQL.event),
      scan: this.#connection.prepare(SQL.scan),
    };
    return this.#prepared;
  }

  load(refs: readonly SubscriberRef[]): Promise<(StoredSubscriber | undefined)[]> {
    const loadAll = () => refs.map((ref) => this.#loadOne(ref));
    return refs.length > 1 ? this.#connection.reading(loadAll) : this.#connection.run(loadAll);
  }

  #loadOne(ref: SubscriberRef): StoredSubscriber | undefined {
    const row = this.#statements.load.get(ref.accountId, toBytes(ref.subscriberKey)) as Row | undefined;
    return row && toSubscriber(ref, row);
  }

  async commit(changes: readonly SubscriberChange[]): Promise<CommitResult> {
    if (changes.length === 0) return 'committed';
    return this.#connection.transaction(
      () => (inKeyOrder(changes).every((change) => this.#write(change)) ? 'committed' : 'conflict'),
      (result) => result === 'committed',
    );
  }

  /** Writes one row and appends its events; false where the row is no longer what it was. */
  #write(change: SubscriberChange): boolean {
    const { insert, update } = this.#statements;
    const { ref, state } = change;
    const key = toBytes(ref.subscriberKey);
    const values = [
      change.address,
      state.version,
      uuidToBytes(state.headEventId ?? ''),
      toBytes(state.headHash),
      state.lastEventAt,
      encodePreferences(state.preferences),
      ref.accountId,
      key,
    ] as const;
    const { changes } = change.baseVersion === 0 ? insert.run(...values) : update.run(...values, change.baseVersion);
    if (changes !== 1) return false;
    for (const event of change.events) this.#append(event, key);
    return true;
  }

  #append(event: LedgerEvent, key: Buffer): void {
    this.#statements.append.run(
      uuidToBytes(event.eventId),
      event.accountId,
      key,
      event.version,
      event.occurredAt,
      event.previousEventId === null ? null : uuidToBytes(event.previousEventId),
      toBytes(event.hash),
      event.body,
      event.personal === null ? null : JSON.stringify(event.personal),
    );
  }

  history(ref: SubscriberRef, limit: number): Promise<LedgerEvent[]> {
    return this.#connection.reading(() => {
      const events: LedgerEvent[] = [];
      let next = this.#loadOne(ref)?.state.headEventId ?? null;
      while (next !== null && events.length < limit) {
        const row = this.#statements.event.get(uuidToBytes(next)) as Row | undefined;
        if (!row) break;
        const event = toEvent(ref, row);
        events.push(event);
        next = event.previousEventId;
      }
      return events;
    });
  }

  scan(after: SubscriberRef | null, limit: number): Promise<StoredSubscriber[]> {
    const { accountId, subscriberKey } = after ?? BEFORE_ALL;
    return this.#connection.run(() => {
      const rows = this.#statements.scan.all(accountId, toBytes(subscriberKey), limit) as unknown as Row[];
      return rows.map((row) => toSubscriber({ accountId: row[6] as number, subscriberKey: toHex(row[7]) }, row));
    });
  }
}

function toSubscriber(ref: SubscriberRef, row: Row): StoredSubscriber {
  return {
    ref,
    address: row[0] as string | null,
    state: {
      version: row[1] as number,
      headEventId: toUuid(row[2]),
      headHash: toHex(row[3]),
      lastEventAt: row[4] as number,
      preferences: decodePreferences(row[5] as string),
    },
  };
}

function toEvent(ref: SubscriberRef, row: Row): LedgerEvent {
  return {
    eventId: toUuid(row[0]),
    accountId: ref.accountId,
    subscriberKey: ref.subscriberKey,
    version: row[1] as number,
    occurredAt: row[2] as number,
    previousEventId: row[3] === null ? null : toUuid(row[3]),
    hash: toHex(row[4]),
    body: row[5] as string,
    personal: row[6] === null ? null : (JSON.parse(row[6] as string) as Personal),
  };
}
