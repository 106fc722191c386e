/** Which of several servers accepts writes. There may be none for a while, and another one afterwards. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { StoreUnavailable } from '../port.ts';
import { ReadOnlyServer, toConnectionError } from './errors.ts';
import { type DatabaseServer, readServers, type ServerAddress, withAddress } from './servers.ts';
import { socketOf } from './socket-of.ts';

/** How much earlier a server is asked than the next one: the first is the one that was trusted last. */
const HEAD_START_MS = 1_000;

/** Read-only may be a standby, or a server whose operator says so (`default_transaction_read_only`). */
const IS_READ_ONLY = { text: 'SHOW transaction_read_only', query_timeout: 5_000 };

export class Primary {
  readonly #servers: readonly DatabaseServer[];
  readonly #config: pg.ClientConfig;
  /** The one that accepted writes when last asked; the first of them before that. */
  #trusted: DatabaseServer;
  #isDoubted: boolean;
  #finding: Promise<void> | null = null;

  /** `config` is what connections to all of them have in common. */
  constructor(servers: readonly DatabaseServer[], config: pg.ClientConfig) {
    this.#servers = servers;
    this.#config = config;
    this.#trusted = servers[0]!;
    this.#isDoubted = this.hasRivals;
  }

  /** Where there is one server only, that is it, and nobody asks. */
  get hasRivals(): boolean {
    return this.#servers.length > 1;
  }

  /** For a connection to the server that is trusted now. */
  get config(): pg.ClientConfig {
    return { ...this.#config, connectionString: this.#trusted.url };
  }

  get name(): string {
    return this.#trusted.name;
  }

  /** Of the same database on another server. */
  urlAt(address: ServerAddress): string {
    return withAddress(this.#trusted.url, address);
  }

  /** Something speaks against the server that is trusted: it is to be found anew. */
  doubt(): void {
    this.#isDoubted = this.hasRivals;
  }

  /** Resolves once a server is trusted, at once where there is no doubt. Rejects with `StoreUnavailable` where none accepts writes. */
  async find(): Promise<void> {
    if (!this.#isDoubted) return;
    this.#finding ??= this.#find().finally(() => {
      this.#finding = null;
    });
    await this.#finding;
  }

  /** Rejects where a new connection leads to a server that is read-only; asks only where there are several, a round trip. */
  async assertStillAccepts(client: pg.ClientBase): Promise<void> {
    if (this.hasRivals) await assertWritable(client);
  }

  async #find(): Promise<void> {
    const others = this.#servers.filter((server) => server !== this.#trusted);
    const over = new AbortController();
    const attempts: Promise<DatabaseServer>[] = [];
    for (const server of [this.#trusted, ...others]) {
      const turn = Promise.race([
        pause(attempts.length * HEAD_START_MS, undefined, { signal: over.signal }),
        ...attempts.slice(-1).map(failureOf),
      ]);
      attempts.push(this.#ask(server, turn, over.signal));
    }
    try {
      this.#trusted = await Promise.any(attempts);
      this.#isDoubted = false;
    } catch (error) {
      throw noneAcceptsWrites(error as AggregateError);
    } finally {
      over.abort();
    }
  }

  /** On a connection of its own, which nobody waits for any longer once it is over. */
  async #ask(server: DatabaseServer, turn: Promise<unknown>, over: AbortSignal): Promise<DatabaseServer> {
    await turn;
    const client = new pg.Client({ ...this.#config, connectionString: server.url });
    client.on('error', () => {});
    const leave = () => socketOf(client).destroy();
    over.addEventListener('abort', leave);
    try {
      await client.connect();
      await assertWritable(client);
      return server;
    } catch (error) {
      const cause = toConnectionError(error);
      throw new StoreUnavailable(`${server.name}: ${cause.reason}`, { cause });
    } finally {
      over.removeEventListener('abort', leave);
      leave();
    }
  }
}

/** Rejects where the server is read-only: a standby, or one whose place another has taken. */
export async function assertWritable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>(IS_READ_ONLY);
  if (rows[0]?.transaction_read_only !== 'off') throw new ReadOnlyServer();
}

/** Resolves only if it fails. */
async function failureOf(attempt: Promise<unknown>): Promise<void> {
  await attempt.then(
    () => new Promise(() => {}),
    () => {},
  );
}

function noneAcceptsWrites(cause: AggregateError): StoreUnavailable {
  const reason = 'none of the servers accepts writes';
  const each = cause.errors.map(({ message }) => message).join('; ');
  return new StoreUnavailable(`PostgreSQL: ${reason} (${each}).`, { cause, reason });
}

/** `config` is what all its connections have in common. Throws a plain Error, without the URL, where that cannot be read. */
export function openPrimary(databaseUrl: string, config: pg.ClientConfig): Primary {
  const servers = readServers(databaseUrl);
  for (const { url } of servers) assertReadable(url);
  return new Primary(servers, config);
}

function assertReadable(connectionString: string): void {
  try {
    new pg.Client({ connectionString });
  } catch (error) {
    throw new Error(
      `The PostgreSQL database URL cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
    );
  }
}

/** What the pool makes its connections of: each to the server that is trusted at that moment. */
export function clientOf(primary: Primary): new () => pg.Client {
  return class extends pg.Client {
    constructor(options?: pg.ClientConfig) {
      super({ ...options, ...primary.config });
    }
  };
}
