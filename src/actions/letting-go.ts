/**
 * Attempts at keyed requests that could not be ended when they ended, since the database was away: tried again until it is
 * back, or their time is over. Without this, whoever repeats one after a failover would be told for a minute that it is under way.
 */
import type { IdempotencyStore, Reservation } from '../storage/port.ts';
import type { Clock } from './context.ts';

const TRY_EVERY_MS = 1_000;
/** Beyond it they end by themselves. */
const MAX_WAITING = 10_000;

/** How an attempt ends, in the words of the store. */
export type Ending = 'letGo' | 'withdraw';

export class LettingGo {
  readonly #store: Pick<IdempotencyStore, Ending>;
  readonly #clock: Clock;
  #waiting: { readonly ending: Ending; readonly reservation: Reservation }[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Pick<IdempotencyStore, Ending>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  add(ending: Ending, reservation: Reservation): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push({ ending, reservation });
    this.#timer ??= setTimeout(() => this.#try(), TRY_EVERY_MS).unref();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#waiting = [];
  }

  async #try(): Promise<void> {
    try {
      for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
        const { ending, reservation } = next;
        if (reservation.until > this.#clock()) await this.#store[ending](reservation);
        this.#waiting.shift();
      }
      this.#timer = null;
    } catch {
      this.#timer = setTimeout(() => this.#try(), TRY_EVERY_MS).unref();
    }
  }
}
