/** Writes changes, and reads the rows that they are decided on: on the connection and the thread that it was made on. */
import type { StatementSync } from 'node:sqlite';
import type { CommitResult } from '../port.ts';
import type { Connection } from './connection.ts';
import { HASH_OCTETS, KEY_OCTETS, packRows, UUID_OCTETS, unpackRefs } from './packed-messages.ts';
import { Unpacker } from './packing.ts';
import { CLOSED_THROUGH, LOAD, type Row, SUBSCRIBER_COLUMNS } from './subscriber-rows.ts';

/** Exported so that `bench/` can run the very same statements alone. */
export const WRITER_SQL = {
  load: LOAD,
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
  closedThrough: CLOSED_THROUGH,
} as const;

const CLOSE = `
  UPDATE ledger_horizon
  SET closed_through = ?
  WHERE closed_through IS NULL OR closed_through < ?`;

type Statements = Readonly<Record<keyof typeof WRITER_SQL, StatementSync>>;

export class Writer {
  readonly #connection: Connection;
  #prepared: Statements | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Prepared at first use, since a new file has no tables before it is migrated. */
  get #statements(): Statements {
    this.#prepared ??= {
      load: this.#connection.prepare(WRITER_SQL.load),
      insert: this.#connection.prepare(WRITER_SQL.insert),
      update: this.#connection.prepare(WRITER_SQL.update),
      append: this.#connection.prepare(WRITER_SQL.append),
      closedThrough: this.#connection.prepare(WRITER_SQL.closedThrough),
    };
    return this.#prepared;
  }

  /** Packed rows for packed references. */
  load(refs: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return this.#connection.reading(() => {
      const { load } = this.#statements;
      const rows: (Row | undefined)[] = [];
      unpackRefs(refs, (accountId, key) => rows.push(load.get(accountId, key) as Row | undefined));
      return packRows(rows);
    });
  }

  /** Writes packed changes in one transaction, all or nothing. */
  commit(changes: Uint8Array): Promise<CommitResult> {
    return this.#connection.transaction(
      () => this.write(changes),
      (result) => result === 'committed',
    );
  }

  /** Writes packed changes in a transaction of somebody else's, who must roll it back where they are not committed. */
  write(changes: Uint8Array): CommitResult {
    const unpacker = new Unpacker(changes);
    const closedThrough = this.#closedThrough();
    while (!unpacker.isAtEnd) {
      const result = this.#write(unpacker, closedThrough);
      if (result !== 'committed') return result;
    }
    return 'committed';
  }

  /** Closes the ledger through an event id of 16 octets, never moving back; answers through which it is closed then. */
  closeLedger(through: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    let moved = 0;
    return this.#connection.transaction(
      () => {
        moved = this.#connection.change(CLOSE, through, through);
        return new Uint8Array(this.#closedThrough() ?? through);
      },
      () => moved === 1,
    );
  }

  #closedThrough(): Uint8Array | null {
    const [closedThrough] = this.#statements.closedThrough.get() as unknown as [Uint8Array | null];
    return closedThrough;
  }

  /** Appends the events of the next change and writes its row, unless the row is no longer what it was. */
  #write(unpacker: Unpacker, closedThrough: Uint8Array | null): CommitResult {
    const { insert, update } = this.#statements;
    const accountId = unpacker.number();
    const key = unpacker.octets(KEY_OCTETS);
    const baseVersion = unpacker.count();
    const address = unpacker.text();
    const version = unpacker.count();
    const lastEventAt = unpacker.number();
    const preferences = unpacker.text();
    const head = this.#append(unpacker, accountId, key, closedThrough);
    if (!head) return 'too-late';
    const values = [address, version, head.eventId, head.hash, lastEventAt, preferences, accountId, key] as const;
    const { changes } = baseVersion === 0 ? insert.run(...values) : update.run(...values, baseVersion);
    return changes === 1 ? 'committed' : 'conflict';
  }

  /** The last of the events that were appended; null where one would stand in what is closed. */
  #append(
    unpacker: Unpacker,
    accountId: number,
    key: Buffer,
    closedThrough: Uint8Array | null,
  ): { eventId: Buffer; hash: Buffer } | null {
    const { append } = this.#statements;
    let eventId = key;
    let hash = key;
    for (let left = unpacker.count(); left > 0; left--) {
      eventId = unpacker.octets(UUID_OCTETS);
      if (closedThrough && eventId.compare(closedThrough) <= 0) return null;
      const version = unpacker.count();
      const occurredAt = unpacker.number();
      const previousEventId = unpacker.count() === 0 ? null : unpacker.octets(UUID_OCTETS);
      hash = unpacker.octets(HASH_OCTETS);
      const body = unpacker.text();
      const personal = unpacker.text();
      append.run(eventId, accountId, key, version, occurredAt, previousEventId, hash, body, personal);
    }
    return { eventId, hash };
  }
}
