/** Brings an SQLite file to this version's schema. */
import { compareMigrations, listMigrations, readMigrations } from '../migrations.ts';
import type { MigrationStatus } from '../port.ts';
import type { Connection } from './connection.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

export async function migrationStatus(connection: Connection): Promise<MigrationStatus> {
  const known = await listMigrations(FOLDER);
  return connection.run(() => compareMigrations(known, appliedMigrations(connection)));
}

/**
 * Applies all that is pending in one transaction, so that a file is at one version or another and never between. The
 * write lock is held from the start: of several processes one migrates, and the others then find nothing to do. A
 * file that nobody may write is refused by that too, at the start and not at the first change.
 */
export async function migrate(connection: Connection): Promise<MigrationStatus> {
  const known = await listMigrations(FOLDER);
  const migrations = await readMigrations(FOLDER, known);
  const apply = () => {
    const { pending } = compareMigrations(known, appliedMigrations(connection));
    if (pending.length > 0) connection.exec(CREATE_TABLE);
    for (const { name, sql } of migrations.filter((migration) => pending.includes(migration.name))) {
      connection.exec(sql);
      connection.change('INSERT INTO migration (name, applied_at) VALUES (?, ?)', name, Date.now());
    }
    return compareMigrations(known, appliedMigrations(connection));
  };
  return connection.transaction(apply, () => true);
}

const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS migration (
    name TEXT PRIMARY KEY NOT NULL,
    applied_at INTEGER NOT NULL
  ) STRICT`;

function appliedMigrations(connection: Connection): string[] {
  const exists = connection.all("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'");
  if (exists.length === 0) return [];
  return connection.all<{ name: string }>('SELECT name FROM migration ORDER BY name').map((row) => row.name);
}
