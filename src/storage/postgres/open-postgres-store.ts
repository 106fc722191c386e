/** The server store: several Optio processes may share it. */
import type { ReadFrom } from '../open-store.ts';
import type {
  ConnectionLimits,
  DistributeOutcome,
  Distribution,
  DurabilitySetting,
  LedgerAudit,
  MigrationStatus,
  Store,
} from '../port.ts';
import { BEGIN_AUDIT, PostgresAudit } from './audit.ts';
import { PostgresAuthorizations } from './authorizations.ts';
import { PostgresCatalog } from './catalog.ts';
import { ContactNodes } from './citus/contact-nodes.ts';
import { distribute } from './citus/distribute.ts';
import { readDistribution } from './citus/examine.ts';
import { Connections, MAX_CONNECTIONS } from './connections.ts';
import { PostgresIdempotencyKeys } from './idempotency-keys.ts';
import { PostgresLedger } from './ledger.ts';
import { PostgresLedgerCheckpoints } from './ledger-checkpoints.ts';
import { PostgresLinkRevocations } from './link-revocations.ts';
import { migrate, migrationStatus } from './migrate.ts';
import { PostgresOperators } from './operators.ts';
import { Placement } from './placement.ts';
import { purge } from './purge.ts';
import { PostgresReplicas } from './replicas.ts';
import { PostgresServerSecrets } from './server-secrets.ts';
import { PostgresSignUps } from './sign-ups.ts';
import { PostgresSubscribers } from './subscribers.ts';

/**
 * Takes a URL such as `postgres://user:password@host/database` or `postgres:///database?host=/socket/folder`; of several
 * hosts it follows the one that accepts writes.
 */
export function openPostgresStore(databaseUrl: string, readFrom: ReadFrom | null): Store {
  const connections = new Connections(databaseUrl);
  const placement = new Placement();
  return new PostgresStore(connections, placement, readFrom && openReplicas(connections, placement, readFrom));
}

function openReplicas(primary: Connections, placement: Placement, readFrom: ReadFrom): PostgresReplicas {
  try {
    return new PostgresReplicas(primary, placement, readFrom.databaseUrl, readFrom.stalenessMs);
  } catch (error) {
    throw new Error(`Of its replicas: ${(error as Error).message}`);
  }
}

class PostgresStore implements Store {
  readonly subscribers: PostgresSubscribers;
  readonly ledger: PostgresLedger;
  readonly catalog: PostgresCatalog;
  readonly linkRevocations: PostgresLinkRevocations;
  readonly signUps: PostgresSignUps;
  readonly operators: PostgresOperators;
  readonly authorizations: PostgresAuthorizations;
  readonly serverSecrets: PostgresServerSecrets;
  readonly checkpoints: PostgresLedgerCheckpoints;
  readonly idempotencyKeys: PostgresIdempotencyKeys;
  readonly replicas: PostgresReplicas | null;
  readonly #connections: Connections;
  readonly #placement: Placement;
  readonly #nodes: ContactNodes;

  constructor(connections: Connections, placement: Placement, replicas: PostgresReplicas | null) {
    this.#connections = connections;
    this.#placement = placement;
    this.#nodes = new ContactNodes(connections);
    this.replicas = replicas;
    this.subscribers = new PostgresSubscribers(connections, placement, this.#nodes);
    this.ledger = new PostgresLedger(connections, placement);
    this.catalog = new PostgresCatalog(connections);
    this.linkRevocations = new PostgresLinkRevocations(connections);
    this.signUps = new PostgresSignUps(connections);
    this.operators = new PostgresOperators(connections);
    this.authorizations = new PostgresAuthorizations(connections);
    this.serverSecrets = new PostgresServerSecrets(connections);
    this.checkpoints = new PostgresLedgerCheckpoints(connections);
    this.idempotencyKeys = new PostgresIdempotencyKeys(connections);
  }

  audit<T>(work: (audit: LedgerAudit) => Promise<T>): Promise<T> {
    return this.#connections.useUnhurried(async (client) => {
      await client.query(BEGIN_AUDIT);
      return work(new PostgresAudit(client));
    });
  }

  async describe(): Promise<string> {
    const [row] = await this.#connections.reads.all<{ server_version: string }>('SHOW server_version');
    // `15.18 (Debian 15.18-0+deb12u1)`: the packager is of no interest.
    return `PostgreSQL ${row?.server_version.split(' ')[0]}`;
  }

  /**
   * Without any of these PostgreSQL may lose, after a crash, what it said was committed; where another server is to take
   * its place, also without a standby that it waits for.
   */
  async durability(): Promise<DurabilitySetting[]> {
    const { hasSeveralServers } = this.#connections;
    const rows = await this.#connections.reads.all<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings
       WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') OR (name = 'synchronous_standby_names' AND $1)
       ORDER BY name`,
      hasSeveralServers,
    );
    const unsafe = hasSeveralServers ? ['off', 'local', ''] : ['off'];
    return rows.map(({ name, setting }) => ({
      name,
      value: setting || 'empty',
      isSafe: !unsafe.includes(setting),
      wanted: name === 'synchronous_standby_names' ? 'the standbys that a commit waits for' : 'on',
    }));
  }

  async connectionLimits(): Promise<ConnectionLimits> {
    const rows = await this.#connections.reads.all<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings
       WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')`,
    );
    const reserved = rows.filter(({ name }) => name !== 'max_connections');
    const most = rows.find(({ name }) => name === 'max_connections');
    const allowed = reserved.reduce((rest, { setting }) => rest - Number(setting), Number(most?.setting));
    return { perProcess: MAX_CONNECTIONS, allowed };
  }

  async ping(): Promise<void> {
    await this.#connections.looks.all('SELECT 1');
  }

  migrationStatus(): Promise<MigrationStatus> {
    return migrationStatus(this.#connections);
  }

  migrate(): Promise<MigrationStatus> {
    return migrate(this.#connections);
  }

  async distribution(): Promise<Distribution | null> {
    const distribution = await this.#connections.use(readDistribution);
    return distribution && this.#nodes.describe(distribution);
  }

  async distribute(shards: number | null): Promise<DistributeOutcome> {
    const outcome = await distribute(this.#connections, shards);
    await this.#connections.use((client) => this.#placement.ask(client));
    if (outcome.kind === 'refused') return outcome;
    return { ...outcome, distribution: await this.#nodes.describe(outcome.distribution) };
  }

  purge(): Promise<readonly string[]> {
    return purge(this.#connections);
  }

  async close(): Promise<void> {
    await this.replicas?.close();
    await this.#nodes.close();
    await this.#connections.close();
  }
}
