/** The whole ledger as of one moment, on SQLite: one read transaction, and an external sort by the engine. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AuditedContact, AuditedEvent } from '../../domain/chain-audit.ts';
import type { EventHash, LedgerAudit, LedgerTile, StoredCheckpoint, SubscriberRef } from '../port.ts';
import { encodePreferences } from '../preferences-document.ts';
import { hyphenated, toBytes, toUuid, uuidToBytes } from './binary.ts';
import { toStoreError } from './errors.ts';
import { CHECKPOINTS, type CheckpointRow, TILES, type TileRow, toCheckpoint, toTile } from './ledger-checkpoints.ts';
import { CLOSED_THROUGH } from './subscriber-rows.ts';

const PAGE_ROWS = 1_000;

/** What every connection that audits runs with: it sorts in pieces of 32 MB, two at a time where there are cores. */
export const AUDIT_SETTINGS = 'PRAGMA cache_size = -32768; PRAGMA threads = 2';

/** Octets as digits: a third of the time that octets take on their way into JavaScript. */
const digits = (column: string) => `lower(hex(${column}))`;

/** Somebody may have written an integer that JavaScript cannot say: it comes as the nearest number, which is no safe one. */
const integer = (column: string) =>
  `iif(${column} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}, ${column}, CAST(${column} AS REAL))`;

const EVENTS = `
  SELECT
    ${digits('event_id')}, ${integer('account_id')}, ${digits('subscriber_key')}, ${integer('version')},
    ${integer('occurred_at')}, previous_event_id IS NULL, ${digits('previous_event_id')}, ${digits('hash')},
    body, personal
  FROM event`;

const CONTACTS = `
  SELECT
    ${integer('account_id')}, ${digits('subscriber_key')}, address, ${integer('version')}, ${digits('head_event_id')},
    ${digits('head_hash')}, ${integer('last_event_at')}, preferences
  FROM subscriber`;

const EVENT_HASHES = `
  SELECT ${digits('event_id')}, ${digits('hash')}
  FROM event
  ORDER BY event_id`;

/** Text as the octets that it is stored as: SQLite takes any for text. */
const EVENT_OCTETS = `
  SELECT CAST(body AS BLOB), CAST(personal AS BLOB)
  FROM event
  WHERE event_id = ?`;
const CONTACT_OCTETS = `
  SELECT CAST(preferences AS BLOB), CAST(address AS BLOB)
  FROM subscriber
  WHERE account_id = ? AND subscriber_key = ?`;

/** What stands in a text for octets that are no UTF-8, and what a text may also hold by itself. */
const REPLACEMENT = '\ufffd';

const ID_DIGITS = 32;
const KEY_DIGITS = 32;
const HASH_DIGITS = 64;

type Row = readonly unknown[];
type Text = string | null;

export class SqliteAudit implements LedgerAudit {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  eventsByContact(): AsyncIterable<AuditedEvent[]> {
    return this.#pages(`${EVENTS} ORDER BY account_id, subscriber_key, version`, (row) => this.#toEvent(row));
  }

  contacts(): AsyncIterable<AuditedContact[]> {
    return this.#pages(`${CONTACTS} ORDER BY account_id, subscriber_key`, (row) => this.#toContact(row));
  }

  eventHashes(): AsyncIterable<EventHash[]> {
    return this.#pages(EVENT_HASHES, ([id, hash]) => ({ eventId: hyphenated(id as string), hash: hash as string }));
  }

  events(): AsyncIterable<AuditedEvent[]> {
    return this.#pages(`${EVENTS} ORDER BY event_id`, (row) => this.#toEvent(row));
  }

