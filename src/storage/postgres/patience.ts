/**
 * How long it is waited for a database that went away: long enough for a restart or for another server to take its place,
 * which clients then need not notice. Once it has been away for longer, nobody waits any more, or requests would pile up.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { saysReadOnly } from './errors.ts';

/** From when it was found away, and for nobody longer than this. */
const PATIENCE_MS = 5_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 400;

export class Patience {
  /** By `performance.now()`; null where it was well when last asked. */
  #awaySince: number | null = null;
  /** It answers, but does not take the work: that it answers others says nothing. */
  #isRefusing = false;
  readonly #ending: AbortSignal;

  /** Nobody is waited for any longer once `ending` is aborted. */
  constructor(ending: AbortSignal) {
    this.#ending = ending;
  }

  /** Carries out `work`, again and again where it rejects with what `passes` by itself. */
  async persist<T>(work: () => Promise<T>, passes: (error: unknown) => boolean): Promise<T> {
    let failedFirst: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await work();
        this.#awaySince = null;
        this.#isRefusing = false;
        return result;
      } catch (error) {
        if (!passes(error)) throw error;
        const now = performance.now();
        failedFirst ??= now;
        this.#awaySince ??= now;
        this.#isRefusing = saysReadOnly(error);
        if (this.#ending.aborted || now > Math.min(failedFirst, this.#awaySince) + PATIENCE_MS) throw error;
        await this.#pauseAfter(attempt);
      }
    }
  }

  /** It answered somebody, perhaps another one. */
  heard(): void {
    if (!this.#isRefusing) this.#awaySince = null;
  }

  /** Longer each time; and not for all alike, or they would all come back at once. */
  async #pauseAfter(attempt: number): Promise<void> {
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
    await pause(longest * (0.5 + Math.random() / 2), undefined, { signal: this.#ending }).catch(() => {});
  }
}
