/** Spreads a database over the nodes of Citus while others read and write it. */
import type { DistributeOutcome } from '../../port.ts';
import type { Client, Connections } from '../connections.ts';
import { hasCitus, type PlacedTable, readDistribution, readNodes, readTables } from './examine.ts';
import { FUNCTION_NAMES, FUNCTIONS } from './functions.ts';
import { HORIZON_TABLE, LEADING_TABLE, SHARD_KEY, SPLIT_TABLES } from './layout.ts';

const USUAL_SHARDS = 32;

/** The advisory lock that whoever distributes holds; the number is Optio's own and means nothing else. */
const DISTRIBUTION_LOCK = 6_784_837_312;

/** A step fails for a reason that the operator can remove. */
class Refused extends Error {}

export function distribute(connections: Connections, shards: number | null): Promise<DistributeOutcome> {
  return connections.useUnhurried(async (client) => {
    try {
      await prepare(client, shards);
      const done = [...(await splitTables(client, shards ?? USUAL_SHARDS)), ...(await finish(client))];
      const distribution = await readDistribution(client);
      if (!distribution) throw new Error('The database was distributed, and is not');
      return { kind: 'distributed', distribution, done };
    } catch (error) {
      if (error instanceof Refused) return { kind: 'refused', because: error.message };
      throw error;
    }
  });
}

/** Whatever can be known to fail is refused before anything is changed. */
async function prepare(client: Client, shards: number | null): Promise<void> {
  // It rewrites more than one transaction may hold; the lock ends with the connection.
  const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [
    DISTRIBUTION_LOCK,
  ]);
  if (!rows[0]?.held) throw new Refused('somebody else distributes this database: wait for them');
  if (!(await hasCitus(client))) await createExtension(client);
  // Else each table is told of at length that was taken along or copied.
  await client.query('SET client_min_messages = warning');
  const nodes = await readNodes(client);
  if (nodes.length === 0) {
    throw new Refused(
      "Citus knows no nodes: tell it of each with citus_set_coordinator_host('HOST', PORT) and citus_add_node('HOST', PORT)",
    );
  }
  const inactive = nodes.find(({ isActive }) => !isActive);
  if (inactive) throw new Refused(`the node ${inactive.name} is not active: activate it with citus_activate_node`);
  await assertCoordinatorKnown(client);
  const tables = await readTables(client);
  const leading = tables.get(LEADING_TABLE);
  if (leading?.kind === 'distributed') assertSameShards(leading, shards);
  await assertMovable(client, tables);
}

async function createExtension(client: Client): Promise<void> {
  const { rows } = await client.query("SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'citus'");
  if (rows.length === 0) {
    throw new Refused('this PostgreSQL has no Citus extension: install Citus on every node, or stay with one server');
  }
  await client.query('CREATE EXTENSION citus').catch((error: Error) => {
    throw new Refused(`the Citus extension cannot be created (${error.message}): let a superuser do so on every node`);
  });
}

/** The ledger is closed by a lock on every node; without the coordinator among them, no other node could ask for it. */
async function assertCoordinatorKnown(client: Client): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_dist_node WHERE groupid = 0');
  if (rows.length === 0) {
    throw new Refused("Citus does not know its coordinator: tell it with citus_set_coordinator_host('HOST', PORT)");
  }
}

function assertSameShards(leading: PlacedTable, shards: number | null): void {
  if (shards === null || shards === leading.shards) return;
  throw new Refused(
    `the contacts are split into ${leading.shards} shards already, not ${shards}; their number is changed by alter_distributed_table`,
  );
}

/** Rows that are there already are moved by logical replication, while others read and write. */
async function assertMovable(client: Client, tables: ReadonlyMap<string, PlacedTable>): Promise<void> {
  const left = SPLIT_TABLES.filter((name) => tables.get(name)?.kind !== 'distributed');
  const full = [];
  for (const name of left) if (await hasRows(client, name)) full.push(name);
  if (full.length === 0) return;
  const { rows } = await client.query<{ name: string; setting: string }>(
    "SELECT name, setting FROM pg_settings WHERE name IN ('wal_level', 'output_plugin_libraries')",
  );
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
  if (settings.get('wal_level') !== 'logical') {
    throw new Refused(
      'tables with rows are moved by logical replication: set wal_level to logical on every node, and restart it',
    );
  }
  const plugins = settings.get('output_plugin_libraries')?.split(/,\s*/) ?? ['citus'];
  if (!plugins.includes('citus')) {
    throw new Refused(
      'PostgreSQL does not let Citus decode changes: add citus to output_plugin_libraries on every node, and reload it',
    );
  }
}

async function hasRows(client: Client, table: string): Promise<boolean> {
  return (await client.query(`SELECT 1 FROM ${table} LIMIT 1`)).rows.length === 1;
}

/** A table with rows stays readable and writable but for a moment at the end; an empty one is locked for some hundred milliseconds. */
async function splitTables(client: Client, shards: number): Promise<string[]> {
  const done: string[] = [];
  for (const name of SPLIT_TABLES) {
    if ((await readTables(client)).get(name)?.kind === 'distributed') continue;
    const create = (await hasRows(client, name)) ? 'create_distributed_table_concurrently' : 'create_distributed_table';
    const how =
      name === LEADING_TABLE
        ? `shard_count := ${shards}, colocate_with := 'none'`
        : `colocate_with := '${LEADING_TABLE}'`;
    await client.query(`SELECT ${create}('${name}', '${SHARD_KEY}', ${how})`).catch((error: Error) => {
      throw new Refused(
        `Citus failed at the table ${name} (${error.message}): look at its nodes' logs, and run this again`,
      );
    });
    done.push(name);
  }
  return done;
}

/** Servers commit in the other way as soon as they see the functions, which must not be before all else is there. */
async function finish(client: Client): Promise<string[]> {
  const missing = await missingFunctions(client);
  const isWhole = (await readTables(client)).get(HORIZON_TABLE)?.kind === 'reference';
  if (isWhole && missing.length === 0) return [];
  const done: string[] = [];
  await client.query('BEGIN');
  if (!isWhole) {
    await client.query(`SELECT create_reference_table('${HORIZON_TABLE}')`);
    done.push(HORIZON_TABLE);
  }
  for (const { create, distribute } of missing) {
    await client.query(create);
    await client.query(distribute);
  }
  await client.query('COMMIT');
  return [...done, ...missing.map(({ name }) => name)];
}

async function missingFunctions(client: Client): Promise<(typeof FUNCTIONS)[number][]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) AS name WHERE to_regproc(name) IS NULL',
    [FUNCTION_NAMES],
  );
  return FUNCTIONS.filter(({ name }) => rows.some((row) => row.name === name));
}
