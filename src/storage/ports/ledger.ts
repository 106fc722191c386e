/** All contacts' events in one order that never changes: part of `../port.ts`. */
import type { LedgerEvent } from '../../domain/ledger.ts';

/**
 * Events are ordered by their ids. An id is made before its event is committed, so an earlier one may appear after a
 * later one, until the ledger is **closed** through both: then everything up to there is committed, and a commit
 * that would add to it is refused as `too-late`. What is closed is therefore the same for every reader, for ever.
 */
export interface LedgerStore {
  /**
   * Closes the ledger through an event id, which need not be an event's; never moves back. Waits for commits under way, a
   * moment at most: others wait behind. Resolves with the id through which it is closed then, wherever that is.
   */
  close(through: string): Promise<string | null>;
  /** Null where nothing was closed yet. */
  closedThrough(): Promise<string | null>;
  /** The last in the order of ids, closed or not; null where there is no event. */
  newestId(): Promise<string | null>;
  /**
   * Events after one id and up to another, in the order of their ids: at most `limit`, of one account or of all. Of an
   * account that has few of very many events, a call looks at some and says how far it got. Beyond what is closed,
   * another call may find more between the same ids.
   */
  read(after: string | null, through: string, limit: number, accountId?: number): Promise<LedgerPage>;
}

export interface LedgerPage {
  readonly events: readonly LedgerEvent[];
  /** The id up to which there is nothing more to be found: where to read on from. `through`, once all was looked at. */
  readonly readThrough: string;
}

/** How many events one `read` looks at before it says how far it got. */
export const EVENTS_LOOKED_AT = 10_000;
