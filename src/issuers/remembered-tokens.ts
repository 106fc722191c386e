/**
 * Tokens that were verified, so that each is verified once. Bounded by their number and length: in two halves, of which
 * the older one is dropped when the newer is full; what is asked for moves to the newer.
 */
import type { Holder } from '../actions/trusted-issuers.ts';
import type { IssuerKeys } from './issuer-keys.ts';

export interface Remembered {
  readonly holder: Holder;
  /** Epoch milliseconds. */
  readonly validUntil: number;
  readonly keys: IssuerKeys;
  /** The generation of the keys by which it was verified. */
  readonly generation: number;
}

/** Of each half. */
const MOST_TOKENS = 5_000;
const MOST_CHARACTERS = 8_388_608;

export class RememberedTokens {
  #newer = new Map<string, Remembered>();
  #older = new Map<string, Remembered>();
  #characters = 0;

  /** What is known of the token; undefined where it is to be verified, for the first time or again. */
  get(token: string, now: number): Remembered | undefined {
    const recent = this.#newer.get(token);
    if (recent) return stillHolds(recent, now) ? recent : void this.#newer.delete(token);
    const known = this.#older.get(token);
    if (!known) return undefined;
    this.#older.delete(token);
    if (!stillHolds(known, now)) return undefined;
    this.add(token, known);
    return known;
  }

  add(token: string, remembered: Remembered): void {
    if (this.#newer.size >= MOST_TOKENS || this.#characters + token.length > MOST_CHARACTERS) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#characters = 0;
    }
    this.#newer.set(token, remembered);
    this.#characters += token.length;
  }
}

function stillHolds({ validUntil, keys, generation }: Remembered, now: number): boolean {
  return now < validUntil && generation === keys.generation;
}
