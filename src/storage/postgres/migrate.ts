/** Brings a PostgreSQL database to this version's schema. */
import { compareMigrations, listMigrations, readMigrations } from '../migrations.ts';
import type { MigrationStatus } from '../port.ts';
import type { Client, Connections } from './connections.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/** The advisory lock that whoever migrates holds; the number is Optio's own and means nothing else. */
const MIGRATION_LOCK = 6_784_837_311;

export async function migrationStatus(connections: Connections): Promise<MigrationStatus> {
  const known = await listMigrations(FOLDER);
  return connections.reads.use(async (client) => compareMigrations(known, await appliedMigrations(client)));
}

/**
 * Applies all that is pending in one transaction, so that a database is at one version or another and never between.
 * The lock belongs to the transaction: of several processes one migrates, the others wait and then find nothing to
 * do, and nobody holds it once that process is gone. A database that needs nothing, as nearly always, is only read.
 */
export async function migrate(connections: Connections): Promise<MigrationStatus> {
  const before = await migrationStatus(connections);
  if (before.pending.length === 0) return before;
  const known = await listMigrations(FOLDER);
  const migrations = await readMigrations(FOLDER, known);
  return connections.useUnhurried(async (client) => {
    // READ COMMITTED, so that each statement sees what was committed while this one waited for the lock.
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const { pending } = compareMigrations(known, await appliedMigrations(client));
    if (pending.length > 0) await client.query(CREATE_TABLE);
    for (const { name, sql } of migrations.filter((migration) => pending.includes(migration.name))) {
      await client.query(sql);
      await client.query('INSERT INTO migration (name, applied_at) VALUES ($1, $2)', [name, Date.now()]);
    }
    const status = compareMigrations(known, await appliedMigrations(client));
    await client.query('COMMIT');
    return status;
  });
}

const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS migration (
    name text PRIMARY KEY,
    applied_at bigint NOT NULL
  )`;

async function appliedMigrations(client: Client): Promise<string[]> {
  const { rows: found } = await client.query("SELECT to_regclass('migration') IS NOT NULL AS exists");
  if (!found[0].exists) return [];
  const { rows } = await client.query<{ name: string }>('SELECT name FROM migration ORDER BY name');
  return rows.map((row) => row.name);
}
