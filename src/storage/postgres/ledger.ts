/** All contacts' events in the order of their ids, on PostgreSQL, and up to where that order is closed. */
import { EVENTS_LOOKED_AT, type LedgerPage, type LedgerStore } from '../port.ts';
import { CLOSED_THROUGH } from './close-ledger.ts';
import { type Connections, queryPrepared } from './connections.ts';
import type { Placement } from './placement.ts';
import { EVENT_COLUMNS, toEvent } from './subscriber-rows.ts';

/** Comes before every id. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

const NEWEST_ID = 'SELECT event_id FROM event ORDER BY event_id DESC LIMIT 1';

const RANGE = `
  FROM event
  WHERE event_id > $1 AND event_id <= $2
  ORDER BY event_id
  LIMIT $3`;

const READ = `SELECT ${EVENT_COLUMNS}, account_id, encode(subscriber_key, 'hex') ${RANGE}`;

/** Of one account: looks at so many events, and stops where it has found enough. */
const READ_ACCOUNT = `
  SELECT ${EVENT_COLUMNS}, account_id, encode(subscriber_key, 'hex')
  FROM (SELECT * ${RANGE}) AS looked_at
  WHERE account_id = $4
  ORDER BY event_id
  LIMIT $5`;

const LAST_LOOKED_AT = `SELECT event_id ${RANGE} OFFSET $4`;

const SHORTEST_PATIENCE_MS = 100;
const LONGEST_PATIENCE_MS = 3_200;

export class PostgresLedger implements LedgerStore {
  readonly #connections: Connections;
  readonly #placement: Placement;
  /** How long whoever closes waits for commits under way: longer each time that it was not long enough. */
  #patienceMs = SHORTEST_PATIENCE_MS;

  constructor(connections: Connections, placement: Placement) {
    this.#connections = connections;
    this.#placement = placement;
  }

  /** Where it takes longer than there is patience, the ledger stays closed where it is, and there is more the next time. */
  close(through: string): Promise<string | null> {
    return this.#connections.use(async (client) => {
      const { close } = await this.#placement.current(client);
      const closedThrough = await close(client, through, this.#patienceMs);
      if (closedThrough !== null) {
        this.#patienceMs = SHORTEST_PATIENCE_MS;
        return closedThrough;
      }
      this.#patienceMs = Math.min(this.#patienceMs * 2, LONGEST_PATIENCE_MS);
      const [row] = await queryPrepared(client, 'closed-through', CLOSED_THROUGH, []);
      return row![0] as string | null;
    });
  }

  async closedThrough(): Promise<string | null> {
    const [row] = await this.#connections.reads.prepared('closed-through', CLOSED_THROUGH, []);
    return row![0] as string | null;
  }

  async newestId(): Promise<string | null> {
    const [row] = await this.#connections.reads.prepared('newest-id', NEWEST_ID, []);
    return row ? (row[0] as string) : null;
  }

  async read(after: string | null, through: string, limit: number, accountId?: number): Promise<LedgerPage> {
    const range = [after ?? BEFORE_ALL, through];
    const rows =
      accountId === undefined
        ? await this.#connections.reads.prepared('read-ledger', READ, [...range, limit])
        : await this.#connections.reads.prepared('read-account', READ_ACCOUNT, [
            ...range,
            EVENTS_LOOKED_AT,
            accountId,
            limit,
          ]);
    const events = rows.map((row) => toEvent({ accountId: row[7] as number, subscriberKey: row[8] as string }, row));
    if (events.length === limit) return { events, readThrough: events.at(-1)?.eventId ?? through };
    if (accountId === undefined) return { events, readThrough: through };
    const [last] = await this.#connections.reads.prepared('last-looked-at', LAST_LOOKED_AT, [
      ...range,
      1,
      EVENTS_LOOKED_AT - 1,
    ]);
    return { events, readThrough: last ? (last[0] as string) : through };
  }
}
