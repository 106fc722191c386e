/** The connections to the PostgreSQL server that accepts writes: a pool, how work borrows from it, and how it ends. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { StoreUnavailable } from '../port.ts';
import {
  isSilence,
  passes,
  passesWithoutTrace,
  speaksAgainstServer,
  toConnectionError,
  toStoreError,
  UnseenCommit,
} from './errors.ts';
import { type Client, Lender, LenderBy } from './lender.ts';
import { Patience } from './patience.ts';
import { clientOf, openPrimary, type Primary } from './primary.ts';
import type { ServerAddress } from './servers.ts';
import { socketOf } from './socket-of.ts';
import { Suspicion } from './suspicion.ts';

export { type Client, queryPrepared, type Row } from './lender.ts';

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

/** What the server says where somebody had it no longer wait for its standby: it has committed, and perhaps nobody else has. */
const STOPPED_WAITING = 'SyncRepWaitForLSN';

export class Connections extends Lender {
  /** For work that only reads: it is repeated after whatever passes. */
  readonly reads: Lender;
  /** For looks at how things are now: nothing is repeated, and nobody is waited for. */
  readonly looks: Lender;
  readonly #primary: Primary;
  readonly #pool: pg.Pool;
  readonly #running = new Set<Promise<unknown>>();
  readonly #suspicion = new Suspicion();
  readonly #closing = new AbortController();
  readonly #writing = new Patience(this.#closing.signal);
  readonly #reading = new Patience(this.#closing.signal);
  /** By `performance.now()`. */
  readonly #openedAt = new Map<pg.ClientBase, number>();
  /** Those on which the server said that it did not wait for its standby. */
  readonly #hasty = new WeakSet<pg.ClientBase>();
  #hasAnswered = false;
  #closed: Promise<void> | undefined;

  /** Connects at the first use. Throws a plain Error, without the URL, where that cannot be read. */
  constructor(databaseUrl: string) {
    super();
    this.reads = new LenderBy((work) => this.#track(() => this.#persist(this.#reading, () => this.#lend(work))));
    this.looks = new LenderBy((work) => this.#track(() => this.#lend(work)));
    const config: pg.ClientConfig = {
      application_name: 'optio',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
      types: TYPES,
    };
    this.#primary = openPrimary(databaseUrl, config);
    this.#pool = new pg.Pool({
      ...config,
      Client: clientOf(this.#primary),
      max: MAX_CONNECTIONS,
      idleTimeoutMillis: KEEP_IDLE_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      // Queries sent without awaiting each other share one round trip.
      pipeline: true,
      onConnect: (client) => this.#primary.assertStillAccepts(client),
    });
    // A connection that breaks says so in an event, which would end the process if nobody listened. The pool replaces
    // an idle one by itself; one that is at work is told by its query's rejection.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => this.#welcome(client));
    this.#pool.on('remove', (client) => this.#openedAt.delete(client));
  }

  /** Of the server that connections are made to, for people. */
  get serverName(): string {
    return this.#primary.name;
  }

  /** The same database on another server, with our user and settings. */
  urlAt(address: ServerAddress): string {
    return this.#primary.urlAt(address);
  }

  /** Whether there are servers to take the place of that one. */
  get hasSeveralServers(): boolean {
    return this.#primary.hasRivals;
  }

  /**
   * Lends a connection to `work`, which may write. It is repeated only where nothing can have been written: where there
   * was no connection, or the server says so. A connection that saw any failure is not lent again: it may be half-way
   * through a transaction, or lead to a server that has become read-only.
   */
  use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return this.#track(() => {
      let isLent = false;
      const lend = () => {
        isLent = false;
        return this.#lend((client) => {
          isLent = true;
          return work(client);
        });
      };
      return this.#persist(this.#writing, lend, (error) => (isLent ? passesWithoutTrace(error) : passes(error)));
    });
  }

  /** Carries out `work`, which lends by itself, until it does not fail in a way that passes, or for as long as patience lasts. */
  persist<T>(work: () => Promise<T>): Promise<T> {
    return this.#persist(this.#writing, work);
  }

  /** Nobody waits for a server that has never answered: then something else is wrong than that it is away for a moment. */
  #persist<T>(patience: Patience, work: () => Promise<T>, mayRepeatAfter = passes): Promise<T> {
    return patience.persist(work, (error) => this.#hasAnswered && mayRepeatAfter(error));
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
      const client = await this.persist(() => this.#connectUnhurried());
      try {
        await client.query(END_IDLE_TRANSACTIONS);
        return await work(client);
      } catch (error) {
        throw toStoreError(error);
      } finally {
        await client.end();
      }
    });
  }

  async #connectUnhurried(): Promise<pg.Client> {
    await this.#primary.find();
    const client = new pg.Client(this.#primary.config);
    client.on('error', () => {});
    try {
      await client.connect();
      await this.#primary.assertStillAccepts(client);
      return client;
    } catch (error) {
      await client.end();
      this.#noteFailure(error, performance.now());
      throw toConnectionError(error);
    }
  }

  /** Waits for what runs, then lets go of every connection. Idempotent. */
  close(): Promise<void> {
    this.#closing.abort();
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

  #welcome(client: pg.PoolClient): void {
    const openedAt = performance.now();
    this.#hasAnswered = true;
    this.#openedAt.set(client, openedAt);
    client.on('error', (error) => this.#noteFailure(error, openedAt));
    client.on('notice', ({ routine }) => {
      if (routine === STOPPED_WAITING) this.#hasty.add(client);
    });
    // Not awaited: it travels ahead of the work. Where it fails, so does the work, or the server knows no such limits.
    client.query(LIMIT_STATEMENTS).catch(() => {});
  }

  async #lend<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const openedAt = this.#openedAt.get(client) ?? 0;
    try {
      const result = await work(client);
      if (this.#hasty.has(client)) throw new UnseenCommit();
      client.release();
      for (const patience of [this.#writing, this.#reading]) patience.heard();
      return result;
    } catch (error) {
      client.release(true);
      this.#noteFailure(error, openedAt);
      throw toStoreError(error);
    }
  }

  /** Takes note of what a failure says of connections as old as the one that it happened on, and of their server. */
  #noteFailure(error: unknown, openedAt: number): void {
    if (!speaksAgainstServer(error) || !this.#suspicion.castBy(openedAt)) return;
    if (isSilence(error)) this.#suspicion.foundSilent(error);
    this.#primary.doubt();
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#suspicion.orRefuse(() => this.#connectSoundly());
    } catch (error) {
      this.#noteFailure(error, performance.now());
      if (isSilence(error)) this.#suspicion.foundSilent(error);
      throw toConnectionError(error);
    }
  }

  /** A connection that is suspect is let go of: those who wait on it would wait in vain, or for the wrong server. */
  async #connectSoundly(): Promise<pg.PoolClient> {
    await this.#primary.find();
    for (;;) {
      const client = await this.#pool.connect();
      if (!this.#suspicion.taints(this.#openedAt.get(client) ?? 0)) return client;
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
