/** Transactions of those who change what processes remember of the catalog, on PostgreSQL. */
import type { Client, Connections } from './connections.ts';

/** So that whoever waited sees what it waited for. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';
const RAISE_REVISION = 'UPDATE catalog_revision SET revision = revision + 1';

/**
 * One transaction: all of `work` and the next revision where it says true, nothing where it says false. The revision
 * is raised first: its row makes catalog writes wait for each other, so that revisions become visible in order and
 * "is there an account yet" has one answer.
 */
export function changeCatalog(connections: Connections, work: (client: Client) => Promise<boolean>): Promise<boolean> {
  return connections.transaction(
    BEGIN,
    async (client) => {
      await client.query(RAISE_REVISION);
      return work(client);
    },
    (written) => written,
  );
}

/**
 * As `changeCatalog`, for those who know only in their transaction whether they change what processes remember: it waits
 * for catalog writes, keeps what `work` does, and calls `raise` where `work` does.
 */
export function holdCatalog<T>(
  connections: Connections,
  work: (client: Client, raise: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  return connections.transaction(
    BEGIN,
    async (client) => {
      await client.query('SELECT 1 FROM catalog_revision FOR UPDATE');
      return work(client, () => client.query(RAISE_REVISION));
    },
    () => true,
  );
}
