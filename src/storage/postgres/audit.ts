/** The whole ledger as of one moment, on PostgreSQL: cursors in one transaction, and a sort by the server. */
import type { AuditedContact, AuditedEvent } from '../../domain/chain-audit.ts';
import type { EventHash, LedgerAudit, LedgerTile, StoredCheckpoint, SubscriberRef } from '../port.ts';
import { encodePreferences } from '../preferences-document.ts';
import { CLOSED_THROUGH } from './close-ledger.ts';
import type { Client, Row } from './connections.ts';
import { CHECKPOINTS, TILES, toCheckpoint, toTile } from './ledger-checkpoints.ts';

const PAGE_ROWS = 2_000;

/**
 * One view of the data for all cursors. It sorts in pieces of 64 MB; cursors are read to their end, at the speed of
 * whoever takes what comes out.
 */
export const BEGIN_AUDIT = `
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL work_mem = '64MB';
  SET LOCAL cursor_tuple_fraction = 1;
  SET LOCAL idle_in_transaction_session_timeout = 0`;

const EVENT_COLUMNS = `
    event_id, account_id, encode(subscriber_key, 'hex'), version, occurred_at, previous_event_id, encode(hash, 'hex'),
    body::text, personal::text`;

const EVENTS = `
  SELECT ${EVENT_COLUMNS}
  FROM event`;

/** No longer than the row says: altered links may lead in a circle. */
const CHAIN = `
  WITH RECURSIVE chain AS (
    SELECT event.*, subscriber.version AS steps_left
    FROM subscriber
    JOIN event USING (account_id, subscriber_key)
    WHERE account_id = $1 AND subscriber_key = $2 AND event.event_id = subscriber.head_event_id
    UNION ALL
    SELECT event.*, chain.steps_left - 1
    FROM chain
    JOIN event ON event.event_id = chain.previous_event_id
    WHERE event.account_id = $1 AND event.subscriber_key = $2 AND chain.steps_left > 0
  )
  SELECT ${EVENT_COLUMNS}
  FROM chain
  ORDER BY steps_left`;

const CONTACTS = `
  SELECT
    account_id, encode(subscriber_key, 'hex'), address, version, head_event_id, encode(head_hash, 'hex'), last_event_at,
    preferences::text
  FROM subscriber`;

const EVENT_HASHES = `
  SELECT event_id, encode(hash, 'hex')
  FROM event
  ORDER BY event_id`;

export class PostgresAudit implements LedgerAudit {
  readonly #client: Client;
  #cursors = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  eventsByContact(): AsyncIterable<AuditedEvent[]> {
    return this.#pages(`${EVENTS} ORDER BY account_id, subscriber_key, version`, toEvent);
  }

  contacts(): AsyncIterable<AuditedContact[]> {
    return this.#pages(`${CONTACTS} ORDER BY account_id, subscriber_key`, toContact);
  }

  eventHashes(): AsyncIterable<EventHash[]> {
    return this.#pages(EVENT_HASHES, ([eventId, hash]) => ({ eventId, hash }) as EventHash);
  }

  events(): AsyncIterable<AuditedEvent[]> {
    return this.#pages(`${EVENTS} ORDER BY event_id`, toEvent);
  }

  async contact({ accountId, subscriberKey }: SubscriberRef) {
    const key = [accountId, Buffer.from(subscriberKey, 'hex')];
    const [row] = await this.#query(`${CONTACTS} WHERE account_id = $1 AND subscriber_key = $2`, key);
    const events = await this.#query(CHAIN, key);
    return { row: row ? toContact(row) : null, events: events.map(toEvent) };
  }

  tiles(): AsyncIterable<LedgerTile[]> {
    return this.#pages(TILES, toTile);
  }

  async checkpoints(): Promise<StoredCheckpoint[]> {
    return (await this.#query(CHECKPOINTS)).map(toCheckpoint);
  }

  async closedThrough(): Promise<string | null> {
    const [row] = await this.#query(CLOSED_THROUGH);
    return (row?.[0] as string | null | undefined) ?? null;
  }

  documentOf = encodePreferences;

  /** A page is asked for while the one before is being worked on. */
  async *#pages<T>(sql: string, read: (row: Row) => T): AsyncGenerator<T[]> {
    this.#cursors += 1;
    const cursor = `audit_${this.#cursors}`;
    await this.#client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`);
    const fetch = () => {
      const rows = this.#query(`FETCH FORWARD ${PAGE_ROWS} FROM ${cursor}`);
      // Where it fails nobody may be waiting yet; whoever waits later is told.
      rows.catch(() => {});
      return rows;
    };
    for (let next = fetch(); ; ) {
      const rows = await next;
      if (rows.length === 0) return;
      next = fetch();
      yield rows.map(read);
    }
  }

  async #query(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#client.query<unknown[]>({ text, values, rowMode: 'array' })).rows;
  }
}

function toEvent(row: Row): AuditedEvent {
  return {
    eventId: row[0] as string,
    accountId: row[1] as number,
    subscriberKey: row[2] as string,
    version: row[3] as number,
    occurredAt: row[4] as number,
    previousEventId: row[5] as string | null,
    hash: row[6] as string,
    body: row[7] as string,
    personal: row[8] as string | null,
    isMalformed: isMalformed(row[2] as string, row[6] as string),
  };
}

function toContact(row: Row): AuditedContact {
  return {
    accountId: row[0] as number,
    subscriberKey: row[1] as string,
    address: row[2] as string | null,
    version: row[3] as number,
    headEventId: row[4] as string,
    headHash: row[5] as string,
    lastEventAt: row[6] as number,
    document: row[7] as string,
    isMalformed: isMalformed(row[1] as string, row[5] as string),
  };
}

const KEY_DIGITS = 32;
const HASH_DIGITS = 64;

/** The server sees to the form of all else. */
function isMalformed(key: string, hash: string): boolean {
  return key.length !== KEY_DIGITS || hash.length !== HASH_DIGITS;
}
