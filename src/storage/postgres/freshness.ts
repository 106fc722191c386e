/**
 * How far a replica is behind. It has everything that was committed before an instant once it has replayed as far as the
 * primary had written then. So only one clock counts, ours, and a primary on which nothing happens makes nobody stale.
 */

/** Of the primary's positions that no replica has reached. */
const MOST_KEPT = 600;

interface Position {
  readonly position: bigint;
  /** By `performance.now()`: before the primary was asked. */
  readonly at: number;
}

export class Freshness {
  /** Not reached yet, the oldest first. */
  #ahead: Position[] = [];
  #source: string | null = null;
  #replayed = 0n;
  /** By `performance.now()`: the replica has what was committed before; null where that is not known. */
  #freshAt: number | null = null;

  /** `source` names the server and the data: positions of another one mean nothing. */
  primaryWasAt(position: bigint, at: number, source: string): void {
    if (source !== this.#source) {
      this.#ahead = [];
      this.#freshAt = null;
      this.#source = source;
    }
    this.#ahead.push({ position, at });
    if (this.#ahead.length > MOST_KEPT) this.#ahead.shift();
  }

  replicaIsAt(replayed: bigint): void {
    // Begun anew, from before where it was.
    if (replayed < this.#replayed) this.lose();
    this.#replayed = replayed;
    while (this.#ahead[0] && this.#ahead[0].position <= replayed) this.#freshAt = this.#ahead.shift()!.at;
  }

  /** It failed: nothing counts until it answers again. */
  lose(): void {
    this.#freshAt = null;
  }

  /** Null where it is not known. */
  stalenessMs(): number | null {
    return this.#freshAt === null ? null : performance.now() - this.#freshAt;
  }
}
