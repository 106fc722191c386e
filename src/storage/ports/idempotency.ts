/** What answering a repeated request as the first one needs of a store: part of `../port.ts`. */

/** That one request with an idempotency key is being carried out. Instants are epoch milliseconds. */
export interface Reservation {
  /** What the key's row is found by: 64 hexadecimal digits, as `deriveKey` makes them. */
  readonly keyId: string;
  /** Of the request, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** Names this attempt: 24 hexadecimal digits that never come again. */
  readonly claim: string;
  readonly at: number;
  /** From then on somebody else may carry the same request out, where there is no answer yet. */
  readonly until: number;
  /** From then on the key is as good as new. */
  readonly expiresAt: number;
}

export type ReserveResult =
  /** `firstAt`: when the same request was first reserved; `at` of this one, unless one before it ended without an answer. */
  | { readonly kind: 'reserved'; readonly attempt: number; readonly firstAt: number }
  /** Somebody else has it, and nothing was written. */
  | { readonly kind: 'held'; readonly fingerprint: string }
  /** `claim` is that of the attempt which was answered. */
  | { readonly kind: 'answered'; readonly fingerprint: string; readonly claim: string; readonly answer: Uint8Array };

export interface IdempotencyStore {
  /**
   * Reserves a key for a request: where there is no row, where its time is over, and where an attempt at the same request
   * has ended, or has taken too long, without an answer. Resolves once it is durable.
   */
  reserve(reservation: Reservation): Promise<ReserveResult>;
  /** Keeps the answer to a request that is still this attempt's; false where it is not. Resolves once it is durable. */
  keep(reservation: Reservation, answer: Uint8Array): Promise<boolean>;
  /** Ends an attempt without an answer: the same request may be carried out again at once. */
  letGo(reservation: Reservation): Promise<void>;
  /** Ends an attempt of which nothing came, for sure: a first one is forgotten, one after others ends as by `letGo`. */
  withdraw(reservation: Reservation): Promise<void>;
  /** Deletes rows whose time is over, at most `limit`; returns how many. */
  forgetExpired(now: number, limit: number): Promise<number>;
}
