/** The checks of `optio doctor` on a database that is spread over several servers. */
import type { Store } from '../storage/port.ts';
import { type Finding, ok, problem } from './finding.ts';

/** Nothing where all contacts are on one server. */
export async function examineDistribution(store: Store): Promise<Finding[]> {
  const distribution = await store.distribution();
  if (!distribution) return [];
  const { shards, nodes, flaws } = distribution;
  const where = nodes.map((node) => `${node.name} (${node.shards})`).join(', ');
  return [
    ok('shards', `the contacts are split into ${shards}, on ${where}`),
    ...flaws.map(({ says, advice }) => problem('shards', says, advice)),
  ];
}
