/** What the project aims at, as ratios within one run, and how each is found in what was measured. */
import type { EngineName } from './engines/engine.ts';
import { figureId } from './figure-ids.ts';
import type { Sample, Samples } from './rounds.ts';
import { ratioOf, type Spread } from './statistics.ts';

export interface Aim {
  readonly what: string;
  readonly is: 'at least' | 'at most';
  readonly aim: number;
  readonly unit: '' | ' s' | ' MB';
  /** null where this run did not measure it. */
  readonly find: (findings: AllFindings) => Spread | null;
}

export interface AllFindings {
  readonly samples: Samples;
  /** Bytes, by what holds them. */
  readonly memory: ReadonlyMap<string, number>;
  /** Milliseconds from the start of the process to its first answer, by what was started. */
  readonly starts: ReadonlyMap<string, Spread>;
}

const TITLES: Readonly<Record<EngineName, string>> = { sqlite: 'SQLite', postgresql: 'PostgreSQL' };
const ENGINES = ['sqlite', 'postgresql'] as const;

function perSecond(id: string, of: string) {
  return ({ samples }: AllFindings) => compare(samples, id, of, (sample) => sample.perSecond);
}

function compare(samples: Samples, id: string, of: string, look: (sample: Sample) => number): Spread | null {
  const [values, others] = [samples.get(id), samples.get(of)];
  return values && others ? ratioOf(values.map(look), others.map(look)) : null;
}

function atLeast(what: string, aim: number, find: Aim['find']): Aim {
  return { what, is: 'at least', aim, unit: '', find };
}

export const AIMS: readonly Aim[] = [
  ...ENGINES.map((engine) =>
    atLeast(
      `durable single writes, 64 connections, ${TITLES[engine]}, of "no storage"`,
      { sqlite: 0.7, postgresql: 0.5 }[engine],
      perSecond(figureId.optio(engine, 'single-writes', 64), figureId.noStorage('single-writes', 64)),
    ),
  ),
  ...ENGINES.map((engine) =>
    atLeast(
      `grouped, of one transaction a request, 64 connections, ${TITLES[engine]}`,
      4,
      perSecond(figureId.optio(engine, 'single-writes', 64), figureId.oneTransaction(engine, 'single-writes', 64)),
    ),
  ),
  ...ENGINES.map((engine) =>
    atLeast(
      `single reads, 64 connections, ${TITLES[engine]}, of "no storage"`,
      { sqlite: 0.65, postgresql: 0.5 }[engine],
      perSecond(figureId.optio(engine, 'single-reads', 64), figureId.noStorage('single-reads', 64)),
    ),
  ),
  {
    what: 'mixed 90/10, 64 connections, SQLite: p99 of reads while writing, of p99 of reads alone',
    is: 'at most',
    aim: 3,
    unit: '',
    find: ({ samples }) =>
      compare(samples, figureId.mix('sqlite', 64, 'reads'), figureId.mix('sqlite', 64, 'reads-alone'), (s) => s.p99Ms!),
  },
];

export function isMet(aim: Aim, { median }: Spread): boolean {
  return aim.is === 'at least' ? median >= aim.aim : median <= aim.aim;
}
