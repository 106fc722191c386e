/** Databases of one's own on the PostgreSQL that the tests run against. */
import { randomBytes } from 'node:crypto';
import { type CitusNode, citusNodes, copyOnNodes, createOnNodes, distributed, dropOnNodes } from './citus.ts';
import { query, startPostgres } from './postgres.ts';
import type { PostgresServer } from './postgres-server.ts';

export { query } from './postgres.ts';

export interface TestDatabase {
  readonly databaseUrl: string;
  readonly drop: () => Promise<void>;
}

let started: Promise<PostgresServer> | undefined;
/** On a Citus, the name of a distributed database that others are copied from. */
let template: Promise<string> | undefined;

/** The server that OPTIO_TEST_DATABASE_URL names, or one that this process starts for itself. */
async function serverUrl(): Promise<string> {
  const given = process.env.OPTIO_TEST_DATABASE_URL;
  if (given) return given;
  started ??= startPostgres();
  return (await started).url;
}

/** Stops the server if this process started it; call it when the last test of a file is done. */
export async function stopOwnServer(): Promise<void> {
  if (template) await dropOnNodes(await serverUrl(), await citusNodes(await serverUrl()), await template);
  template = undefined;
  await (await started)?.stop();
  started = undefined;
}

/**
 * On a Citus the database is on all its nodes, migrated and distributed, so that whatever is tested is tested on that;
 * unless it shall be `bare`, as it always is on a plain PostgreSQL.
 */
export async function createDatabase({ bare = false } = {}): Promise<TestDatabase> {
  const url = await serverUrl();
  const name = `optio_${randomBytes(8).toString('hex')}`;
  const nodes = await citusNodes(url);
  if (nodes.length > 0) {
    if (!bare) template ??= makeTemplate(url, nodes);
    const databaseUrl = bare
      ? await createOnNodes(url, nodes, name)
      : await copyOnNodes(url, nodes, await template!, name);
    return { databaseUrl, drop: () => dropOnNodes(url, nodes, name) };
  }
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

/** So that every test's database is made fast; more than nodes. */
const FEW_SHARDS = 4;

async function makeTemplate(url: string, nodes: readonly CitusNode[]): Promise<string> {
  const name = `optio_template_${randomBytes(8).toString('hex')}`;
  await distributed(await createOnNodes(url, nodes, name), FEW_SHARDS);
  return name;
}
