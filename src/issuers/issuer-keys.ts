/**
 * An issuer's keys, kept: fetched when the first token comes, again every ten minutes of use, and again for a key that is
 * not among them. Those that were fetched serve on for a day where the issuer is away.
 */
import { type CryptoKey, createLocalJWKSet, errors, type FlattenedJWSInput, type JWSHeaderParameters } from 'jose';
import { fetchKeys, IssuerUnavailable } from './discover.ts';

export interface Patience {
  /** How old keys may become before they are fetched again. */
  readonly refreshMs: number;
  /** How old they may become where that fails. */
  readonly staleMs: number;
  /** How long nothing is fetched for unknown keys once keys were fetched: forgers would have the issuer asked without end. */
  readonly cooldownMs: number;
  /** How long an issuer that did not answer is left in peace. */
  readonly retryMs: number;
}

export const PATIENCE: Patience = { refreshMs: 600_000, staleMs: 86_400_000, cooldownMs: 10_000, retryMs: 5_000 };

/** Told how the issuer did, each time that it was asked. */
export interface IssuerWatch {
  readonly failed: (issuer: string, why: string) => void;
  readonly answered: (issuer: string) => void;
}

interface Kept {
  readonly find: ReturnType<typeof createLocalJWKSet>;
  /** The set as text, to see whether it changed. */
  readonly text: string;
  readonly fetchedAt: number;
}

export class IssuerKeys {
  readonly issuer: string;
  readonly #patience: Patience;
  readonly #watch: IssuerWatch;
  readonly #closing = new AbortController();
  #kept: Kept | null = null;
  #loading: Promise<Kept> | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;
  #generation = 0;

  constructor(issuer: string, watch: IssuerWatch, patience: Patience = PATIENCE) {
    this.issuer = issuer;
    this.#watch = watch;
    this.#patience = patience;
  }

  /** Grows whenever the issuer publishes other keys than before: what was verified by then is to be verified again. */
  get generation(): number {
    return this.#generation;
  }

  /** The key of a signature. Rejects with what `jose` says of unknown keys, and with `IssuerUnavailable`. */
  async find(header: JWSHeaderParameters, signed: FlattenedJWSInput): Promise<CryptoKey> {
    const kept = await this.#keys();
    try {
      return await kept.find(header, signed);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (ageOf(kept.fetchedAt) < this.#patience.cooldownMs) throw error;
      return (await this.#load()).find(header, signed);
    }
  }

  /** Has keys that became old fetched again, without waiting for them. Costs next to nothing. */
  keepFresh(): void {
    const isOld = this.#kept === null || ageOf(this.#kept.fetchedAt) >= this.#patience.refreshMs;
    // Whoever needs the keys is told; here, `watch` is all that hears of a failure.
    if (isOld && !this.#isResting()) this.#load().catch(() => {});
  }

  close(): void {
    this.#closing.abort();
  }

  async #keys(): Promise<Kept> {
    if (this.#kept === null || ageOf(this.#kept.fetchedAt) >= this.#patience.staleMs) return this.#load();
    this.keepFresh();
    return this.#kept;
  }

  /** Whether the issuer failed so lately that it is not asked. */
  #isResting(): boolean {
    return this.#loading === null && ageOf(this.#failedAt) < this.#patience.retryMs;
  }

  /** Asks the issuer once, however many want it. */
  async #load(): Promise<Kept> {
    if (this.#isResting()) throw new IssuerUnavailable('did not answer a moment ago');
    this.#loading ??= this.#fetch().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #fetch(): Promise<Kept> {
    try {
      const keys = await fetchKeys(this.issuer, this.#closing.signal);
      const text = JSON.stringify(keys);
      const isNews = text !== this.#kept?.text;
      const find = isNews || !this.#kept ? createLocalJWKSet(keys) : this.#kept.find;
      if (isNews) this.#generation += 1;
      this.#kept = { find, text, fetchedAt: performance.now() };
      this.#watch.answered(this.issuer);
      return this.#kept;
    } catch (error) {
      this.#failedAt = performance.now();
      const failure = asUnavailable(error);
      if (!this.#closing.signal.aborted) this.#watch.failed(this.issuer, failure.message);
      throw failure;
    }
  }
}

function asUnavailable(error: unknown): IssuerUnavailable {
  if (error instanceof IssuerUnavailable) return error;
  if (error instanceof errors.JWKSInvalid) return new IssuerUnavailable('publishes something else than a set of keys');
  throw error;
}

function ageOf(instant: number): number {
  return performance.now() - instant;
}
