/**
 * When tokens were last used: noted in memory, once a minute a token, and written in the background a little later. It
 * is worth no request's time: where it cannot be written it is tried again, and where there is too much of it, left out.
 */
import type { CatalogStore, TokenUse } from '../storage/port.ts';

/** What is noted meanwhile is written together: busy tokens are all noted as a minute begins. */
const WRITE_AFTER_MS = 5_000;
const TRY_AGAIN_AFTER_MS = 60_000;
/** Far more than are used in a minute. */
const MAX_NOTED = 10_000;

export class TokenUses {
  readonly #store: Pick<CatalogStore, 'noteTokenUses'>;
  readonly #onError: (error: unknown) => void;
  /** Epoch milliseconds by the token's id: what is not written yet. */
  #noted = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(store: Pick<CatalogStore, 'noteTokenUses'>, onError: (error: unknown) => void = () => {}) {
    this.#store = store;
    this.#onError = onError;
  }

  note(tokenId: string, usedAt: number): void {
    if (this.#noted.size >= MAX_NOTED && !this.#noted.has(tokenId)) return;
    this.#noted.set(tokenId, usedAt);
    this.#writeAfter(WRITE_AFTER_MS);
  }

  /** Writes what is noted; resolves once that went well, or was given up for now. */
  write(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#writeNoted());
    return this.#writing;
  }

  /** Writes what is noted a last time, and then no more. */
  async close(): Promise<void> {
    await this.write();
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #writeNoted(): Promise<void> {
    if (this.#noted.size === 0) return;
    const uses = [...this.#noted].map(([tokenId, usedAt]): TokenUse => ({ tokenId, usedAt }));
    this.#noted = new Map();
    try {
      await this.#store.noteTokenUses(uses);
    } catch (error) {
      this.#onError(error);
      for (const { tokenId, usedAt } of uses) if (!this.#noted.has(tokenId)) this.#noted.set(tokenId, usedAt);
      this.#writeAfter(TRY_AGAIN_AFTER_MS);
    }
  }

  #writeAfter(ms: number): void {
    this.#timer ??= setTimeout(() => this.write(), ms).unref();
  }
}
