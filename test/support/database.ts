/** Databases of one's own on the PostgreSQL that the tests run against. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startPostgres } from './postgres.ts';
import type { PostgresServer } from './postgres-server.ts';

export interface TestDatabase {
  readonly databaseUrl: string;
  readonly drop: () => Promise<void>;
}

let started: Promise<PostgresServer> | undefined;

/** The server that OPTIO_TEST_DATABASE_URL names, or one that this process starts for itself. */
async function serverUrl(): Promise<string> {
  const given = process.env.OPTIO_TEST_DATABASE_URL;
  if (given) return given;
  started ??= startPostgres();
  return (await started).url;
}

/** Stops the server if this process started it; call it when the last test of a file is done. */
export async function stopOwnServer(): Promise<void> {
  await (await started)?.stop();
  started = undefined;
}

export async function createDatabase(): Promise<TestDatabase> {
  const url = await serverUrl();
  const name = `optio_${randomBytes(8).toString('hex')}`;
  await query(url, `CREATE DATABASE ${name}`);
  const databaseUrl = new URL(url);
  databaseUrl.pathname = `/${name}`;
  return {
    databaseUrl: databaseUrl.href,
    drop: async () => {
      await query(url, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** One query on a connection of its own; `bigint` columns come as numbers. */
export async function query(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)),
  };
  const client = new pg.Client({ connectionString: databaseUrl, types });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
