/** A clock that can be set, stopped and moved, so that expiry and order can be tested. */

export class SettableClock {
  /** The machine's time when this clock last began to run; null while it stands still. */
  #startedAt: number | null;
  /** What it showed then, or shows. */
  #shown: number;

  /** Stands still at `at`; where that is null, runs with the machine's time. Epoch milliseconds. */
  constructor(at: number | null) {
    this.#startedAt = at === null ? Date.now() : null;
    this.#shown = at ?? Date.now();
  }

  readonly now = (): number => this.#shown + (this.#startedAt === null ? 0 : Date.now() - this.#startedAt);

  get isRunning(): boolean {
    return this.#startedAt !== null;
  }

  /** Sets it and makes it stand still. */
  set(at: number): void {
    this.#shown = at;
    this.#startedAt = null;
  }

  /** Moves it, running or not, by so many milliseconds. */
  advance(byMs: number): void {
    this.#shown += byMs;
  }

  /** Lets it run on from what it shows. */
  run(): void {
    this.#startedAt ??= Date.now();
  }

  /** Makes it stand still at what it shows. */
  stop(): void {
    this.set(this.now());
  }
}

const DURATION =
  /^P(?:(\d{1,6})W)?(?:(\d{1,7})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(?:\.(\d{1,3}))?S)?)?$/;
const WEEK_MS = 604_800_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * An ISO 8601 duration of weeks, days, hours, minutes and seconds, in milliseconds; null where it is none. Months and
 * years differ in length, so they are none.
 */
export function parseDuration(text: string): number | null {
  const found = DURATION.exec(text);
  if (!found || text.endsWith('P') || text.endsWith('T')) return null;
  const [weeks, days, hours, minutes, seconds] = found.slice(1, 6).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Number((found[6] ?? '').padEnd(3, '0'));
  return weeks * WEEK_MS + days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1_000 + ms;
}
