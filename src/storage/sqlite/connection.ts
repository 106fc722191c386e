/** A connection to an SQLite file or to a database in memory, and what is set on each. */
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy, toStoreError } from './errors.ts';

/** How long work waits for another process's transaction before it is given up. */
const PATIENCE_MS = 5_000;
/** How much of that SQLite waits itself, while nothing else in this process gets on. */
const BUSY_TIMEOUT_MS = 20;
/** How long everything else gets on before the work is tried again. */
const PAUSE_MS = 10;

/** What every connection runs with. */
export const SETTINGS = `
  -- A commit is answered once it survives power loss, hence FULL; in WAL mode that is one fsync a commit.
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  -- What is deleted or replaced is overwritten with zeros, so that an erased contact is not found in the file's free space.
  PRAGMA secure_delete = ON;
  -- 64 MB of write-ahead log between checkpoints: with the default of 4 MB the same pages go to the file again and
  -- again. Recovery after a crash reads it in well under a second.
  PRAGMA wal_autocheckpoint = 16384;
  PRAGMA journal_size_limit = 67108864;
  -- Pages kept in memory, at most 16 MB, taken only as the database grows: the inner pages of ten million contacts. The
  -- rest is in the system's cache, or nowhere.
  PRAGMA cache_size = -16384;
`;

export interface ConnectionOptions {
  /** `elsewhere`: this connection's commits leave the log as it is, since somebody else sees to it. */
  readonly checkpoints?: 'here' | 'elsewhere';
  /** `mapped`: pages are read from the system's cache without a call and a copy each, which halves a look-up. */
  readonly file?: 'mapped';
}

/** As much of the file as SQLite maps at most, 2 GiB; what lies behind is read as ever. */
const MAP_FILE = 'PRAGMA mmap_size = 2147418112';

export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;

  /** Opens `path`, a file (made along with its folder where there is none) or `:memory:`. */
  static async open(path: string, { checkpoints = 'here', file }: ConnectionOptions = {}): Promise<Connection> {
    try {
      if (path !== ':memory:') makeFile(resolve(path));
      const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
      try {
        await useWriteAheadLog(database);
        database.exec(SETTINGS);
        if (checkpoints === 'elsewhere') database.exec('PRAGMA wal_autocheckpoint = 0');
        if (file === 'mapped') database.exec(MAP_FILE);
        return new Connection(database);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      throw toStoreError(error);
    }
  }

  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
  }

  /** A statement whose rows come as arrays: no property names to build, a row after the other. */
  prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }

  /** Rows by column name, for what is not hot. Each statement is prepared once. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  /** The number of rows that were changed. */
  change(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs a whole script. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /**
   * Runs synchronous work and gives its result the port's shape: a promise that rejects with the port's error. While
   * another process holds the lock that `work` needs, it is tried again and again; it must be whole or nothing.
   */
  async run<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw toStoreError(error);
      return await patiently(work).catch((reason) => Promise.reject(toStoreError(reason)));
    }
  }

  /**
   * Runs `work` in a write transaction, which is rolled back where `work` throws or `keep` says no to its result. The
   * write lock is taken at the start, so nothing that `work` reads can change before it writes.
   */
  transaction<T>(work: () => T, keep: (result: T) => boolean): Promise<T> {
    return this.run(() => {
      this.#begin.run();
      try {
        const result = work();
        if (keep(result)) this.#commit.run();
        else this.#rollback.run();
        return result;
      } catch (error) {
        // Some failures, a full disk for one, have rolled back already.
        if (this.#database.isTransaction) this.#rollback.run();
        throw error;
      }
    });
  }

  /** Several reads in one read transaction: one lock and one view of the file instead of one a row. */
  reading<T>(work: () => T): Promise<T> {
    return this.run(() => {
      this.#database.exec('BEGIN');
      try {
        return work();
      } finally {
        if (this.#database.isTransaction) this.#commit.run();
      }
    });
  }

  /** Lends the database itself to `work`, between BEGIN and COMMIT: all that it reads is as of one moment. */
  async lend<T>(work: (database: DatabaseSync) => Promise<T>): Promise<T> {
    this.#database.exec('BEGIN');
    try {
      return await work(this.#database);
    } finally {
      if (this.#database.isTransaction) this.#commit.run();
    }
  }

  /** Moves what the log holds to the file, as far as that goes without anybody waiting. Numbers are pages. */
  checkpoint(): { log: number; moved: number } {
    return this.#checkpoint('PASSIVE');
  }

  /** Moves the rest of the log, so that it starts again from its beginning. Nobody can write meanwhile. */
  restartLog(): void {
    try {
      this.#checkpoint('RESTART');
    } catch {
      // Another process reads from the log, or the disk is full: it is tried again.
    }
  }

  /** Moves the rest of the log, and makes its file empty. False where others use the log, or the disk is full. */
  truncateLog(): boolean {
    try {
      return !this.#checkpoint('TRUNCATE').isBusy;
    } catch {
      return false;
    }
  }

  /** The same, but patiently. */
  async emptyLog(): Promise<boolean> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!this.truncateLog()) {
      if (performance.now() > deadline) return false;
      await sleep(PAUSE_MS);
    }
    return true;
  }

  #checkpoint(mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE'): { log: number; moved: number; isBusy: boolean } {
    const [row] = this.all<{ busy: number; log: number; checkpointed: number }>(`PRAGMA wal_checkpoint(${mode})`);
    return { log: row?.log ?? 0, moved: row?.checkpointed ?? 0, isBusy: row?.busy === 1 };
  }

  /** Moves what the WAL holds to the file, as far as other processes let it, and closes. Idempotent. */
  close(): void {
    if (!this.#database.isOpen) return;
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // The WAL stays and the next to open the file reads it: nothing is lost.
    }
    this.#database.close();
  }
}

/**
 * Readers then never wait for the writer. Several processes that open a new file at once may find it locked just
 * while one of them turns it over, and SQLite does not apply the busy timeout to that.
 */
function useWriteAheadLog(database: DatabaseSync): Promise<void> {
  return patiently(() => database.exec('PRAGMA journal_mode = WAL'));
}

/** Tries until no other process is in the way, and lets everything else in this one get on between two tries. */
async function patiently<T>(work: () => T): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** For this user's eyes alone: it will hold addresses. SQLite gives the files beside it the same permissions. */
function makeFile(path: string): void {
  makeFolder(dirname(path));
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  // SQLite would say of a file on a read-only disk that it cannot be opened, which is not what is wrong.
  accessSync(path, constants.W_OK);
}

/** With all folders above it. Node's own `recursive` never returns where the system says that a new folder cannot be found. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(path)) throw error;
  }
}
