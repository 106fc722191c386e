/** Which migrations there are and which a database still needs, the same for every engine. */
import { readdir, readFile } from 'node:fs/promises';
import type { MigrationStatus } from './port.ts';
import { StoreUnavailable } from './port.ts';

/** One numbered `.sql` file. Its name, without the extension, is what the database remembers. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

const FILE_NAME = /^(\d{4}-[a-z0-9-]+)\.sql$/;

/** Reads the migrations of `folder`, in the order of their numbers. */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).flatMap((file) => FILE_NAME.exec(file)?.[1] ?? []).sort();
  return Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(new URL(`${name}.sql`, folder), 'utf8') })),
  );
}

/**
 * Compares what there is with what the database has had. A database that has had a migration of which this version
 * knows nothing is refused: older code would misread what newer code wrote.
 */
export function compareMigrations(known: readonly Migration[], applied: readonly string[]): MigrationStatus {
  const knownNames = new Set(known.map((migration) => migration.name));
  const unknown = applied.filter((name) => !knownNames.has(name));
  if (unknown.length > 0) {
    throw new StoreUnavailable(
      `The database was migrated by a newer Optio (${unknown.join(', ')}); start that version or a newer one.`,
    );
  }
  const had = new Set(applied);
  return {
    applied: [...applied].sort(),
    pending: known.filter((migration) => !had.has(migration.name)).map((migration) => migration.name),
  };
}
