/** Checkpoints of the ledger, and the tiles of its tree, on PostgreSQL. */
import { peaksOf } from '../peaks.ts';
import type { CheckpointStore, EventHash, LedgerTile, StoredCheckpoint } from '../port.ts';
import { byteaArray } from './binary-array.ts';
import type { Connections, Row } from './connections.ts';

export const CHECKPOINTS = `
  SELECT number, document::text, encode(peaks, 'hex')
  FROM ledger_checkpoint
  ORDER BY number`;
export const TILES = `
  SELECT number, encode(root, 'hex'), last_event_id
  FROM ledger_tile
  ORDER BY number`;

const LAST = `${CHECKPOINTS} DESC LIMIT 1`;
const PAGE = `
  SELECT number, document::text, encode(peaks, 'hex')
  FROM ledger_checkpoint
  WHERE number > $1
  ORDER BY number
  LIMIT $2`;
const INSERT = `
  INSERT INTO ledger_checkpoint (number, document, peaks)
  VALUES ($1, $2, $3)
  ON CONFLICT DO NOTHING
  RETURNING number`;
const INSERT_TILES = `
  INSERT INTO ledger_tile (number, root, last_event_id)
  SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::uuid[])
  ON CONFLICT DO NOTHING`;
const HASHES = `
  SELECT event_id, encode(hash, 'hex')
  FROM event
  WHERE event_id > $1 AND event_id <= $2
  ORDER BY event_id
  LIMIT $3`;

/** Comes before every id: theirs have a version. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export class PostgresLedgerCheckpoints implements CheckpointStore {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async last(): Promise<StoredCheckpoint | null> {
    const [row] = await this.#connections.reads.prepared('last-checkpoint', LAST, []);
    return row ? toCheckpoint(row) : null;
  }

  async list(after: number, limit: number): Promise<StoredCheckpoint[]> {
    return (await this.#connections.reads.prepared('checkpoints', PAGE, [after, limit])).map(toCheckpoint);
  }

  async insert({ number, document, peaks }: StoredCheckpoint): Promise<'inserted' | 'taken'> {
    const inserted = await this.#connections.all(INSERT, number, document, Buffer.from(peaks.join(''), 'hex'));
    return inserted.length === 1 ? 'inserted' : 'taken';
  }

  async insertTiles(tiles: readonly LedgerTile[]): Promise<void> {
    await this.#connections.all(
      INSERT_TILES,
      tiles.map((tile) => tile.number),
      byteaArray(tiles.map((tile) => tile.root)),
      tiles.map((tile) => tile.lastEventId),
    );
  }

  async tiles(): Promise<LedgerTile[]> {
    return (await this.#connections.reads.prepared('tiles', TILES, [])).map(toTile);
  }

  async hashes(after: string | null, through: string, limit: number): Promise<EventHash[]> {
    const rows = await this.#connections.reads.prepared('event-hashes', HASHES, [after ?? BEFORE_ALL, through, limit]);
    return rows.map(([eventId, hash]) => ({ eventId, hash }) as EventHash);
  }
}

export function toCheckpoint([number, document, digits]: Row): StoredCheckpoint {
  return { number: number as number, document: document as string, peaks: peaksOf(digits as string) };
}

export function toTile([number, root, lastEventId]: Row): LedgerTile {
  return { number: number as number, root: root as string, lastEventId: lastEventId as string };
}
