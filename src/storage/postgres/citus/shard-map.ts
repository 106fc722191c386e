/** Which node has which contacts, so that a contact's node is known without asking anybody. */
import type { Client } from '../lender.ts';
import type { ServerAddress } from '../servers.ts';
import { LEADING_TABLE } from './layout.ts';
import { shardHash } from './shard-hash.ts';

interface Shard extends ServerAddress {
  /** The lowest hash of its contacts, and the highest. */
  readonly first: number;
  readonly last: number;
}

/** Any octets do: of them is seen whether we hash as the server does. */
const SAMPLE = Buffer.from('3b1f0c5e9a7d42688e21f4d7b0c3a596e1', 'hex');

/** Only nodes that know where everything is: should a shard have moved, they pass on what is asked. */
const SHARDS = `
  SELECT
    shard.shardminvalue::integer AS first, shard.shardmaxvalue::integer AS last,
    node.nodename AS host, node.nodeport AS port, worker_hash($1::bytea) AS sample
  FROM pg_dist_shard AS shard
  JOIN pg_dist_placement AS placement ON placement.shardid = shard.shardid AND placement.shardstate = 1
  JOIN pg_dist_node AS node ON node.groupid = placement.groupid AND node.noderole = 'primary'
  WHERE shard.logicalrelid = to_regclass('${LEADING_TABLE}') AND node.isactive AND node.metadatasynced`;

export class ShardMap {
  readonly #shards: readonly Shard[];

  private constructor(shards: readonly Shard[]) {
    this.#shards = shards;
  }

  /** Null where the contacts are not split, or by another hash than ours. */
  static async read(client: Client): Promise<ShardMap | null> {
    const { rows } = await client.query<Shard & { sample: number }>(SHARDS, [SAMPLE]);
    return rows[0]?.sample === shardHash(SAMPLE) ? new ShardMap(rows) : null;
  }

  /** Each once. */
  nodes(): ServerAddress[] {
    return [...new Map(this.#shards.map((shard) => [nodeName(shard), shard])).values()];
  }

  /** By the octets of the contact's key. */
  nodeOf(key: Uint8Array): ServerAddress | undefined {
    const hash = shardHash(key);
    return this.#shards.find(({ first, last }) => hash >= first && hash <= last);
  }
}

/** `host:port`, as Citus knows it. */
export function nodeName({ host, port }: ServerAddress): string {
  return `${host}:${port}`;
}
