/** Looks after something again and again, in the background of a server. */

export class Looks {
  readonly #look: () => Promise<void>;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** `look` never rejects, and ends early once this is stopped. */
  constructor(look: () => Promise<void>, everyMs: number) {
    this.#look = look;
    this.#everyMs = everyMs;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Looks in a while, and again and again. */
  start(): void {
    // At different moments in different processes, so that they seldom do the same.
    const wait = this.#everyMs * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        if (!this.#isStopped) this.start();
      });
    }, wait).unref();
  }

  /** Resolves once the look that is under way has ended. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }
}
