/** What sealing the ledger needs of a store: part of `../port.ts`. */

/** The root over 256 events, and the id of the last of them. They are the same whoever computes them. */
export interface LedgerTile {
  /** From 0. */
  readonly number: number;
  readonly root: string;
  readonly lastEventId: string;
}

export interface StoredCheckpoint {
  readonly number: number;
  /** As JSON: see `readCheckpoint`. */
  readonly document: string;
  /** What the tree goes on from: see `Frontier`. */
  readonly peaks: readonly string[];
}

/** An event's place in the tree over the ledger. */
export interface EventHash {
  readonly eventId: string;
  readonly hash: string;
}

export interface CheckpointStore {
  /** The one with the highest number; null where there is none. */
  last(): Promise<StoredCheckpoint | null>;
  /** Those after a number, the oldest first; at most `limit`. */
  list(after: number, limit: number): Promise<StoredCheckpoint[]>;
  /** `taken`: another process sealed that number, and nothing was written. */
  insert(checkpoint: StoredCheckpoint): Promise<'inserted' | 'taken'>;
  /** Those that are there already stay as they are. */
  insertTiles(tiles: readonly LedgerTile[]): Promise<void>;
  /** By number. */
  tiles(): Promise<LedgerTile[]>;
  /** Those of all accounts, by id: after one, where it is not null, up to another, which need not exist; at most `limit`. */
  hashes(after: string | null, through: string, limit: number): Promise<EventHash[]>;
}
