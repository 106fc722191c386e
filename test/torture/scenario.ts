/**
 * Something bad that happens to a running Optio while people use it. The ordinary suite runs each scenario for seconds
 * (`*.test.ts` beside this file); `npm run torture` runs them for minutes, with a seed that it prints.
 */
import type { Lifetime } from '../support/optio-process.ts';

export interface Scenario {
  /** As `npm run torture -- NAME` takes it; in kebab case, like the file. */
  readonly name: string;
  /** One sentence for people: what happens, and what must hold. */
  readonly promise: string;
  /** Rejects where the promise was broken. */
  readonly run: (options: ScenarioOptions) => Promise<void>;
}

export interface ScenarioOptions {
  /** Whatever the scenario starts ends with this. */
  readonly lifetime: Lifetime;
  /** From 0 up to 1. All that is left to chance comes from here, so that a seed repeats a run as far as that is possible. */
  readonly random: () => number;
  /** How long the bad thing goes on: seconds in the suite, minutes under torture. */
  readonly durationMs: number;
  /** For people to read: what was seen, with counts. */
  readonly report: (line: string) => void;
}
