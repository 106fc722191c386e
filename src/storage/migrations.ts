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

/** The names of the migrations in `folder`, in the order of their numbers. */
export async function listMigrations(folder: URL): Promise<string[]> {
  return (await readdir(folder)).flatMap((file) => FILE_NAME.exec(file)?.[1] ?? []).sort();
}

export function readMigrations(folder: URL, names: readonly string[]): Promise<Migration[]> {
  return Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(new URL(`${name}.sql`, folder), 'utf8') })),
  );
}

/**
 * Compares what there is with what the database has had. A database that has had a migration of which this version
 * knows nothing is refused: older code would misread what newer code wrote.
 */
export function compareMigrations(known: readonly string[], applied: readonly string[]): MigrationStatus {
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new StoreUnavailable(
      `The database was migrated by a newer Optio (${unknown.join(', ')}); start that version or a newer one.`,
    );
  }
  const had = new Set(applied);
  return {
    applied: [...applied].sort(),
    pending: known.filter((name) => !had.has(name)),
  };
}
