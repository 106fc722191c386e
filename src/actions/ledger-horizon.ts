/**
 * How far the ledger is closed. It is closed further only when somebody wants to read on, where there is something to
 * be closed, and so seldom that those who commit hardly notice: they wait while it happens.
 */
import type { LedgerStore } from '../storage/port.ts';
import type { EventIds } from './event-ids.ts';

/** How long at least lies between two closings in one process, where nothing else is said. */
const CLOSING_PAUSE_MS = 250;
/** After a closing that took long, as many times as long as it took. */
const PAUSE_PER_CLOSING = 10;
/** But no longer: it may have failed, behind a server that was away, which is back by now. */
const LONGEST_PAUSE_MS = 15_000;

export class LedgerHorizon {
  readonly #ledger: LedgerStore;
  readonly #eventIds: EventIds;
  readonly #pauseMs: number;
  #closedThrough: string | null = null;
  /** By `performance.now()`. */
  #mayCloseAt = 0;
  #advancing: Promise<string | null> | undefined;

  /** Without any pause where `pauseMs` is 0: whenever somebody asks. */
  constructor(ledger: LedgerStore, eventIds: EventIds, pauseMs: number = CLOSING_PAUSE_MS) {
    this.#ledger = ledger;
    this.#eventIds = eventIds;
    this.#pauseMs = pauseMs;
  }

  /**
   * Through which id the ledger is closed, as far as this process knows, after closing what can be; null where nothing
   * is. Whatever is committed now is closed after a second and a pause.
   */
  advance(): Promise<string | null> {
    this.#advancing ??= this.#advance().finally(() => {
      this.#advancing = undefined;
    });
    return this.#advancing;
  }

  async #advance(): Promise<string | null> {
    const startedAt = performance.now();
    if (startedAt < this.#mayCloseAt) return this.#closedThrough;
    try {
      this.#closedThrough = await this.#close();
    } finally {
      const endedAt = performance.now();
      const inProportion = Math.min((endedAt - startedAt) * PAUSE_PER_CLOSING, LONGEST_PAUSE_MS);
      const pauseMs = Math.max(this.#pauseMs, inProportion);
      this.#mayCloseAt = this.#pauseMs === 0 ? endedAt : endedAt + pauseMs;
    }
    return this.#closedThrough;
  }

  async #close(): Promise<string | null> {
    const closedThrough = await this.#ledger.closedThrough();
    if (closedThrough !== null) this.#eventIds.catchUp(closedThrough);
    const newest = await this.#ledger.newestId();
    if (newest === null || (closedThrough !== null && newest <= closedThrough)) return closedThrough;
    return this.#ledger.close(this.#eventIds.closable(newest));
  }
}
