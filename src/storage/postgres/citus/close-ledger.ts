/** Closing the ledger on all nodes of Citus: each holds a copy of the horizon, and locks it for its own commits. */
import { advance, CLOSED_THROUGH, LOCK_HORIZON } from '../close-ledger.ts';
import type { Client } from '../connections.ts';
import { isConflict, isLockTimeout } from '../errors.ts';

/** What Citus says of a lock that was not to be had in time on another node, and of a connection lost while waiting for it. */
const LEFT_IN_THE_LURCH = /^failure on connection marked as essential/;

/**
 * As `closeLedger`. Citus passes the lock and the patience on to every node, the latter only from a message of its own. Where
 * a node is away nobody closes: what it has promised to commit could not be seen yet.
 */
export async function closeOnNodes(client: Client, through: string, patienceMs: number): Promise<string | null> {
  const statements = [
    'BEGIN ISOLATION LEVEL READ COMMITTED',
    "SET LOCAL citus.propagate_set_commands = 'local'",
    `SET LOCAL lock_timeout = ${patienceMs}`,
    LOCK_HORIZON,
    advance(through),
    CLOSED_THROUGH,
  ];
  // Sent together: behind one that fails, the others do nothing.
  const results = await Promise.allSettled(statements.map((sql) => client.query<{ closed_through: string }>(sql)));
  const failed = results.find(({ status }) => status === 'rejected');
  await client.query(failed ? 'ROLLBACK' : 'COMMIT');
  if (failed) return nullOrThrow((failed as PromiseRejectedResult).reason);
  const [row] = (results.at(-1) as PromiseFulfilledResult<{ rows: { closed_through: string }[] }>).value.rows;
  return row!.closed_through;
}

function nullOrThrow(error: Error): null {
  if (isLockTimeout(error) || isConflict(error) || LEFT_IN_THE_LURCH.test(error.message)) return null;
  throw error;
}
