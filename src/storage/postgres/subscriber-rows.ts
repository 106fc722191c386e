/** Rows of the two hot tables, as they are read. */
import type { LedgerEvent, Personal } from '../../domain/ledger.ts';
import type { StoredSubscriber, SubscriberRef } from '../port.ts';
import { decodePreferences } from '../preferences-document.ts';
import type { Row } from './connections.ts';

/** Keys and hashes as the hexadecimal digits that the domain has, whatever the server's `bytea_output`. */
export const SUBSCRIBER_COLUMNS = `
  account_id, encode(subscriber_key, 'hex'), address, version,
  head_event_id, encode(head_hash, 'hex'), last_event_at, preferences::text`;
/** In the order that `toEvent` expects. */
export const EVENT_COLUMNS = `
  event_id, version, occurred_at, previous_event_id, encode(hash, 'hex'), body::text, personal::text`;

export function toSubscriber(row: Row): StoredSubscriber {
  return {
    ref: { accountId: row[0] as number, subscriberKey: row[1] as string },
    address: row[2] as string | null,
    state: {
      version: row[3] as number,
      headEventId: row[4] as string,
      headHash: row[5] as string,
      lastEventAt: row[6] as number,
      isErased: row[2] === null,
      preferences: decodePreferences(row[7] as string),
    },
  };
}

export function toEvent(ref: SubscriberRef, row: Row): LedgerEvent {
  return {
    eventId: row[0] as string,
    accountId: ref.accountId,
    subscriberKey: ref.subscriberKey,
    version: row[1] as number,
    occurredAt: row[2] as number,
    previousEventId: row[3] as string | null,
    hash: row[4] as string,
    body: row[5] as string,
    personal: row[6] === null ? null : (JSON.parse(row[6] as string) as Personal),
  };
}
