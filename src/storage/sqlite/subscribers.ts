/** The two hot tables on SQLite: contacts and their ledger. */
import type { StatementSync } from 'node:sqlite';
import type { LedgerEvent } from '../../domain/ledger.ts';
import type { ChannelPreferences, Preferences } from '../../domain/preferences.ts';
import { readAbridged } from '../abridged-document.ts';
import { inKeyOrder } from '../key-order.ts';
import type {
  CommitResult,
  EvidencePage,
  ForgettingChange,
  RowsToChange,
  StoredSubscriber,
  Subject,
  SubscriberChange,
  SubscriberRef,
  SubscriberStore,
} from '../port.ts';
import { decodePreferences } from '../preferences-document.ts';
import { toBytes, toHex, toUuid, uuidToBytes } from './binary.ts';
import type { BulkReads } from './bulk-reads.ts';
import type { Connection } from './connection.ts';
import { forgetInTransaction } from './forget.ts';
import { packChanges, packRefs, unpackRows } from './packed-messages.ts';
import {
  EVENT_COLUMNS,
  LOAD,
  LOAD_PREFERENCES,
  type Row,
  SUBSCRIBER_COLUMNS,
  toEvent,
  toSubscriber,
} from './subscriber-rows.ts';
import type { Transactions } from './transactions.ts';
import type { Writes } from './writes.ts';

/** From how many rows on it pays to have them read in the thread that writes. */
const LOADS_WORTH_CROSSING = 8;

const HISTORY_STEP = `
  SELECT ${EVENT_COLUMNS}
  FROM event
  WHERE event_id = ?`;

const FIND_EVIDENCE = `
  SELECT
    event_id,
    CASE
      WHEN account_id = ? AND occurred_at < ? AND personal IS NOT NULL AND json_type(personal, '$.evidence') IS NOT NULL
      THEN subscriber_key
    END
  FROM event
  WHERE event_id > ?
  ORDER BY event_id
  LIMIT ?`;

const SCAN = `
  SELECT ${SUBSCRIBER_COLUMNS}, account_id, subscriber_key
  FROM subscriber
  WHERE (account_id, subscriber_key) > (?, ?)
  ORDER BY account_id, subscriber_key
  LIMIT ?`;

type Statements = Readonly<Record<'load' | 'preferences' | 'event' | 'evidence' | 'scan', StatementSync>>;

/** Comes before every account: their ids are positive. */
const BEFORE_ALL: SubscriberRef = { accountId: -1, subscriberKey: '' };

export class SqliteSubscribers implements SubscriberStore {
  readonly lanes: number;
  readonly isSpread = false;
  /** A load is over before anybody else gets on. */
  readonly loadLanes = 1;
  readonly #connection: Connection;
  readonly #writes: Writes;
  readonly #reads: BulkReads;
  readonly #transactions: Transactions;
  #prepared: Statements | undefined;

  constructor(connection: Connection, writes: Writes, reads: BulkReads, transactions: Transactions) {
    this.#connection = connection;
    this.#writes = writes;
    this.#reads = reads;
    this.#transactions = transactions;
    this.lanes = writes.lanes;
  }

  /** Prepared at first use, since a new file has no tables before it is migrated. */
  get #statements(): Statements {
    this.#prepared ??= {
      load: this.#connection.prepare(LOAD),
      preferences: this.#connection.prepare(LOAD_PREFERENCES),
      event: this.#connection.prepare(HISTORY_STEP),
      evidence: this.#connection.prepare(FIND_EVIDENCE),
      scan: this.#connection.prepare(SCAN),
    };
    return this.#prepared;
  }

  load(refs: readonly SubscriberRef[]): Promise<(StoredSubscriber | undefined)[]> {
    return this.#each(refs, (ref) => this.#loadOne(ref));
  }

  loadPreferences(refs: readonly SubscriberRef[]): Promise<(Preferences | undefined)[]> {
    return this.#each(refs, (ref) => {
      const row = this.#statements.preferences.get(ref.accountId, toBytes(ref.subscriberKey)) as Row | undefined;
      return row && decodePreferences(row[0] as string);
    });
  }

  async loadAbout(refs: readonly SubscriberRef[], subject: Subject): Promise<(ChannelPreferences | undefined)[]> {
    const found = await this.#reads.loadAbout(refs, subject);
    return found.map((abridged) => (abridged === undefined ? undefined : readAbridged(abridged)));
  }

  /** All of them as of one moment. */
  #each<T>(refs: readonly SubscriberRef[], look: (ref: SubscriberRef) => T): Promise<T[]> {
    const lookAtAll = () => refs.map(look);
    return refs.length > 1 ? this.#connection.reading(lookAtAll) : this.#connection.run(lookAtAll);
  }

  #loadOne(ref: SubscriberRef): StoredSubscriber | undefined {
    const row = this.#statements.load.get(ref.accountId, toBytes(ref.subscriberKey)) as Row | undefined;
    return row && toSubscriber(ref, row);
  }

  async loadToChange(refs: readonly SubscriberRef[]): Promise<RowsToChange> {
    // A few rows are read sooner than a thread is woken.
    if (refs.length < LOADS_WORTH_CROSSING) return { rows: await this.load(refs), areCurrent: true };
    return { rows: unpackRows(await this.#writes.load(packRefs(refs)), refs), areCurrent: true };
  }

  async commit(changes: readonly SubscriberChange[]): Promise<CommitResult> {
    if (changes.length === 0) return 'committed';
    return this.#writes.commit(packChanges(inKeyOrder(changes)));
  }

  async forget(change: ForgettingChange): Promise<CommitResult> {
    const result = await this.#transactions.writeWhere(
      (connection) => forgetInTransaction(connection, change),
      (written) => written === 'committed',
    );
    if (result === 'committed' && change.state.isErased) await this.#writes.truncateLog();
    return result;
  }

  findEvidence(accountId: number, before: number, after: string | null, limit: number): Promise<EvidencePage> {
    const start = after === null ? Buffer.alloc(0) : uuidToBytes(after);
    return this.#connection.run(() => {
      const rows = this.#statements.evidence.all(accountId, before, start, limit) as unknown as Row[];
      const keys = new Set(rows.filter((row) => row[1] !== null).map((row) => toHex(row[1])));
      return {
        refs: [...keys].map((subscriberKey) => ({ accountId, subscriberKey })),
        next: rows.length < limit ? null : toUuid(rows.at(-1)![0]),
      };
    });
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
