/** Frees the other nodes' files, too: Citus rewrites there what is split, but not what each node knows for itself. */
import type { Client } from '../connections.ts';

const OWN_TABLE = 'VACUUM (FULL) pg_catalog.pg_statistic';

/** Says of each node that could not do so, why. Checkpoints are asked for, as on the node that Optio talks to. */
export async function purgeNodes(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ node: string; result: string }>(
    `SELECT nodename || ':' || nodeport AS node, result FROM run_command_on_workers('${OWN_TABLE}') WHERE NOT success`,
  );
  await client.query("SELECT run_command_on_workers('CHECKPOINT')");
  return rows.map(({ node, result }) => `the statistics on ${node} were not rewritten: ${result}`);
}
