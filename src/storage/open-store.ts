/** Chooses the engine by the scheme of the database URL. */
import type { Store } from './port.ts';

/** Replicas that reads may go to, and how far they may be behind. */
export interface ReadFrom {
  readonly databaseUrl: string;
  readonly stalenessMs: number;
}

/**
 * Opens the store at `sqlite:PATH`, `sqlite::memory:`, `postgres://…` or `postgresql://…`. Does not migrate.
 * Throws a plain Error for any other scheme and `StoreUnavailable` where the database cannot be opened. The URL may
 * hold a password, so it is in no message. Only PostgreSQL has replicas.
 */
export async function openStore(databaseUrl: string, readFrom: ReadFrom | null = null): Promise<Store> {
  const scheme = /^[a-z]*(?=:)/.exec(databaseUrl)?.[0];
  // Loaded only when asked for: who runs on SQLite does not pay for loading `pg`.
  switch (scheme) {
    case 'sqlite': {
      const { openSqliteStore } = await import('./sqlite/open-sqlite-store.ts');
      return openSqliteStore(databaseUrl.slice('sqlite:'.length));
    }
    case 'postgres':
    case 'postgresql': {
      const { openPostgresStore } = await import('./postgres/open-postgres-store.ts');
      return openPostgresStore(databaseUrl, readFrom);
    }
    default:
      throw new Error('The database URL must start with sqlite: or postgres: (for example sqlite:data/optio.db).');
  }
}
