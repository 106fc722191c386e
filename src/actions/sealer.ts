/**
 * Seals the ledger every so often while a server runs. Every process looks; the one that comes first seals, and the
 * others then find nothing to do.
 */
import { StoreUnavailable } from '../storage/port.ts';
import { readStoredCheckpoint } from './checkpoints.ts';
import { Looks } from './looks.ts';
import { type Sealing, type SealOutcome, sealLedger } from './seal-ledger.ts';

/** How often it is looked whether it is time. */
const LOOK_EVERY_MS = 60_000;

/** Hears what came of it. Of a database that is away, others tell. */
export interface SealListener {
  readonly ended: (outcome: SealOutcome) => void;
  readonly failed: (error: unknown) => void;
}

export class Sealer {
  readonly #sealing: Sealing;
  readonly #everyMs: number;
  readonly #listener: SealListener;
  readonly #stopped = new AbortController();
  readonly #looks = new Looks(() => this.look(), LOOK_EVERY_MS);

  constructor(sealing: Sealing, everyMs: number, listener: SealListener) {
    this.#sealing = sealing;
    this.#everyMs = everyMs;
    this.#listener = listener;
  }

  /** Looks in a while, and again and again. */
  start(): void {
    this.#looks.start();
  }

  /** Seals, where it is time. Never rejects. */
  async look(): Promise<void> {
    const { store, clock } = this.#sealing;
    const { signal } = this.#stopped;
    try {
      const last = await store.checkpoints.last();
      const sealedAt = Date.parse((last && readStoredCheckpoint(last)?.sealedAt) ?? '');
      if (clock() - sealedAt < this.#everyMs) return;
      this.#listener.ended(await sealLedger(this.#sealing, { signal }));
    } catch (error) {
      if (!(error instanceof StoreUnavailable) && !signal.aborted) this.#listener.failed(error);
    }
  }

  /** Ends what is under way: what it did so far is done again by whoever seals next. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#looks.stop();
  }
}
