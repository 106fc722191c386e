/** Whether faults can be meant. */
import type { Problem } from '../http/errors.ts';
import { problemOfShape } from './check-shape.ts';
import { FAULTS } from './control-schemas.ts';
import type { Faults, Latency } from './faults.ts';

/** What is wrong with faults that a program gives, whatever they are, or null. */
export function problemOfFaults(faults: unknown): Problem | null {
  return problemOfShape(FAULTS, faults) ?? problemOfRanges(faults as Faults);
}

/** What is wrong with faults that have the right form, or null. */
export function problemOfRanges({ latencyMs, rules = [] }: Faults): Problem | null {
  const latencies = [
    { at: 'latencyMs', latency: latencyMs },
    ...rules.map((rule, index) => ({ at: `rules[${index}].latencyMs`, latency: rule.latencyMs })),
  ];
  const wrong = latencies.find(({ latency }) => isUpsideDown(latency));
  if (!wrong) return null;
  return { code: 'FIELD_INVALID', message: `"${wrong.at}" has a min above its max.`, in: wrong.at };
}

function isUpsideDown(latency: Latency | undefined): boolean {
  return typeof latency === 'object' && latency.min > latency.max;
}
