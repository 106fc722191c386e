/** What a run writes down: everything that is needed to read it without having been there. */
import { AIMS, isMet } from './aims.ts';
import type { Findings, MemoryFinding, Opponent, StartFinding } from './bench.ts';
import type { Sample } from './rounds.ts';
import { type Spread, spreadOf } from './statistics.ts';
import type { Surroundings } from './surroundings.ts';

export interface Figure {
  readonly id: string;
  readonly perSecond: Spread;
  readonly p50Ms?: Spread;
  readonly p99Ms?: Spread;
}

export interface AimResult {
  readonly what: string;
  readonly is: 'at least' | 'at most';
  readonly aim: number;
  readonly unit: string;
  readonly measured: Spread | null;
  readonly isMet: boolean | null;
}

export interface Results {
  readonly surroundings: Surroundings;
  readonly aims: readonly AimResult[];
  readonly opponents: readonly Opponent[];
  readonly figures: readonly Figure[];
  readonly starts: readonly StartFinding[];
  readonly memory: readonly MemoryFinding[];
}

export function summarise(surroundings: Surroundings, findings: Findings): Results {
  const { samples, memory, starts, opponents } = findings;
  const byId = {
    samples,
    memory: new Map(memory.map(({ id, residentBytes }) => [id, residentBytes])),
    starts: new Map(starts.map(({ id, tookMs }) => [id, tookMs])),
  };
  const aims = AIMS.map((aim): AimResult => {
    const measured = aim.find(byId);
    const { what, is, unit } = aim;
    return { what, is, aim: aim.aim, unit, measured, isMet: measured && isMet(aim, measured) };
  });
  const figures = [...samples].map(([id, found]) => toFigure(id, found));
  return { surroundings, aims, opponents, figures, starts, memory };
}

function toFigure(id: string, samples: readonly Sample[]): Figure {
  const optional = (field: 'p50Ms' | 'p99Ms') => {
    const values = samples.flatMap((sample) => sample[field] ?? []);
    return values.length > 0 && { [field]: spreadOf(values) };
  };
  const perSecond = spreadOf(samples.map((sample) => sample.perSecond));
  return { id, perSecond, ...optional('p50Ms'), ...optional('p99Ms') };
}
