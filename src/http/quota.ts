/** How many requests may still come. Instants are epoch milliseconds. */
export interface Quota {
  readonly max: number;
  /** How many more are taken at `now`. */
  left(now: number): number;
  /** Counts one, at the `now` for which `left` has just said that there is one. */
  take(now: number): void;
  /** How long nothing more is taken, where `left` has just said that there is none at `now`. More than 0. */
  msUntilLeft(now: number): number;
}
