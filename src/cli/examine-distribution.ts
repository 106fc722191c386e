/** The checks of `optio doctor` on a database that is spread over several servers. */
import type { StorageNode, Store } from '../storage/port.ts';
import { type Finding, ok, problem } from './finding.ts';

/** Nothing where all contacts are on one server. */
export async function examineDistribution(store: Store): Promise<Finding[]> {
  const distribution = await store.distribution();
  if (!distribution) return [];
  const { shards, nodes, flaws } = distribution;
  const where = nodes.map(showNode).join(', ');
  return [
    ok('shards', `the contacts are split into ${shards}, on ${where}`),
    ...flaws.map(({ says, advice }) => problem('shards', says, advice)),
  ];
}

/** That a node is not asked from here costs a little time and is often meant so: no problem. */
function showNode({ name, shards, notAskedBecause }: StorageNode): string {
  if (notAskedBecause === null) return `${name} (${shards})`;
  return `${name} (${shards}; asked by way of the coordinator, since ${notAskedBecause})`;
}
