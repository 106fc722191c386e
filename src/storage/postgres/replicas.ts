/** Servers that follow the primary with some delay, and are read from as long as that delay is short enough. */
import { type ReplicaStanding, type Replicas, StoreUnavailable } from '../port.ts';
import { Connections } from './connections.ts';
import { Freshness } from './freshness.ts';
import { type Client, Lender } from './lender.ts';
import type { Placement } from './placement.ts';
import { type DatabaseServer, readServers } from './servers.ts';
import { PostgresContacts } from './subscribers.ts';

const LONGEST_PAUSE_MS = 1_000;
/** Looks within the time that is allowed, so that one which is missed does not count. */
const LOOKS_WITHIN_BOUND = 5;

/** Where the server stands, and what it is a server of. */
const STANDING = `
  SELECT
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - '0/0' AS position,
    pg_is_in_recovery() AS is_standby,
    (SELECT system_identifier::text FROM pg_control_system()) || '/' || current_database() AS data`;

interface Standing {
  /** In bytes, since the write-ahead log began. */
  readonly position: string;
  readonly is_standby: boolean;
  readonly data: string;
}

export class PostgresReplicas extends Lender implements Replicas {
  readonly contacts: PostgresContacts;
  readonly boundMs: number;
  readonly #primary: Connections;
  readonly #replicas: readonly Replica[];
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | null = null;
  #turn = 0;

  /** Looks at once and from then on how far they are. Throws a plain Error, without the URL, where that cannot be read. */
  constructor(primary: Connections, placement: Placement, databaseUrl: string, boundMs: number) {
    super();
    this.contacts = new PostgresContacts(this, placement);
    this.#primary = primary;
    this.boundMs = boundMs;
    this.#replicas = readServers(databaseUrl).map((server) => new Replica(server, boundMs));
    this.#look();
    this.#timer = setInterval(() => this.#look(), Math.min(boundMs / LOOKS_WITHIN_BOUND, LONGEST_PAUSE_MS)).unref();
  }

  /** Lends a connection to one replica after the other that is fresh enough; where none is, or it fails, to the primary. */
  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const fresh = this.#replicas.filter((replica) => replica.isFresh);
    const replica = fresh[this.#turn++ % fresh.length];
    if (!replica) return this.#primary.reads.use(work);
    try {
      return await replica.connections.looks.use(work);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      replica.freshness.lose();
      return this.#primary.reads.use(work);
    }
  }

  standings(): readonly ReplicaStanding[] {
    return this.#replicas.map(({ name, freshness, isFresh, isPrimary }) => {
      return { name, stalenessMs: freshness.stalenessMs(), isRead: isFresh, isPrimary };
    });
  }

  async look(): Promise<readonly ReplicaStanding[]> {
    await this.#look();
    await Promise.all(this.#replicas.map((replica) => replica.looking));
    return this.standings();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#replicas.map(({ connections }) => connections.close()));
    await this.#looking;
  }

  #look(): Promise<void> {
    this.#looking ??= this.#lookAtPrimary().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /** One replica that does not answer does not keep the others waiting. */
  async #lookAtPrimary(): Promise<void> {
    const askedAt = performance.now();
    const server = this.#primary.serverName;
    const standing = await ask(this.#primary);
    if (!standing || standing.is_standby || server !== this.#primary.serverName) return;
    for (const replica of this.#replicas) replica.compare(standing, askedAt, server);
  }
}

class Replica {
  readonly name: string;
  readonly connections: Connections;
  readonly freshness = new Freshness();
  /** When last looked at. */
  isPrimary = false;
  readonly #boundMs: number;
  #looking: Promise<void> | null = null;

  constructor({ url, name }: DatabaseServer, boundMs: number) {
    this.name = name;
    this.connections = new Connections(url);
    this.#boundMs = boundMs;
  }

  get isFresh(): boolean {
    return (this.freshness.stalenessMs() ?? Number.POSITIVE_INFINITY) <= this.#boundMs;
  }

  /** The look that is under way, if any. */
  get looking(): Promise<void> | null {
    return this.#looking;
  }

  /** Begins to compare it with the primary as that was at `askedAt`. */
  compare(primary: Standing, askedAt: number, server: string): void {
    this.freshness.primaryWasAt(BigInt(primary.position), askedAt, `${server} ${primary.data}`);
    this.#looking ??= this.#look(primary.data).finally(() => {
      this.#looking = null;
    });
  }

  /** A server that follows nobody, or others than the primary, is no replica of it. */
  async #look(data: string): Promise<void> {
    const standing = await ask(this.connections);
    const isOfSameData = standing?.data === data;
    this.isPrimary = isOfSameData && !standing.is_standby;
    if (isOfSameData && standing.is_standby) this.freshness.replicaIsAt(BigInt(standing.position));
  }
}

/** Null where it cannot be asked: then nothing new is known, and what is known gets old. */
async function ask({ looks }: Connections): Promise<Standing | null> {
  try {
    const [row] = await looks.all<Standing & Record<string, unknown>>(STANDING);
    return row ?? null;
  } catch {
    return null;
  }
}
