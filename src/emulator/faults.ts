/** Faults on demand: which requests fail, how, and how long they take. Chance comes from a seed, so runs repeat. */

/** What a request ends with: this status in place of its answer, or `cut`, a connection that is reset without one. */
export type Failure = (typeof FAILURES)[number];

export const FAILURES = [401, 403, 429, 500, 502, 503, 504, 'cut'] as const;

/** A time in milliseconds, or any between two. */
export type Latency = number | { readonly min: number; readonly max: number };

export interface FaultRule {
  /** Absent: the request does not fail, it only takes its time. */
  readonly fail?: Failure;
  /** Whether the request is carried out before it fails: false by default. */
  readonly carriedOut?: boolean;
  /** Above 0, at most 1, which is the default. */
  readonly probability?: number;
  /** How often the rule strikes; without end by default. */
  readonly times?: number;
  /** Only requests with this method, such as `POST`. */
  readonly method?: string;
  /** Only requests whose path begins with this. */
  readonly path?: string;
  /** In place of what holds for all. */
  readonly latencyMs?: Latency;
  /** Of a status: the seconds in its header `Retry-After`; 1 by default for 429 and 503, none for others. */
  readonly retryAfter?: number;
}

export interface Faults {
  /** How long every request waits before it is carried out. */
  readonly latencyMs?: Latency;
  /** A request is struck by the first that fits. Rules with a probability share one throw of the dice. */
  readonly rules?: readonly FaultRule[];
}

/** What happens to one request. */
export interface Fate {
  readonly latencyMs: number;
  readonly rule: FaultRule | null;
}

/** Only HubSpot's API fails: what a test sets up and asks by Optio's own API works. */
const STRUCK = '/communication-preferences/';
const DICE_SEED = 0x0971_0001;

export class FaultPlan {
  readonly faults: Faults;
  readonly #left: Map<FaultRule, number>;
  readonly #throwDice = dice(DICE_SEED);

  constructor(faults: Faults) {
    this.faults = faults;
    this.#left = new Map((faults.rules ?? []).map((rule) => [rule, rule.times ?? Number.POSITIVE_INFINITY]));
  }

  /** Decides on a request; `path` is without its query. */
  decide(method: string, path: string): Fate {
    if (!path.startsWith(STRUCK)) return { latencyMs: 0, rule: null };
    const rule = this.#strike(method, path);
    return { latencyMs: this.#durationOf(rule?.latencyMs ?? this.faults.latencyMs ?? 0), rule };
  }

  #strike(method: string, path: string): FaultRule | null {
    const thrown = this.#throwDice();
    let reached = 0;
    for (const [rule, left] of this.#left) {
      if (left === 0 || (rule.method ?? method) !== method || !path.startsWith(rule.path ?? '')) continue;
      reached += rule.probability ?? 1;
      if (thrown >= reached) continue;
      this.#left.set(rule, left - 1);
      return rule;
    }
    return null;
  }

  #durationOf(latency: Latency): number {
    if (typeof latency === 'number') return latency;
    return latency.min + this.#throwDice() * (latency.max - latency.min);
  }
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
