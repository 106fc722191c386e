/** The embedded store, which is the default: one file, nothing to install. */
import type { MigrationStatus, Store } from '../port.ts';
import { SqliteCatalog } from './catalog.ts';
import { Connection } from './connection.ts';
import { migrate, migrationStatus } from './migrate.ts';
import { SqliteSubscribers } from './subscribers.ts';

/** Opens the file at `path`, or `:memory:`. Its folder is made where there is none. */
export async function openSqliteStore(path: string): Promise<Store> {
  return new SqliteStore(await Connection.open(path));
}

class SqliteStore implements Store {
  readonly subscribers: SqliteSubscribers;
  readonly catalog: SqliteCatalog;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.subscribers = new SqliteSubscribers(connection);
    this.catalog = new SqliteCatalog(connection);
  }

  describe(): Promise<string> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<{ version: string }>('SELECT sqlite_version() AS version');
      return `SQLite ${row?.version}`;
    });
  }

  async ping(): Promise<void> {
    // The header of the file, so that a file that went bad is noticed too.
    await this.#connection.run(() => this.#connection.all('PRAGMA schema_version'));
  }

  migrationStatus(): Promise<MigrationStatus> {
    return migrationStatus(this.#connection);
  }

  migrate(): Promise<MigrationStatus> {
    return migrate(this.#connection);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }
}
