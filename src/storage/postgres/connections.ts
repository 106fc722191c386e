/** The connections to a PostgreSQL server: a pool, how work borrows from it, and how it ends. */
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { StoreUnavailable } from '../port.ts';
import { isSilence, toConnectionError, toStoreError } from './errors.ts';
import { Silence } from './silence.ts';

/** How many commits run side by side: more gain nothing, since each carries all that waited. */
export const LANES = 4;

/** How many reads do: while they are under way, others gather and become larger ones. */
export const LOAD_LANES = 2;

/** Every lane, and a few for everything else. */
export const MAX_CONNECTIONS = LANES + LOAD_LANES + 4;

const CONNECT_TIMEOUT_MS = 5_000;
/**
 * The server itself gives up a statement after this, behind a lock for example, and says that nothing was written. It
 * does not count the time that the commit takes on its disk.
 */
const STATEMENT_TIMEOUT_MS = 5_000;
/** A server that answers nothing for so long is gone; without this a commit would wait for TCP to notice, minutes. */
const ANSWER_TIMEOUT_MS = 10_000;
const KEEP_IDLE_MS = 60_000;
const KEEPALIVE_AFTER_MS = 10_000;
/** How long a server may take to take note that we leave. */
const GOODBYE_MS = 1_000;

/** Should we vanish in the middle of a transaction, the server shall not hold its locks for hours. */
const END_IDLE_TRANSACTIONS = `SET idle_in_transaction_session_timeout = ${ANSWER_TIMEOUT_MS}`;
/** Not in the URL's options: poolers such as PgBouncer refuse those that they do not know. */
const LIMIT_STATEMENTS = `SET statement_timeout = ${STATEMENT_TIMEOUT_MS}; ${END_IDLE_TRANSACTIONS}`;

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
  readonly #silence = new Silence();
  /** By `performance.now()`. */
  readonly #openedAt = new Map<pg.PoolClient, number>();
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
    this.#pool.on('connect', (client) => {
      client.on('error', () => {});
      this.#openedAt.set(client, performance.now());
      // Not awaited: it travels ahead of the work. Where it fails, so does the work, or the server knows no such limits.
      client.query(LIMIT_STATEMENTS).catch(() => {});
    });
    this.#pool.on('remove', (client) => this.#openedAt.delete(client));
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
        if (isSilence(error)) this.#silence.found(error);
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
        await client.query(END_IDLE_TRANSACTIONS);
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
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running);
    const left = [...this.#openedAt.keys()];
    const farewell = Promise.all(left.map((client) => new Promise((resolve) => client.once('end', resolve))));
    await this.#pool.end();
    // A server that is gone never closes its end, and an open socket would keep this process alive.
    const patience = new AbortController();
    await Promise.race([farewell, pause(GOODBYE_MS, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    for (const client of left) socketOf(client).destroy();
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#silence.orRefuse(() => this.#connectSoundly());
    } catch (error) {
      if (isSilence(error)) this.#silence.found(error);
      throw toConnectionError(error);
    }
  }

  /** A connection that was made before the server was silent is let go of: those who wait on it would wait in vain. */
  async #connectSoundly(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#pool.connect();
      if (!this.#silence.taints(this.#openedAt.get(client) ?? 0)) return client;
      // Without a goodbye, which would wait for an answer, too.
      socketOf(client).destroy();
      client.release(true);
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

/** `pg` declares it only for its own use, and has no other way to end a connection at once. */
function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
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
