/** All contacts' events in the order of their ids, on SQLite, and up to where that order is closed. */
import type { StatementSync } from 'node:sqlite';
import { EVENTS_LOOKED_AT, type LedgerPage, type LedgerStore } from '../port.ts';
import { toHex, toUuid, uuidToBytes } from './binary.ts';
import type { Connection } from './connection.ts';
import { CLOSED_THROUGH, EVENT_COLUMNS, type Row, toEvent } from './subscriber-rows.ts';
import type { Writes } from './writes.ts';

const RANGE = `
  FROM event
  WHERE event_id > ? AND event_id <= ?
  ORDER BY event_id
  LIMIT ?`;

const READ = `SELECT ${EVENT_COLUMNS}, account_id, subscriber_key ${RANGE}`;

/** Of one account: looks at so many events, and stops where it has found enough. */
const READ_ACCOUNT = `
  SELECT * FROM (SELECT ${EVENT_COLUMNS}, account_id, subscriber_key ${RANGE})
  WHERE account_id = ?
  LIMIT ?`;

const LAST_LOOKED_AT = `SELECT event_id ${RANGE} OFFSET ?`;

const NEWEST_ID = 'SELECT event_id FROM event ORDER BY event_id DESC LIMIT 1';

type Statements = Readonly<
  Record<'closedThrough' | 'newestId' | 'read' | 'readAccount' | 'lastLookedAt', StatementSync>
>;

export class SqliteLedger implements LedgerStore {
  readonly #connection: Connection;
  readonly #writes: Writes;
  #prepared: Statements | undefined;

  constructor(connection: Connection, writes: Writes) {
    this.#connection = connection;
    this.#writes = writes;
  }

  /** Prepared at first use, since a new file has no tables before it is migrated. */
  get #statements(): Statements {
    this.#prepared ??= {
      closedThrough: this.#connection.prepare(CLOSED_THROUGH),
      newestId: this.#connection.prepare(NEWEST_ID),
      read: this.#connection.prepare(READ),
      readAccount: this.#connection.prepare(READ_ACCOUNT),
      lastLookedAt: this.#connection.prepare(LAST_LOOKED_AT),
    };
    return this.#prepared;
  }

  async close(through: string): Promise<string> {
    return toUuid(await this.#writes.closeLedger(new Uint8Array(uuidToBytes(through))));
  }

  closedThrough(): Promise<string | null> {
    return this.#connection.run(() => {
      const [closedThrough] = this.#statements.closedThrough.get() as unknown as [Uint8Array | null];
      return closedThrough && toUuid(closedThrough);
    });
  }

  newestId(): Promise<string | null> {
    return this.#connection.run(() => {
      const row = this.#statements.newestId.get() as Row | undefined;
      return row ? toUuid(row[0]) : null;
    });
  }

  read(after: string | null, through: string, limit: number, accountId?: number): Promise<LedgerPage> {
    return this.#connection.reading(() => {
      const range = [after === null ? Buffer.alloc(0) : uuidToBytes(after), uuidToBytes(through)] as const;
      const { read, readAccount, lastLookedAt } = this.#statements;
      const rows = (accountId === undefined
        ? read.all(...range, limit)
        : readAccount.all(...range, EVENTS_LOOKED_AT, accountId, limit)) as unknown as Row[];
      const events = rows.map((row) => toEvent({ accountId: row[7] as number, subscriberKey: toHex(row[8]) }, row));
      if (events.length === limit) return { events, readThrough: events.at(-1)?.eventId ?? through };
      if (accountId === undefined) return { events, readThrough: through };
      const last = lastLookedAt.get(...range, 1, EVENTS_LOOKED_AT - 1) as Row | undefined;
      return { events, readThrough: last ? toUuid(last[0]) : through };
    });
  }
}