  async contact({ accountId, subscriberKey }: SubscriberRef) {
    const find = this.#prepare(`${CONTACTS} WHERE account_id = ? AND subscriber_key = ?`);
    const found = find.get(accountId, toBytes(subscriberKey)) as Row | undefined;
    const row = found ? this.#toContact(found) : null;
    const step = this.#prepare(`${EVENTS} WHERE event_id = ? AND account_id = ? AND subscriber_key = ?`);
    const events: AuditedEvent[] = [];
    // No longer than the row says: altered links may lead in a circle.
    for (let next = row?.headEventId ?? null; row && next !== null && events.length <= row.version; ) {
      const event = step.get(uuidToBytes(next), accountId, toBytes(subscriberKey)) as Row | undefined;
      if (!event) break;
      events.unshift(this.#toEvent(event));
      next = events[0]!.previousEventId;
    }
    return { row, events };
  }

  tiles(): AsyncIterable<LedgerTile[]> {
    return this.#pages(TILES, ([number, root, id]) => toTile({ number, root, last_event_id: id } as TileRow));
  }

  async checkpoints(): Promise<StoredCheckpoint[]> {
    return this.#all<CheckpointRow>(CHECKPOINTS).map(toCheckpoint);
  }

  async closedThrough(): Promise<string | null> {
    const [row] = this.#all<{ closed_through: Uint8Array | null }>(CLOSED_THROUGH);
    return row?.closed_through ? toUuid(row.closed_through) : null;
  }

  documentOf = encodePreferences;

  async *#pages<T>(sql: string, read: (row: Row) => T): AsyncGenerator<T[]> {
    try {
      let page: T[] = [];
      for (const row of this.#prepare(sql).iterate()) {
        page.push(read(row as unknown as Row));
        if (page.length < PAGE_ROWS) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /** Rows by column name. */
  #all<R>(sql: string): R[] {
    try {
      return this.#database.prepare(sql).all() as R[];
    } catch (error) {
      throw toStoreError(error);
    }
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }

  #toEvent(row: Row): AuditedEvent {
    const [id, accountId, key, version, occurredAt, isFirst, previous, hash, body, personal] = row as EventRow;
    const isWhole =
      id.length === ID_DIGITS &&
      (isFirst === 1 || previous.length === ID_DIGITS) &&
      key.length === KEY_DIGITS &&
      hash.length === HASH_DIGITS &&
      Number.isSafeInteger(accountId) &&
      Number.isSafeInteger(version) &&
      Number.isSafeInteger(occurredAt);
    return {
      eventId: hyphenated(id),
      accountId,
      subscriberKey: key,
      version,
      occurredAt,
      previousEventId: isFirst === 1 ? null : hyphenated(previous),
      hash,
      body,
      personal,
      isMalformed: !isWhole || !this.#isAsStored(body, personal, EVENT_OCTETS, () => [toBytes(id)]),
    };
  }

  #toContact(row: Row): AuditedContact {
    const [accountId, subscriberKey, address, version, head, headHash, lastEventAt, document] = row as ContactRow;
    const isWhole =
      subscriberKey.length === KEY_DIGITS &&
      head.length === ID_DIGITS &&
      headHash.length === HASH_DIGITS &&
      Number.isSafeInteger(accountId) &&
      Number.isSafeInteger(version) &&
      Number.isSafeInteger(lastEventAt);
    const key = () => [accountId, toBytes(subscriberKey)];
    return {
      accountId,
      subscriberKey,
      address,
      version,
      headEventId: hyphenated(head),
      headHash,
      lastEventAt,
      document,
      isMalformed: !isWhole || !this.#isAsStored(document, address, CONTACT_OCTETS, key),
    };
  }

  /** Whether texts are what is stored, or stand in part for octets that are none: only then is it looked up. */
  #isAsStored(text: string, other: Text, sql: string, key: () => (number | Buffer)[]): boolean {
    if (!text.includes(REPLACEMENT) && !other?.includes(REPLACEMENT)) return true;
    const octets = this.#prepare(sql).get(...key()) as unknown as [Uint8Array, Uint8Array | null];
    return Buffer.from(text).equals(octets[0]) && (other === null || Buffer.from(other).equals(octets[1]!));
  }
}

type EventRow = [string, number, string, number, number, number, string, string, string, Text];
type ContactRow = [number, string, Text, number, string, string, number, string];
