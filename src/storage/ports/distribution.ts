/** How a database is spread over several servers: part of `../port.ts`. */

/** A database whose contacts lie on several servers. */
export interface Distribution {
  /** In how many parts the contacts are split. */
  readonly shards: number;
  readonly nodes: readonly StorageNode[];
  /** What is not as it should be. */
  readonly flaws: readonly Flaw[];
}

export interface StorageNode {
  /** `host:port`, as the other nodes reach it. */
  readonly name: string;
  /** How many of the parts are on it. */
  readonly shards: number;
  /** Why this process does not ask it by itself, but has the coordinator do so, for people; null where it does. */
  readonly notAskedBecause: string | null;
}

export interface Flaw {
  readonly says: string;
  readonly advice: string;
}

export type DistributeOutcome =
  /** `done` names what was distributed now, for people; nothing where all was as it should be. */
  | { readonly kind: 'distributed'; readonly distribution: Distribution; readonly done: readonly string[] }
  /** It was not begun, or not finished, and may be tried again. `because` says why, and what to do, without a full stop. */
  | { readonly kind: 'refused'; readonly because: string };
