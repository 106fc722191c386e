/** Tells of what happens again and again, but not each time: a line for each would fill the disk and be another load. */

interface Telling {
  toldAt: number;
  untold: number;
}

/** Counts what happens to each `Subject`, and says when it is time to tell of it. */
export class NowAndThen<Subject extends object> {
  readonly #everyMs: number;
  readonly #tellings = new WeakMap<Subject, Telling>();

  /** `everyMs` is how long a subject is left in peace once it was told of. */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Call it each time. Returns how often it has happened since it was last told, this time included; 0: do not tell. */
  count(subject: Subject): number {
    const telling = this.#tellings.get(subject) ?? { toldAt: Number.NEGATIVE_INFINITY, untold: 0 };
    this.#tellings.set(subject, telling);
    telling.untold += 1;
    const now = performance.now();
    if (now - telling.toldAt < this.#everyMs) return 0;
    const { untold } = telling;
    telling.toldAt = now;
    telling.untold = 0;
    return untold;
  }
}
