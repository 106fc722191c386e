/** Rows of the two hot tables, as they are read. */
import type { LedgerEvent, Personal } from '../../domain/ledger.ts';
import type { StoredSubscriber, SubscriberRef } from '../port.ts';
import { decodePreferences } from '../preferences-document.ts';
import { toHex, toUuid } from './binary.ts';

/** A row as an array. */
export type Row = readonly unknown[];

/** In the order that `toSubscriber` expects. */
export const SUBSCRIBER_COLUMNS = 'address, version, head_event_id, head_hash, last_event_at, preferences';
/** In the order that `toEvent` expects. */
export const EVENT_COLUMNS = 'event_id, version, occurred_at, previous_event_id, hash, body, personal';

/** The one look-up of a contact, by account and key. */
export const LOAD = lookUp(SUBSCRIBER_COLUMNS);
/** The same for who only reads what holds: the row's octets cost more than all else of it. */
export const LOAD_PREFERENCES = lookUp('preferences');

export const CLOSED_THROUGH = 'SELECT closed_through FROM ledger_horizon';

function lookUp(columns: string): string {
  return `
  SELECT ${columns}
  FROM subscriber
  WHERE account_id = ? AND subscriber_key = ?`;
}

export function toSubscriber(ref: SubscriberRef, row: Row): StoredSubscriber {
  return {
    ref,
    address: row[0] as string | null,
    state: {
      version: row[1] as number,
      headEventId: toUuid(row[2]),
      headHash: toHex(row[3]),
      lastEventAt: row[4] as number,
      isErased: row[0] === null,
      preferences: decodePreferences(row[5] as string),
    },
  };
}

export function toEvent(ref: SubscriberRef, row: Row): LedgerEvent {
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
