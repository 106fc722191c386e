/** Closing the ledger through an event id: who closes waits for commits under way, and for no longer than a while. */
import type pg from 'pg';
import type { Client } from './connections.ts';
import { isConflict, isLockTimeout } from './errors.ts';

export const CLOSED_THROUGH = 'SELECT closed_through FROM ledger_horizon';

export const LOCK_HORIZON = 'LOCK TABLE ledger_horizon IN EXCLUSIVE MODE';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Moves the horizon, never back. */
export function advance(through: string): string {
  if (!UUID.test(through)) throw new Error(`${through} is no event id`);
  return `
    UPDATE ledger_horizon
    SET closed_through = '${through}'
    WHERE closed_through IS NULL OR closed_through < '${through}'`;
}

/**
 * Commits lock the row side by side: one or the other always has it, and who would change it might wait for ever. So
 * whoever closes queues for the whole table, and commits queue behind; hence not for long, where one is stuck. Resolves
 * with the id through which the ledger is closed then, or with null where that would have taken longer.
 */
export async function closeLedger(client: Client, through: string, patienceMs: number): Promise<string | null> {
  // In one message, hence in one transaction.
  const sql = `
    SELECT set_config('lock_timeout', '${patienceMs}', TRUE);
    ${LOCK_HORIZON};
    ${advance(through)};
    ${CLOSED_THROUGH};`;
  try {
    const results: unknown = await client.query(sql);
    return (results as pg.QueryResult<{ closed_through: string }>[]).at(-1)!.rows[0]!.closed_through;
  } catch (error) {
    if (isLockTimeout(error) || isConflict(error)) return null;
    throw error;
  }
}
