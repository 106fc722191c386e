/** The connections to a PostgreSQL server: a pool, how work borrows from it, and how it ends. */
import pg from 'pg';
import { StoreUnavailable } from '../port.ts';
import { toConnectionError, toStoreError } from './errors.ts';

/** How many commits run side by side: more gain nothing, since each carries all that waited. */
export const LANES = 4;

/** Lanes, as many loads beside them, and a few for everything else. */
export const MAX_CONNECTIONS = LANES * 2 + 2;

const CONNECT_TIMEOUT_MS = 5_000;
/** A server that answers nothing for so long is gone; without this a commit would wait for TCP to notice, minutes. */
const ANSWER_TIMEOUT_MS = 30_000;
const KEEP_IDLE_MS = 60_000;
const KEEPALIVE_AFTER_MS = 10_000;

/** Identifiers and instants are below 2^53, so `bigint` columns are plain numbers here. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format),
};

export type Client = pg.ClientBase;
export type Row = readonly unknown[];

export class Connections {
  readonly #config: pg.ClientConfig;
  readonly #pool: pg.Pool;
  readonly #running = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  /** Connects at the first use. Throws a plain Error, without the URL, where that cannot be read. */
  constructor(databaseUrl: string) {
    this.#config = {
      connectionString: databaseUrl,
      application_name: 'optio',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
      types: TYPES,
    };
    assertReadable(this.#config);
    this.#pool = new pg.Pool({
      ...this.#config,
      max: MAX_CONNECTIONS,
      idleTimeoutMillis: KEEP_IDLE_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      // Queries sent without awaiting each other share one round trip.
      pipeline: true,
    } as pg.PoolConfig);
    // A connection that breaks says so in an event, which would end the process if nobody listened. The pool replaces
    // an idle one by itself; one that is at work is told by its query's rejection.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  /**
   * Lends a connection to `work`. One that saw any failure is not lent again, unless `keepAfter` says that the failure
   * left it sound: it may be half-way through a transaction, or lead to a server that has become read-only.
   */
  use<T>(work: (client: Client) => Promise<T>, keepAfter: (error: unknown) => boolean = () => false): Promise<T> {
    return this.#track(async () => {
      const client = await this.#connect();
      try {
        const result = await work(client);
        client.release();
        return result;
      } catch (error) {
        client.release(!keepAfter(error));
        throw toStoreError(error);
      }
    });
  }

  /** Rows by column name, for what is not hot. */
  all<R extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<R[]> {
    return this.use(async (client) => (await client.query<R>(sql, values)).rows);
  }

  /** Rows as arrays, from a statement that the server parses and plans once a connection. */
  async prepared(name: string, sql: string, values: unknown[]): Promise<Row[]> {
    return this.use((client) => queryPrepared(client, name, sql, values));
  }

  /**
   * Runs `work` between `begin` and COMMIT, or ROLLBACK where `keep` says no to its result. After a failure the
   * connection is closed, which rolls back too.
   */
  transaction<T>(begin: string, work: (client: Client) => Promise<T>, keep: (result: T) => boolean): Promise<T> {
    return this.use(async (client) => {
      await client.query(begin);
      const result = await work(client);
      await client.query(keep(result) ? 'COMMIT' : 'ROLLBACK');
      return result;
    });
  }

  /** Lends a connection of its own, without a limit on how long a statement may take; for migrations. */
  useUnhurried<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return this.#track(async () => {
      const client = new pg.Client(this.#config);
      client.on('error', () => {});
      try {
        await client.connect();
        return await work(client);
      } catch (error) {
        throw toStoreError(error);
      } finally {
        await client.end();
      }
    });
  }

  /** Waits for what runs, then lets go of every connection. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= Promise.allSettled(this.#running).then(() => this.#pool.end());
    return this.#closed;
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw toConnectionError(error);
    }
  }

  async #track<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreUnavailable('PostgreSQL: the store is closed.');
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}

/** Runs a named statement on a borrowed connection; not awaited, several of them share a round trip. */
export async function queryPrepared(client: Client, name: string, sql: string, values: unknown[]): Promise<Row[]> {
  const { rows } = await client.query<unknown[]>({ name, text: sql, values, rowMode: 'array' });
  return rows;
}

function assertReadable(config: pg.ClientConfig): void {
  try {
    new pg.Client(config);
  } catch (error) {
    throw new Error(
      `The PostgreSQL database URL cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
    );
  }
}
