/** Checkpoints of the ledger, and the tiles of its tree, on SQLite. (What moves the write-ahead log is `checkpoints.ts`.) */
import { peaksOf } from '../peaks.ts';
import type { CheckpointStore, EventHash, LedgerTile, StoredCheckpoint } from '../port.ts';
import { toBytes, toHex, toUuid, uuidToBytes } from './binary.ts';
import type { Connection } from './connection.ts';
import type { Transactions } from './transactions.ts';

export const CHECKPOINTS = 'SELECT number, document, peaks FROM ledger_checkpoint ORDER BY number';
export const TILES = 'SELECT number, root, last_event_id FROM ledger_tile ORDER BY number';

const LAST = `${CHECKPOINTS} DESC LIMIT 1`;
const PAGE = `
  SELECT number, document, peaks
  FROM ledger_checkpoint
  WHERE number > ?
  ORDER BY number
  LIMIT ?`;
const INSERT = `
  INSERT INTO ledger_checkpoint (number, document, peaks)
  VALUES (?, ?, ?)
  ON CONFLICT DO NOTHING`;
const INSERT_TILE = `
  INSERT INTO ledger_tile (number, root, last_event_id)
  VALUES (?, ?, ?)
  ON CONFLICT DO NOTHING`;
const HASHES = `
  SELECT event_id, hash
  FROM event
  WHERE event_id > ? AND event_id <= ?
  ORDER BY event_id
  LIMIT ?`;

/** Comes before every id. */
const BEFORE_ALL = Buffer.alloc(0);

export interface CheckpointRow {
  readonly number: number;
  readonly document: string;
  readonly peaks: Uint8Array;
}

export interface TileRow {
  readonly number: number;
  readonly root: Uint8Array;
  readonly last_event_id: Uint8Array;
}

export class SqliteLedgerCheckpoints implements CheckpointStore {
  readonly #connection: Connection;
  readonly #transactions: Transactions;

  constructor(connection: Connection, transactions: Transactions) {
    this.#connection = connection;
    this.#transactions = transactions;
  }

  last(): Promise<StoredCheckpoint | null> {
    return this.#connection.run(() => this.#connection.all<CheckpointRow>(LAST).map(toCheckpoint)[0] ?? null);
  }

  list(after: number, limit: number): Promise<StoredCheckpoint[]> {
    return this.#connection.run(() => this.#connection.all<CheckpointRow>(PAGE, after, limit).map(toCheckpoint));
  }

  insert({ number, document, peaks }: StoredCheckpoint): Promise<'inserted' | 'taken'> {
    return this.#transactions.write((connection) =>
      connection.change(INSERT, number, document, toBytes(peaks.join(''))) === 1 ? 'inserted' : 'taken',
    );
  }

  insertTiles(tiles: readonly LedgerTile[]): Promise<void> {
    return this.#transactions.write((connection) => {
      for (const { number, root, lastEventId } of tiles) {
        connection.change(INSERT_TILE, number, toBytes(root), uuidToBytes(lastEventId));
      }
    });
  }

  tiles(): Promise<LedgerTile[]> {
    return this.#connection.run(() => this.#connection.all<TileRow>(TILES).map(toTile));
  }

  hashes(after: string | null, through: string, limit: number): Promise<EventHash[]> {
    const from = after === null ? BEFORE_ALL : uuidToBytes(after);
    return this.#connection.run(() =>
      this.#connection
        .all<{ event_id: Uint8Array; hash: Uint8Array }>(HASHES, from, uuidToBytes(through), limit)
        .map((row) => ({ eventId: toUuid(row.event_id), hash: toHex(row.hash) })),
    );
  }
}

export function toCheckpoint({ number, document, peaks }: CheckpointRow): StoredCheckpoint {
  return { number, document, peaks: peaksOf(toHex(peaks)) };
}

export function toTile({ number, root, last_event_id }: TileRow): LedgerTile {
  return { number, root: toHex(root), lastEventId: toUuid(last_event_id) };
}
