/** What the project aims at, as ratios within one run, and how each is found in what was measured. */
import type { EngineName } from './engines/engine.ts';
import { CREDENTIALS, figureId } from './figure-ids.ts';
import { OPERATION_TITLES } from './operations.ts';
import { PEERS } from './peers/peers.ts';
import type { Sample, Samples } from './rounds.ts';
import { COMPARED_AT } from './scale.ts';
import { ratioOf, type Spread, spreadOf } from './statistics.ts';

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

const ENGINES = ['sqlite', 'postgresql'] as const;
const TITLES: Readonly<Record<EngineName, string>> = { sqlite: 'SQLite', postgresql: 'PostgreSQL' };
const AT = COMPARED_AT;
const GROWN = ['single-writes', 'batch-writes', 'single-reads'] as const;

/** A ratio of rates that shall be at least so much. */
function rate(what: string, aim: number, id: string, of: string): Aim {
  return {
    what,
    is: 'at least',
    aim,
    unit: '',
    find: ({ samples }) => compare(samples, id, of, (sample) => sample.perSecond),
  };
}

function compare(samples: Samples, id: string, of: string, look: (sample: Sample) => number): Spread | null {
  const [values, others] = [samples.get(id), samples.get(of)];
  return values && others ? ratioOf(values.map(look), others.map(look)) : null;
}

function scaled(spread: Spread | undefined, by: number): Spread | null {
  return spread ? { median: spread.median * by, lowest: spread.lowest * by, highest: spread.highest * by } : null;
}

const MILLION_CONTACTS_LINKS = 3_000_000;

/** Seconds: 100 000 contacts a second, and 50 000. */
const MILLION_AT_THE_GATE = { sqlite: 10, postgresql: 20 } as const;

const NO_STORAGE = { sqlite: { writes: 0.7, reads: 0.65 }, postgresql: { writes: 0.5, reads: 0.5 } } as const;

export const AIMS: readonly Aim[] = [
  ...ENGINES.map((engine) =>
    rate(
      `durable single writes, ${AT} connections, ${TITLES[engine]}, of "no storage"`,
      NO_STORAGE[engine].writes,
      figureId.optio(engine, 'single-writes', AT),
      figureId.noStorage('single-writes', AT),
    ),
  ),
  rate(
    `durable single writes, ${AT} connections, PostgreSQL, of PostgreSQL alone with ${AT} clients`,
    1.5,
    figureId.optio('postgresql', 'single-writes', AT),
    figureId.alone('postgresql', 1),
  ),
  ...ENGINES.map((engine) =>
    rate(
      `grouped, of one transaction a request, ${AT} connections, ${TITLES[engine]}`,
      4,
      figureId.optio(engine, 'single-writes', AT),
      figureId.oneTransaction(engine, 'single-writes', AT),
    ),
  ),
  ...ENGINES.map((engine) =>
    rate(
      `batches of 100 writes, ${AT} connections, ${TITLES[engine]}, of the engine alone at 1 000 rows a transaction`,
      0.65,
      figureId.optio(engine, 'batch-writes', AT),
      figureId.alone(engine, 1_000),
    ),
  ),
  ...ENGINES.map((engine) =>
    rate(
      `single reads, ${AT} connections, ${TITLES[engine]}, of "no storage"`,
      NO_STORAGE[engine].reads,
      figureId.optio(engine, 'single-reads', AT),
      figureId.noStorage('single-reads', AT),
    ),
  ),
  {
    what: `mixed 90/10, ${AT} connections, SQLite: p99 of reads while writing, of p99 of reads alone`,
    is: 'at most',
    aim: 3,
    unit: '',
    find: ({ samples }) => {
      const [reads, alone] = [figureId.mix('sqlite', AT, 'reads'), figureId.mix('sqlite', AT, 'reads-alone')];
      return compare(samples, reads, alone, (sample) => sample.p99Ms!);
    },
  },
  ...ENGINES.flatMap((engine) =>
    GROWN.map((operation) =>
      rate(
        `10 million subscribers, of 100 thousand: ${OPERATION_TITLES[operation]}, ${TITLES[engine]}`,
        0.5,
        figureId.growth(engine, operation, 'large'),
        figureId.growth(engine, operation, 'small'),
      ),
    ),
  ),
  {
    what: 'start to first answer, embedded, 10 million subscribers in the file',
    is: 'at most',
    aim: 0.5,
    unit: ' s',
    find: ({ starts }) => scaled(starts.get(figureId.start('large')), 1e-3),
  },
  ...ENGINES.map(
    (engine): Aim => ({
      what: `resident memory after the 10-million run, ${TITLES[engine]}`,
      is: 'at most',
      aim: 400,
      unit: ' MB',
      find: ({ memory }) => {
        const octets = memory.get(figureId.memory(engine, 'large'));
        return octets === undefined ? null : scaled(spreadOf([octets]), 1e-6);
      },
    }),
  ),
  {
    what: "a million contacts' links, three each, by calls one after the other",
    is: 'at most',
    aim: 60,
    unit: ' s',
    find: ({ samples }) => {
      const made = samples.get(figureId.links('sqlite'));
      return made ? spreadOf(made.map(({ perSecond }) => MILLION_CONTACTS_LINKS / perSecond)) : null;
    },
  },
  ...ENGINES.map(
    (engine): Aim => ({
      what: `a million contacts at the gate, in lists of lines, ${TITLES[engine]}`,
      is: 'at most',
      aim: MILLION_AT_THE_GATE[engine],
      unit: ' s',
      find: ({ samples }) => {
        const answered = samples.get(figureId.eligibility(engine, 'lines'));
        return answered ? spreadOf(answered.map(({ perSecond }) => 1e6 / perSecond)) : null;
      },
    }),
  ),
  ...CREDENTIALS.map(
    (kind): Aim => ({
      what: `knowing who is asking, ${kind} token, of a request's processor time`,
      is: 'at most',
      aim: 0.02,
      unit: '',
      find: ({ samples }) => compare(samples, figureId.asked(kind), figureId.known(kind), (sample) => sample.perSecond),
    }),
  ),
  ...PEERS.map(({ name, title }) =>
    rate(
      `durable single writes, ${AT} connections, SQLite, of ${title}`,
      20,
      figureId.optio('sqlite', 'single-writes', AT),
      figureId.peer(name),
    ),
  ),
];

export function isMet(aim: Aim, { median }: Spread): boolean {
  return aim.is === 'at least' ? median >= aim.aim : median <= aim.aim;
}
