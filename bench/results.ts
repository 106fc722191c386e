/** What a run writes down: everything that is needed to read it without having been there. */
import { AIMS, type AllFindings, isMet } from './aims.ts';
import type { MemoryFinding } from './bench.ts';
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
  readonly figures: readonly Figure[];
  readonly memory: readonly MemoryFinding[];
}

export function summarise(
  surroundings: Surroundings,
  findings: AllFindings,
  memory: readonly MemoryFinding[],
): Results {
  const aims = AIMS.map((aim) => {
    const measured = aim.find(findings);
    const { what, is, unit } = aim;
    return { what, is, aim: aim.aim, unit, measured, isMet: measured && isMet(aim, measured) };
  });
  const figures = [...findings.samples].map(([id, samples]): Figure => {
    const [p50Ms, p99Ms] = (['p50Ms', 'p99Ms'] as const).map((field) => {
      const values = samples.flatMap((sample) => sample[field] ?? []);
      return values.length === samples.length ? spreadOf(values) : undefined;
    });
    return {
      id,
      perSecond: spreadOf(samples.map((sample) => sample.perSecond)),
      ...(p50Ms && { p50Ms }),
      ...(p99Ms && { p99Ms }),
    };
  });
  return { surroundings, aims, figures, memory };
}
