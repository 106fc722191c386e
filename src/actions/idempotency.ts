/**
 * Carries a request with an `Idempotency-Key` out once, and answers its repeats within a day as it was answered: reserve,
 * carry out, keep. Who repeats a request that is still under way in this process waits for it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  deriveKey,
  type FingerprintedRequest,
  fingerprint,
  type IdempotencyKey,
  openAnswer,
  sealAnswer,
} from '../domain/idempotency-key.ts';
import type { IdempotencyStore, Reservation } from '../storage/port.ts';
import type { Clock, Randomness } from './context.ts';
import { type Ending, LettingGo } from './letting-go.ts';

/** How long a key is known. */
const KEEP_MS = 86_400_000;
/** How long a request may be under way: longer than any takes. After that its process is taken for dead. */
const LEASE_MS = 60_000;
/** How long a repeat waits for the first. */
const PATIENCE_MS = 5_000;

/** Whose key it is, and the request that came with it. */
export interface KeyedRequest extends FingerprintedRequest {
  readonly accountId: number;
  readonly appId: number;
  /** As the client chose it. */
  readonly key: string;
}

/** What a request was answered. */
export interface KeptAnswer {
  readonly status: number;
  /** The headers that are its own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that is to be carried out now, and then either kept, let go or withdrawn. */
export interface Attempt {
  readonly key: IdempotencyKey;
  readonly reservation: Reservation;
  /**
   * When the first attempt at the same request began, where one ended without an answer that was kept: its change may have been
   * carried out since. Epoch milliseconds; null where this is the first.
   */
  readonly cutOffSince: number | null;
}

export type Beginning =
  | { readonly kind: 'begun'; readonly attempt: Attempt }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  /** The key was used for something else. */
  | { readonly kind: 'other-request' }
  /** Somebody else is at it. */
  | { readonly kind: 'under-way' };

/** A request that this process is at. */
interface UnderWay {
  readonly fingerprint: string;
  /** Null where it ended without an answer. */
  readonly ended: Promise<KeptAnswer | null>;
  readonly end: (answer: KeptAnswer | null) => void;
}

export class Idempotency {
  readonly #store: IdempotencyStore;
  readonly #clock: Clock;
  readonly #randomness: Pick<Randomness, 'nonce'>;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #lettingGo: LettingGo;

  constructor(store: IdempotencyStore, clock: Clock, randomness: Pick<Randomness, 'nonce'>) {
    this.#store = store;
    this.#clock = clock;
    this.#randomness = randomness;
    this.#lettingGo = new LettingGo(store, clock);
  }

  /** Rejects with `StoreUnavailable` where the store does not answer: nothing was begun then. */
  async begin(request: KeyedRequest): Promise<Beginning> {
    const key = deriveKey(request, request.key);
    const mark = fingerprint(key, request);
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const underWay = this.#underWay.get(key.id);
      if (!underWay) return this.#reserve(key, mark);
      if (underWay.fingerprint !== mark) return { kind: 'other-request' };
      const answer = await within(deadline - performance.now(), underWay.ended);
      if (answer === undefined) return { kind: 'under-way' };
      if (answer) return { kind: 'answered', answer };
    }
  }

  async #reserve(key: IdempotencyKey, mark: string): Promise<Beginning> {
    const { promise, resolve: end } = Promise.withResolvers<KeptAnswer | null>();
    this.#underWay.set(key.id, { fingerprint: mark, ended: promise, end });
    const at = this.#clock();
    const reservation: Reservation = {
      keyId: key.id,
      fingerprint: mark,
      claim: Buffer.from(this.#randomness.nonce()).toString('hex'),
      at,
      until: at + LEASE_MS,
      expiresAt: at + KEEP_MS,
    };
    try {
      const beginning = await this.#reserveAs(key, reservation);
      if (beginning.kind !== 'begun') this.#end(key, beginning.kind === 'answered' ? beginning.answer : null);
      return beginning;
    } catch (error) {
      this.#lettingGo.add('withdraw', reservation);
      this.#end(key, null);
      throw error;
    }
  }

  async #reserveAs(key: IdempotencyKey, reservation: Reservation): Promise<Beginning> {
    const found = await this.#store.reserve(reservation);
    if (found.kind === 'reserved') {
      const cutOffSince = found.attempt === 1 ? null : found.firstAt;
      return { kind: 'begun', attempt: { key, reservation, cutOffSince } };
    }
    if (found.fingerprint !== reservation.fingerprint) return { kind: 'other-request' };
    if (found.kind === 'held') return { kind: 'under-way' };
    return { kind: 'answered', answer: unpack(openAnswer(key, Buffer.from(found.claim, 'hex'), found.answer)) };
  }

  /** Keeps the answer for repeats. Where that fails the answer holds all the same, and a repeat is carried out again. */
  async keep({ key, reservation }: Attempt, answer: KeptAnswer): Promise<void> {
    const sealed = sealAnswer(key, Buffer.from(reservation.claim, 'hex'), pack(answer));
    try {
      await this.#store.keep(reservation, sealed);
    } catch (error) {
      this.#lettingGo.add('letGo', reservation);
      throw error;
    } finally {
      this.#end(key, answer);
    }
  }

  /** Ends an attempt of which nobody knows whether it changed anything: a repeat is carried out. */
  letGo(attempt: Attempt): Promise<void> {
    return this.#endAs('letGo', attempt);
  }

  /** Ends an attempt that changed nothing, for sure: a repeat is as good as the first. */
  withdraw(attempt: Attempt): Promise<void> {
    return this.#endAs('withdraw', attempt);
  }

  async #endAs(ending: Ending, { key, reservation }: Attempt): Promise<void> {
    try {
      await this.#store[ending](reservation);
    } catch {
      this.#lettingGo.add(ending, reservation);
    } finally {
      this.#end(key, null);
    }
  }

  /** No more is let go of. */
  stop(): void {
    this.#lettingGo.stop();
  }

  #end({ id }: IdempotencyKey, answer: KeptAnswer | null): void {
    const underWay = this.#underWay.get(id);
    this.#underWay.delete(id);
    underWay?.end(answer);
  }
}

/** Undefined where it took longer. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const patience = new AbortController();
  const timeout = pause(ms, undefined, { signal: patience.signal }).catch(() => undefined);
  const result = await Promise.race([promise, timeout]);
  patience.abort();
  return result;
}

function pack({ status, headers, body }: KeptAnswer): string {
  return `${JSON.stringify([status, headers])}\n${body}`;
}

function unpack(text: string): KeptAnswer {
  const end = text.indexOf('\n');
  const [status, headers] = JSON.parse(text.slice(0, end));
  return { status, headers, body: text.slice(end + 1) };
}
