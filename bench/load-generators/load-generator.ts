/** What a load generator is told and tells; `wrk` and `autocannon` stand behind it. */
import type { Operation } from '../operations.ts';
import type { Population } from '../population.ts';

export interface Load {
  /** `http://HOST:PORT` */
  readonly url: string;
  readonly operation: Operation;
  readonly connections: number;
  readonly durationMs: number;
  readonly population: Population;
  /** Where in the stream of writes to go on. */
  readonly position: number;
  readonly seed: number;
}

/** What came of a load. */
export interface Measured {
  /** Requests answered with 2xx in the time measured. */
  readonly answered: number;
  /** Requests answered otherwise, and what the first of them was told where that is known. */
  readonly refused: number;
  readonly refusal: string | null;
  /** Requests sent: those cut off at the end may have taken effect too. */
  readonly issued: number;
  readonly perSecond: number;
  /** Of all answers. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadGenerator {
  /** Name and version, for people. */
  readonly name: string;
  /** Rejects with `LoadFailed` where anything was not answered at all. */
  readonly run: (load: Load) => Promise<Measured>;
}

/** Something was not answered, or not as it should be: what was measured would be something else. */
export class LoadFailed extends Error {
  override readonly name = 'LoadFailed';
}

/** A machine that has other things to do may answer nothing at first: that much longer is waited, so often. */
const LONGER = 3;
const MAX_TRIES = 4;

/** Runs a load; again, for longer, where nothing at all was answered in its time. */
export async function runLoad(
  run: (durationMs: number) => Promise<Measured[]>,
  durationMs: number,
): Promise<Measured[]> {
  for (let tries = 1, duration = durationMs; ; tries++, duration *= LONGER) {
    const measured = await run(duration);
    if (measured.every(({ answered }) => answered > 0)) return measured;
    if (tries === MAX_TRIES) throw new LoadFailed(`nothing was answered in ${duration / 1e3} s`);
  }
}

/** For all loads that a server is expected to take: a bench must not measure refusals. */
export function assertNothingRefused({ answered, refused, refusal }: Measured): void {
  if (refused === 0) return;
  const told = refusal === null ? '' : `; the first: ${refusal}`;
  throw new LoadFailed(`${refused} of ${answered + refused} answers were not 2xx${told}`);
}
