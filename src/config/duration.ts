/** Durations as operators write them: a whole number and its unit, such as `30m`. */

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** In milliseconds; null for what is none in one of `units`, a letter each. */
export function durationMs(text: string, units: string): number | null {
  const [, count, unit] = /^(\d{1,9})([a-z])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined || !units.includes(unit)) return null;
  return Number(count) * UNIT_MS[unit]!;
}
