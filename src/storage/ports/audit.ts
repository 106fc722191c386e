/** What checking and exporting the whole ledger need of a store: part of `../port.ts`. */
import type { AuditedContact, AuditedEvent } from '../../domain/chain-audit.ts';
import type { Preferences } from '../../domain/preferences.ts';
import type { SubscriberRef } from '../port.ts';
import type { EventHash, LedgerTile, StoredCheckpoint } from './checkpoints.ts';

/**
 * All that is stored, as of one moment, however it may have been altered; in pages, so that memory stays flat. Streams
 * may be read side by side, each once.
 */
export interface LedgerAudit {
  /** By account, key and version. The engine sorts them, on disk where they are many. */
  eventsByContact(): AsyncIterable<readonly AuditedEvent[]>;
  /** By account and key. */
  contacts(): AsyncIterable<readonly AuditedContact[]>;
  /** By id. */
  eventHashes(): AsyncIterable<readonly EventHash[]>;
  /** By id. */
  events(): AsyncIterable<readonly AuditedEvent[]>;
  /** One contact's row, and its events as far back as the links from the row lead, oldest first; null and none where it has none. */
  contact(ref: SubscriberRef): Promise<{ row: AuditedContact | null; events: AuditedEvent[] }>;
  /** By number. */
  tiles(): AsyncIterable<readonly LedgerTile[]>;
  /** By number. */
  checkpoints(): Promise<readonly StoredCheckpoint[]>;
  /** Through which id the ledger is closed; null where nothing is. */
  closedThrough(): Promise<string | null>;
  /** The text that these preferences are stored as. */
  documentOf(preferences: Preferences): string;
}
