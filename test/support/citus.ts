/** Databases on all nodes of a Citus, where OPTIO_TEST_DATABASE_URL names a database of its coordinator that knows them. */
import { openStore } from '../../src/storage/open-store.ts';
import { query } from './postgres.ts';

export interface CitusNode {
  readonly host: string;
  readonly port: number;
  readonly isCoordinator: boolean;
}

/** The coordinator first; none on a plain PostgreSQL. */
export async function citusNodes(url: string): Promise<CitusNode[]> {
  const [found] = await query(url, "SELECT to_regclass('pg_dist_node') IS NOT NULL AS is_citus");
  if (!found?.is_citus) return [];
  return (await query(
    url,
    `SELECT nodename AS host, nodeport AS port, groupid = 0 AS "isCoordinator"
     FROM pg_dist_node WHERE isactive ORDER BY groupid`,
  )) as unknown as CitusNode[];
}

/** Returns the URL of the database on the coordinator. */
export async function createOnNodes(url: string, nodes: readonly CitusNode[], name: string): Promise<string> {
  await onEach(nodes, async (node) => {
    await query(urlOn(url, node), `CREATE DATABASE ${name}`);
    await query(urlOn(url, node, name), 'CREATE EXTENSION citus');
  });
  const databaseUrl = urlOn(url, nodes[0]!, name);
  for (const { host, port, isCoordinator } of nodes) {
    const tell = isCoordinator ? 'citus_set_coordinator_host' : 'citus_add_node';
    await query(databaseUrl, `SELECT ${tell}('${host}', ${port})`);
  }
  return databaseUrl;
}

/** A copy of a database, which nobody can use any more: whoever is connected to it, Citus itself too, is turned out. */
export async function copyOnNodes(
  url: string,
  nodes: readonly CitusNode[],
  from: string,
  name: string,
): Promise<string> {
  await onEach(nodes, async (node) => {
    const there = urlOn(url, node);
    await query(there, `ALTER DATABASE ${from} ALLOW_CONNECTIONS false`);
    await query(there, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${from}'`);
    await query(there, `CREATE DATABASE ${name} TEMPLATE ${from}`);
  });
  return urlOn(url, nodes[0]!, name);
}

export async function distributed(databaseUrl: string, shards: number): Promise<void> {
  const store = await openStore(databaseUrl);
  try {
    await store.migrate();
    const outcome = await store.distribute(shards);
    if (outcome.kind === 'refused') throw new Error(outcome.because);
  } finally {
    await store.close();
  }
}

export async function dropOnNodes(url: string, nodes: readonly CitusNode[], name: string): Promise<void> {
  await onEach(nodes, (node) => drop(urlOn(url, node), name));
}

/** Citus may just have connected to it. */
async function drop(url: string, name: string, tries = 5): Promise<void> {
  try {
    await query(url, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await query(url, `DROP DATABASE ${name} WITH (FORCE)`);
  } catch (error) {
    if (tries === 1) throw error;
    await drop(url, name, tries - 1);
  }
}

async function onEach(nodes: readonly CitusNode[], work: (node: CitusNode) => Promise<unknown>): Promise<void> {
  await Promise.all(nodes.map(work));
}

/** The URL of a database on that node, with the user of `url`. */
export function urlOn(url: string, { host, port }: CitusNode, database?: string): string {
  const there = new URL(url);
  there.hostname = host;
  there.port = String(port);
  if (database) there.pathname = `/${database}`;
  return there.href;
}
