/**
 * The nodes that have the contacts, asked without the coordinator between: that spares a row its way through it, of which a
 * commit has one already. Where a node cannot be asked so, and whenever there is doubt, the coordinator is.
 */
import { type Distribution, type StorageNode, StoreUnavailable } from '../../port.ts';
import { Connections } from '../connections.ts';
import type { Row } from '../lender.ts';
import { assertWritable } from '../primary.ts';
import { nodeName, ShardMap } from './shard-map.ts';

const LOOK_AGAIN_MS = 10_000;
/** A node that says nothing for so long is not waited for: perhaps the coordinator knows another one by now. */
const ANSWER_TIMEOUT_MS = 2_000;

export class ContactNodes {
  readonly #coordinator: Connections;
  readonly #nodes = new Map<string, ContactNode>();
  #map: ShardMap | null = null;
  /** By `performance.now()`. */
  #lookAt = 0;
  #looking: Promise<void> | null = null;

  constructor(coordinator: Connections) {
    this.#coordinator = coordinator;
  }

  /**
   * The rows that a statement about one contact has on the contact's node. Null where that cannot be asked, for now. They may be
   * out of date: the node may be one whose place another has taken.
   */
  async prepared(key: Uint8Array, name: string, sql: string, values: unknown[]): Promise<Row[] | null> {
    if (performance.now() >= this.#lookAt) this.#lookSoon();
    const address = this.#map?.nodeOf(key);
    const node = address && this.#nodes.get(nodeName(address));
    return node ? node.prepared(name, sql, values) : null;
  }

  /** Says of each node whether it can be asked from here, after a look at all. */
  async describe(distribution: Distribution): Promise<Distribution> {
    await this.#lookSoon();
    const withContacts = (node: StorageNode) => {
      const known = this.#nodes.get(node.name);
      const unknown = this.#map ? 'its metadata is not synced' : 'it is not known which contacts it has';
      return { ...node, notAskedBecause: known ? known.notAskedBecause : unknown };
    };
    return { ...distribution, nodes: distribution.nodes.map((node) => (node.shards > 0 ? withContacts(node) : node)) };
  }

  async close(): Promise<void> {
    await this.#looking;
    await Promise.all([...this.#nodes.values()].map((node) => node.close()));
  }

  #lookSoon(): Promise<void> {
    this.#lookAt = performance.now() + LOOK_AGAIN_MS;
    // A look that fails says nothing: the contacts are where they were.
    this.#looking ??= this.#look()
      .catch(() => {})
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    this.#map = await this.#coordinator.looks.use((client) => ShardMap.read(client));
    const addresses = new Map((this.#map?.nodes() ?? []).map((address) => [nodeName(address), address]));
    const gone = [...this.#nodes].filter(([name]) => !addresses.has(name));
    for (const [name] of gone) this.#nodes.delete(name);
    for (const [name, address] of addresses) {
      if (!this.#nodes.has(name)) this.#nodes.set(name, new ContactNode(this.#coordinator.urlAt(address)));
    }
    await Promise.all([
      ...gone.map(([, node]) => node.close()),
      ...[...this.#nodes.values()].map((node) => node.look()),
    ]);
  }
}

class ContactNode {
  /** Null where it is asked. */
  notAskedBecause: string | null = 'nobody has looked';
  readonly #connections: Connections;

  constructor(url: string) {
    this.#connections = new Connections(url);
  }

  async prepared(name: string, sql: string, values: unknown[]): Promise<Row[] | null> {
    if (this.notAskedBecause !== null) return null;
    try {
      const query = { name, text: sql, values, rowMode: 'array', query_timeout: ANSWER_TIMEOUT_MS } as const;
      return await this.#connections.looks.use(async (client) => (await client.query<unknown[]>(query)).rows);
    } catch (error) {
      this.#doubt(error);
      return null;
    }
  }

  /** Nobody waits for it meanwhile. Never rejects. */
  async look(): Promise<void> {
    try {
      await this.#connections.looks.use(assertWritable);
      this.notAskedBecause = null;
    } catch (error) {
      this.#doubt(error);
    }
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  /** Whatever is wrong there, the coordinator says it better. */
  #doubt(error: unknown): void {
    this.notAskedBecause = (error instanceof StoreUnavailable && error.reason) || 'it does not know the contacts';
  }
}
