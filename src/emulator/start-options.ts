/** How a stand-in is started, by `startOptio` and by `optio emulate` alike, and what is wrong with what they were given. */
import { parseInstant } from '../actions/parse-instant.ts';
import { problemOfFaults } from './check-faults.ts';
import type { FaultRule, Faults, Latency } from './faults.ts';
import { FAIL_FORM, LATENCY_FORM, parseFail, parseLatency } from './parse-faults.ts';
import { readGivenSeed } from './read-seed.ts';
import type { Seed } from './seed.ts';

/** Everything may be left out. */
export interface StartOptions {
  /** What there is at the start: a seed, or the path of a JSON file that holds one. */
  readonly seed?: Seed | string | undefined;
  /** Where the clock stands still until it is moved; by default it runs with the machine's. */
  readonly now?: string | Date | undefined;
  /** How long requests take: `50ms`, `20ms-80ms`, or milliseconds. */
  readonly latency?: string | Latency | undefined;
  /** Which requests fail: `429:0.05,500:0.01`, or rules. */
  readonly fail?: string | readonly FaultRule[] | undefined;
}

/** What a world is made of. */
export interface Beginnings {
  readonly seed: Seed;
  /** Where the clock stands still, in epoch milliseconds; null where it runs with the machine's. */
  readonly now: number | null;
  readonly faults: Faults;
}

const EMPTY: Seed = { accounts: [{}] };

/** An option that cannot be meant. */
export class OptionFault extends Error {
  override readonly name = 'OptionFault';
}

/** Throws `OptionFault` and `SeedFault`. `nameOf` is how an option is called where it was given. */
export async function readStartOptions(
  { seed, now, latency, fail }: StartOptions,
  nameOf: (option: keyof StartOptions) => string,
): Promise<Beginnings> {
  return {
    now: now === undefined ? null : readNow(now, nameOf('now')),
    faults: readFaults({
      ...(latency !== undefined && { latencyMs: readLatency(latency, nameOf('latency')) }),
      ...(fail !== undefined && { rules: readFail(fail, nameOf('fail')) }),
    }),
    seed: seed === undefined ? EMPTY : await readGivenSeed(seed),
  };
}

function readNow(now: string | Date, name: string): number {
  const instant = instantOf(now);
  if (instant === null) throw mustBe(name, now, 'an ISO 8601 instant such as 2026-01-31T12:00:00Z, or a date');
  return instant;
}

/** Epoch milliseconds; null where it is no instant. */
export function instantOf(given: string | Date): number | null {
  if (typeof given === 'string') return parseInstant(given);
  return Number.isNaN(given.getTime()) ? null : given.getTime();
}

function readLatency(latency: string | Latency, name: string): Latency {
  const read = typeof latency === 'string' ? parseLatency(latency) : latency;
  if (read === null) throw mustBe(name, latency, LATENCY_FORM);
  return read;
}

function readFail(fail: string | readonly FaultRule[], name: string): readonly FaultRule[] {
  const read = typeof fail === 'string' ? parseFail(fail) : fail;
  if (read === null) throw mustBe(name, fail, FAIL_FORM);
  return read;
}

/** The faults, if they can be meant. Throws `OptionFault`. */
export function readFaults(faults: Faults): Faults {
  if (Object.keys(faults).length === 0) return faults;
  const problem = problemOfFaults(faults);
  if (problem) throw new OptionFault(`The faults cannot be meant. ${problem.message}`);
  return faults;
}

function mustBe(name: string, value: unknown, form: string): OptionFault {
  return new OptionFault(`${name} is ${JSON.stringify(value)}, but must be ${form}`);
}
