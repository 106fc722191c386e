/**
 * Whether the contacts are all on one server or spread over several by Citus, and what is done in another way then. A
 * database may be distributed while servers use it, so it is asked now and then; until it is noticed, what is right for
 * one server is right for several too, only slower.
 */
import type { CommitResult, SubscriberChange } from '../port.ts';
import { closeOnNodes } from './citus/close-ledger.ts';
import { commitOnNodes, writeOnNodes } from './citus/commit.ts';
import { FUNCTION_NAMES } from './citus/functions.ts';
import { closeLedger } from './close-ledger.ts';
import { commitChanges, writeChanges } from './commit.ts';
import { type Client, LANES } from './connections.ts';

/** How the hot statements go, on a connection that is lent. */
export interface Ways {
  readonly isSpread: boolean;
  /** How many commits run side by side. */
  readonly lanes: number;
  /** All or nothing, in a transaction of its own. */
  readonly commit: (client: Client, changes: readonly SubscriberChange[]) => Promise<CommitResult>;
  /** In a transaction that is under way; fails with what `isConflict` or `isTooLate` knows. */
  readonly write: (client: Client, changes: readonly SubscriberChange[]) => Promise<void>;
  readonly close: (client: Client, through: string, patienceMs: number) => Promise<string | null>;
}

const ON_ONE_SERVER: Ways = {
  isSpread: false,
  lanes: LANES,
  commit: commitChanges,
  write: writeChanges,
  close: closeLedger,
};

/** Each call commits by itself, so more of them run side by side. */
const SPREAD_LANES = 6;

const ON_SEVERAL: Ways = {
  isSpread: true,
  lanes: SPREAD_LANES,
  commit: commitOnNodes,
  write: writeOnNodes,
  close: closeOnNodes,
};

const ASK_AGAIN_MS = 10_000;

const IS_SPREAD = `
  SELECT count(*) = ${FUNCTION_NAMES.length} AS is_spread
  FROM pg_catalog.pg_proc
  WHERE proname = ANY($1) AND pg_catalog.pg_function_is_visible(oid)`;

export class Placement {
  /** As it was found last. */
  ways: Ways = ON_ONE_SERVER;
  /** By `performance.now()`. */
  #askAt = 0;

  /** Asks where nobody has for a while. */
  async current(client: Client): Promise<Ways> {
    if (performance.now() >= this.#askAt) await this.ask(client);
    return this.ways;
  }

  async ask(client: Client): Promise<void> {
    const { rows } = await client.query<{ is_spread: boolean }>(IS_SPREAD, [FUNCTION_NAMES]);
    this.ways = rows[0]!.is_spread ? ON_SEVERAL : ON_ONE_SERVER;
    this.#askAt = performance.now() + ASK_AGAIN_MS;
  }
}
