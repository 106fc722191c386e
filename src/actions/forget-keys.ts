/** Forgets idempotency keys whose day is over, in the background of a server: a few at a time, so that nobody waits for it. */
import { setImmediate as letOthersRun } from 'node:timers/promises';
import { StoreUnavailable } from '../storage/port.ts';
import type { Context } from './context.ts';
import { Looks } from './looks.ts';

const LOOK_EVERY_MS = 600_000;
/** Each may have an answer of a megabyte. */
const KEYS_AT_A_TIME = 100;

export class KeyForgetter {
  readonly #context: Pick<Context, 'store' | 'clock'>;
  readonly #onError: (error: unknown) => void;
  readonly #looks = new Looks(() => this.look(), LOOK_EVERY_MS);

  /** `onError` hears of anything but a database that is away, of which others tell. It is tried again all the same. */
  constructor(context: Pick<Context, 'store' | 'clock'>, onError: (error: unknown) => void) {
    this.#context = context;
    this.#onError = onError;
  }

  /** Looks in a while, and again and again. */
  start(): void {
    this.#looks.start();
  }

  /** Forgets all that is over by now. Never rejects. */
  async look(): Promise<void> {
    const { store, clock } = this.#context;
    try {
      for (let forgotten = KEYS_AT_A_TIME; forgotten === KEYS_AT_A_TIME && !this.#looks.isStopped; ) {
        forgotten = await store.idempotencyKeys.forgetExpired(clock(), KEYS_AT_A_TIME);
        await letOthersRun();
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) this.#onError(error);
    }
  }

  /** Finishes what it is at. Idempotent. */
  stop(): Promise<void> {
    return this.#looks.stop();
  }
}
