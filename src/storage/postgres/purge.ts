/** Frees a PostgreSQL database's files of what was deleted or replaced. */
import { hasCitus } from './citus/examine.ts';
import { purgeNodes } from './citus/purge-nodes.ts';
import type { Client, Connections } from './connections.ts';

/** What holds something of contacts; the statistics keep samples of addresses. Rewritten one after the other. */
const TABLES = ['subscriber', 'event', 'sign_up', 'pg_catalog.pg_statistic'] as const;

/**
 * A table is rewritten into new files and the old ones are deleted, which takes its lock: whoever reads or writes it
 * waits. A checkpoint then lets the server drop the write-ahead log from before, where this user may ask for one.
 */
export function purge(connections: Connections): Promise<readonly string[]> {
  return connections.useUnhurried(async (client) => {
    const leftOver: string[] = [];
    // PostgreSQL says in a warning, and otherwise goes on, where this user may not rewrite a table.
    client.on('notice', ({ message }) => leftOver.push(message ?? ''));
    await client.query('ANALYZE subscriber, sign_up');
    for (const table of TABLES) await client.query(`VACUUM (FULL) ${table}`);
    if (await hasCitus(client)) leftOver.push(...(await purgeNodes(client)));
    await askForCheckpoint(client);
    return leftOver;
  });
}

async function askForCheckpoint(client: Client): Promise<void> {
  await client.query('CHECKPOINT').catch(() => {});
}
