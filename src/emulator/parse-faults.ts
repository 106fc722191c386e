/** Reads faults as command lines write them: `50ms`, `20ms-80ms`, `429:0.05,cut:0.01`. */
import { FAILURES, type Failure, type FaultRule, type Latency } from './faults.ts';

const TIME = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s)$/;
export const LONGEST_LATENCY_MS = 600_000;
export const LATENCY_FORM = 'a time such as 50ms or 1.5s, or a range such as 20ms-80ms, of at most ten minutes';

/** Null where it is no latency. */
export function parseLatency(text: string): Latency | null {
  const times = text.split('-').map(parseTime);
  const [min, max = min] = times;
  if (times.length > 2 || min === null || max === null || min === undefined || max === undefined) return null;
  if (min > max || max > LONGEST_LATENCY_MS) return null;
  return times.length === 1 ? min : { min, max };
}

function parseTime(text: string): number | null {
  const found = TIME.exec(text);
  if (!found) return null;
  return Math.round(Number(found[1]) * (found[2] === 's' ? 1_000 : 1));
}

export const FAIL_FORM = `a list such as 429:0.05,500:0.01 of ${FAILURES.join(', ')} or lost, each with a probability above 0; together at most 1`;

/** Null where it is no such list. `lost` is a request that is carried out, and its connection cut. */
export function parseFail(text: string): FaultRule[] | null {
  const rules = text.split(',').map(parseRule);
  if (!rules.every((rule) => rule !== null)) return null;
  const sum = rules.reduce((total, { probability = 1 }) => total + probability, 0);
  // Decimal fractions that sum to one do so only nearly in binary ones.
  return sum <= 1 + 1e-9 ? rules : null;
}

function parseRule(text: string): FaultRule | null {
  const [word = '', share = '', ...rest] = text.trim().split(':');
  const probability = /^\d(?:\.\d+)?$|^\.\d+$/.test(share) ? Number(share) : 0;
  if (rest.length > 0 || probability <= 0 || probability > 1) return null;
  if (word === 'lost') return { fail: 'cut', carriedOut: true, probability };
  const fail = FAILURES.find((failure) => String(failure) === word) as Failure | undefined;
  return fail === undefined ? null : { fail, probability };
}
