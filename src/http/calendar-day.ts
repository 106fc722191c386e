/** Counts what happens in a day of UTC; at midnight it begins anew. */
import type { Quota } from './quota.ts';

const DAY_MS = 86_400_000;

export class CalendarDay implements Quota {
  readonly max: number;
  #day = 0;
  #count = 0;

  constructor(max: number) {
    this.max = max;
  }

  left(now: number): number {
    const day = Math.floor(now / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#count = 0;
    }
    return this.max - this.#count;
  }

  take(): void {
    this.#count += 1;
  }

  msUntilLeft(now: number): number {
    return (this.#day + 1) * DAY_MS - now;
  }
}
