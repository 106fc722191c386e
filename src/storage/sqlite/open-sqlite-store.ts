/** The embedded store, which is the default: one file, nothing to install. */
import type { DistributeOutcome, DurabilitySetting, LedgerAudit, MigrationStatus, Store } from '../port.ts';
import { AUDIT_SETTINGS, SqliteAudit } from './audit.ts';
import { SqliteAuthorizations } from './authorizations.ts';
import { type BulkReads, ReadsInPlace } from './bulk-reads.ts';
import { SqliteCatalog } from './catalog.ts';
import { Connection } from './connection.ts';
import { SqliteIdempotencyKeys } from './idempotency-keys.ts';
import { SqliteLedger } from './ledger.ts';
import { SqliteLedgerCheckpoints } from './ledger-checkpoints.ts';
import { SqliteLinkRevocations } from './link-revocations.ts';
import { migrate, migrationStatus } from './migrate.ts';
import { SqliteOperators } from './operators.ts';
import { ReadsInThread } from './reads-in-thread.ts';
import { SqliteServerSecrets } from './server-secrets.ts';
import { SqliteSignUps } from './sign-ups.ts';
import { SqliteSubscribers } from './subscribers.ts';
import { Transactions } from './transactions.ts';
import { type Writes, WritesInPlace } from './writes.ts';
import { WritesInThread } from './writes-in-thread.ts';

/** Opens the file at `path`, or `:memory:`. Its folder is made where there is none. */
export async function openSqliteStore(path: string): Promise<Store> {
  const connection = await Connection.open(path);
  const writes = path === ':memory:' ? new WritesInPlace(connection) : new WritesInThread(path);
  const reads = path === ':memory:' ? new ReadsInPlace(connection) : new ReadsInThread(path);
  return new SqliteStore(path, connection, writes, reads);
}

/** SQLite takes words for this pragma and answers numbers (sqlite.org/pragma.html#pragma_synchronous). */
const SYNCHRONOUS = ['OFF', 'NORMAL', 'FULL', 'EXTRA'];

class SqliteStore implements Store {
  readonly subscribers: SqliteSubscribers;
  readonly ledger: SqliteLedger;
  readonly catalog: SqliteCatalog;
  readonly linkRevocations: SqliteLinkRevocations;
  readonly signUps: SqliteSignUps;
  readonly operators: SqliteOperators;
  readonly authorizations: SqliteAuthorizations;
  readonly serverSecrets: SqliteServerSecrets;
  readonly checkpoints: SqliteLedgerCheckpoints;
  readonly idempotencyKeys: SqliteIdempotencyKeys;
  readonly replicas = null;
  readonly #path: string;
  readonly #connection: Connection;
  readonly #writes: Writes;
  readonly #reads: BulkReads;

  constructor(path: string, connection: Connection, writes: Writes, reads: BulkReads) {
    this.#path = path;
    this.#connection = connection;
    this.#writes = writes;
    this.#reads = reads;
    this.ledger = new SqliteLedger(connection, writes);
    const transactions = new Transactions(connection, writes);
    this.subscribers = new SqliteSubscribers(connection, writes, reads, transactions);
    this.catalog = new SqliteCatalog(connection, transactions);
    this.linkRevocations = new SqliteLinkRevocations(connection, transactions);
    this.signUps = new SqliteSignUps(connection, transactions);
    this.operators = new SqliteOperators(connection, transactions);
    this.authorizations = new SqliteAuthorizations(connection, transactions);
    this.serverSecrets = new SqliteServerSecrets(transactions);
    this.checkpoints = new SqliteLedgerCheckpoints(connection, transactions);
    this.idempotencyKeys = new SqliteIdempotencyKeys(transactions);
  }

  /** On a connection of its own; in memory there is but one, on which nothing else may be done meanwhile. */
  async audit<T>(work: (audit: LedgerAudit) => Promise<T>): Promise<T> {
    const own = this.#path === ':memory:' ? null : await Connection.open(this.#path);
    try {
      own?.exec(AUDIT_SETTINGS);
      return await (own ?? this.#connection).lend((database) => work(new SqliteAudit(database)));
    } finally {
      own?.close();
    }
  }

  describe(): Promise<string> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<{ version: string }>('SELECT sqlite_version() AS version');
      return `SQLite ${row?.version}`;
    });
  }

  /** WAL keeps a commit's pages apart until they are synced; FULL or EXTRA syncs before a commit is answered. */
  durability(): Promise<DurabilitySetting[]> {
    return this.#connection.run(() => {
      const [journal] = this.#connection.all<{ journal_mode: string }>('PRAGMA journal_mode');
      const [sync] = this.#connection.all<{ synchronous: number }>('PRAGMA synchronous');
      const mode = journal?.journal_mode ?? '';
      const synchronous = sync?.synchronous ?? 0;
      return [
        { name: 'journal_mode', value: mode, isSafe: mode === 'wal', wanted: 'wal' },
        {
          name: 'synchronous',
          value: SYNCHRONOUS[synchronous] ?? String(synchronous),
          isSafe: synchronous >= 2,
          wanted: 'FULL',
        },
      ];
    });
  }

  async connectionLimits(): Promise<null> {
    return null;
  }

  async ping(): Promise<void> {
    // The header of the file, so that a file that went bad is noticed too.
    await this.#connection.run(() => this.#connection.all('PRAGMA schema_version'));
  }

  migrationStatus(): Promise<MigrationStatus> {
    return migrationStatus(this.#connection);
  }

  migrate(): Promise<MigrationStatus> {
    return this.#writes.alone(() => migrate(this.#connection));
  }

  async distribution(): Promise<null> {
    return null;
  }

  async distribute(): Promise<DistributeOutcome> {
    return { kind: 'refused', because: 'SQLite is on one machine; only a PostgreSQL with Citus can be distributed' };
  }

  /** A table at a time would not do: pages that were split hold copies of rows, which are nobody's any more. */
  purge(): Promise<readonly string[]> {
    return this.#writes.alone(async () => {
      await this.#connection.run(() => this.#connection.exec('VACUUM'));
      return (await this.#connection.emptyLog()) ? [] : ['another process reads from the write-ahead log: try again'];
    });
  }

  async close(): Promise<void> {
    await this.#reads.close();
    await this.#writes.close();
    this.#connection.close();
  }
}
