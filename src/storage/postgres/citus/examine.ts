/** How a database lies on the nodes of Citus, and what is not as it should be there. */
import type { Distribution, Flaw } from '../../port.ts';
import type { Client } from '../connections.ts';
import { FUNCTION_NAMES } from './functions.ts';
import { HORIZON_TABLE, LEADING_TABLE, SHARD_KEY, SPLIT_TABLES } from './layout.ts';

const RUN_AGAIN = 'run optio migrate --distribute';

export async function hasCitus(client: Client): Promise<boolean> {
  const { rows } = await client.query("SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus'");
  return rows.length === 1;
}

/** A table as Citus knows it. `kind` is `distributed`, `reference`, `schema` or `local`. */
export interface PlacedTable {
  readonly name: string;
  readonly kind: string;
  readonly key: string;
  readonly group: number;
  readonly shards: number;
}

export async function readTables(client: Client): Promise<Map<string, PlacedTable>> {
  const { rows } = await client.query<PlacedTable>(
    `SELECT relname AS name, citus_table_type AS kind, distribution_column AS key,
       colocation_id AS "group", shard_count AS shards
     FROM citus_tables
     JOIN pg_catalog.pg_class ON pg_class.oid = citus_tables.table_name
     WHERE pg_catalog.pg_table_is_visible(pg_class.oid)`,
  );
  return new Map(rows.map((row) => [row.name, row]));
}

/** Null where contacts are not split, or Citus is not there at all. */
export async function readDistribution(client: Client): Promise<Distribution | null> {
  if (!(await hasCitus(client))) return null;
  const tables = await readTables(client);
  const leading = tables.get(LEADING_TABLE);
  if (leading?.kind !== 'distributed') return null;
  const nodes = await readNodes(client);
  return {
    shards: leading.shards,
    nodes: nodes
      .filter(({ shards, takesShards }) => shards > 0 || takesShards)
      .map(({ name, shards }) => ({ name, shards, notAskedBecause: null })),
    flaws: [
      ...SPLIT_TABLES.flatMap((name) => splitFlaws(name, tables.get(name), leading)),
      ...copyFlaws(HORIZON_TABLE, tables.get(HORIZON_TABLE)),
      ...(await functionFlaws(client)),
      ...nodes.flatMap((node) => nodeFlaws(node)),
      ...(await connectionFlaws(client)),
      ...(await durabilityFlaws(client)),
      ...(await recoveryFlaws(client)),
    ],
  };
}

function splitFlaws(name: string, table: PlacedTable | undefined, leading: PlacedTable): Flaw[] {
  if (table?.kind !== 'distributed') return [{ says: `the table ${name} is not distributed`, advice: RUN_AGAIN }];
  if (table.key === SHARD_KEY && table.group === leading.group) return [];
  const advice = `distribute it as ${LEADING_TABLE} is, with undistribute_table('${name}') first`;
  return [{ says: `the table ${name} is not co-located with ${LEADING_TABLE} by ${SHARD_KEY}`, advice }];
}

function copyFlaws(name: string, table: PlacedTable | undefined): Flaw[] {
  if (table?.kind === 'reference') return [];
  return [{ says: `the table ${name} is not a reference table`, advice: RUN_AGAIN }];
}

async function functionFlaws(client: Client): Promise<Flaw[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT proname AS name FROM pg_catalog.pg_proc JOIN pg_dist_object ON objid = pg_proc.oid
     WHERE proname = ANY($1) AND distribution_argument_index = 0 AND pg_catalog.pg_function_is_visible(pg_proc.oid)`,
    [FUNCTION_NAMES],
  );
  const missing = FUNCTION_NAMES.filter((name) => rows.every((row) => row.name !== name));
  return missing.map((name) => ({ says: `the function ${name} is not distributed`, advice: RUN_AGAIN }));
}

interface Node {
  readonly name: string;
  readonly isActive: boolean;
  readonly takesShards: boolean;
  readonly shards: number;
}

export async function readNodes(client: Client): Promise<Node[]> {
  const { rows } = await client.query<Node>(
    `SELECT node.nodename || ':' || node.nodeport AS name, node.isactive AS "isActive",
       node.shouldhaveshards AS "takesShards", count(shard.shardid)::integer AS shards
     FROM pg_dist_node AS node
     LEFT JOIN pg_dist_placement AS placement ON placement.groupid = node.groupid
     LEFT JOIN pg_dist_shard AS shard
       ON shard.shardid = placement.shardid AND shard.logicalrelid = to_regclass('${LEADING_TABLE}')
     WHERE node.noderole = 'primary'
     GROUP BY node.nodeid
     ORDER BY node.nodeid`,
  );
  return rows;
}

function nodeFlaws({ name, isActive, takesShards, shards }: Node): Flaw[] {
  if (!isActive) return [{ says: `the node ${name} is not active`, advice: 'activate it with citus_activate_node' }];
  if (!takesShards || shards > 0) return [];
  return [{ says: `the node ${name} has no shards`, advice: 'move some there with citus_rebalance_start' }];
}

async function connectionFlaws(client: Client): Promise<Flaw[]> {
  const { rows } = await client.query<{ pair: string }>(
    `SELECT from_nodename || ':' || from_nodeport || ' cannot reach ' || to_nodename || ':' || to_nodeport AS pair
     FROM citus_check_cluster_node_health()
     WHERE result IS NOT TRUE`,
  );
  return rows.map(({ pair }) => ({
    says: `the node ${pair}`,
    advice: 'start it, and look at its log and at the network',
  }));
}

/** What `durability` asks of the node that Optio talks to, of the others. */
async function durabilityFlaws(client: Client): Promise<Flaw[]> {
  const { rows } = await client.query<{ node: string; result: string }>(
    `SELECT nodename || ':' || nodeport AS node, result
     FROM run_command_on_workers($$
       SELECT string_agg(name, ', ' ORDER BY name) FROM pg_settings
       WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'$$)
     JOIN pg_dist_node USING (nodename, nodeport)
     WHERE success AND result <> ''`,
  );
  return rows.map(({ node, result }) => ({
    says: `${result} off on ${node}: a crash may lose answered writes`,
    advice: 'set it to on',
  }));
}

const LONGEST_RECOVERY_MS = 10_000;

/** Until it is recovered, what a crashed node had promised to commit is held by locks. */
async function recoveryFlaws(client: Client): Promise<Flaw[]> {
  const { rows } = await client.query<{ setting: string }>(
    "SELECT setting FROM pg_settings WHERE name = 'citus.recover_2pc_interval'",
  );
  const interval = Number(rows[0]?.setting);
  if (interval > 0 && interval <= LONGEST_RECOVERY_MS) return [];
  return [
    {
      says: `citus.recover_2pc_interval is ${interval} ms: after a crash some contacts cannot be changed for so long`,
      advice: 'set it to 5s on every node',
    },
  ];
}
