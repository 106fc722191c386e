/** Applies every account's limit on evidence once a day, in the background of a server. */
import type { Context } from './context.ts';
import { type Expiry, expireEvidence } from './expire-evidence.ts';

/** How long after its start a server looks first; servers that start together do not look together. */
const FIRST_LOOK_MS = 60_000;
const FIRST_LOOK_SPREAD_MS = 3_600_000;
const LOOK_EVERY_MS = 86_400_000;

/** What is told of each look at an account that has a limit. */
export interface RetentionListener {
  readonly expired: (accountId: number, expiry: Expiry) => void;
  /** It is tried again the next day. */
  readonly failed: (error: unknown) => void;
}

export class Retention {
  readonly #context: Context;
  readonly #listener: RetentionListener;
  #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** Looks until it is stopped. */
  constructor(context: Context, listener: RetentionListener) {
    this.#context = context;
    this.#listener = listener;
    const firstLook = FIRST_LOOK_MS + Math.random() * FIRST_LOOK_SPREAD_MS;
    this.#timer = setTimeout(() => this.#lookDaily(), firstLook).unref();
  }

  /** Finishes the contact that it is at. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #lookDaily(): void {
    this.#looking = this.look();
    this.#timer = setTimeout(() => this.#lookDaily(), LOOK_EVERY_MS).unref();
  }

  /** Looks now. Never rejects. */
  async look(): Promise<void> {
    try {
      for (const account of await this.#context.store.catalog.listAccounts()) {
        if (account.keepEvidenceMonths === null) continue;
        const expiry = await expireEvidence(this.#context, account, () => !this.#isStopped);
        this.#listener.expired(account.id, expiry);
      }
    } catch (error) {
      this.#listener.failed(error);
    }
  }
}
