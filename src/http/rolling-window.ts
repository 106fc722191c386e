/**
 * Counts what happened within the last so many milliseconds, exactly: no more than `max` in any span of that length. It
 * remembers the instants of as many as that in a ring. Each is put there once and taken out once, so that asking costs
 * the same whatever `max` is, and no timer is needed.
 */
import type { Quota } from './quota.ts';

export class RollingWindow implements Quota {
  readonly max: number;
  readonly #lengthMs: number;
  readonly #instants: Float64Array;
  /** Where the oldest instant is, and how many follow it, itself included. */
  #oldest = 0;
  #count = 0;

  constructor(max: number, lengthMs: number) {
    this.max = max;
    this.#lengthMs = lengthMs;
    this.#instants = new Float64Array(max);
  }

  left(now: number): number {
    while (this.#count > 0 && this.#at(0) <= now - this.#lengthMs) {
      this.#oldest = (this.#oldest + 1) % this.max;
      this.#count -= 1;
    }
    // The clock was set back: what has not happened yet must not count for as long as that takes.
    while (this.#count > 0 && this.#at(this.#count - 1) > now) this.#count -= 1;
    return this.max - this.#count;
  }

  take(now: number): void {
    this.#instants[(this.#oldest + this.#count) % this.max] = now;
    this.#count += 1;
  }

  msUntilLeft(now: number): number {
    return this.#at(0) + this.#lengthMs - now;
  }

  /** The instant of that place behind the oldest. */
  #at(place: number): number {
    return this.#instants[(this.#oldest + place) % this.max]!;
  }
}
