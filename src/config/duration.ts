/** Durations as an operator writes them: a whole number and a unit. */

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

export interface DurationRange {
  /** Those that may be used. */
  readonly units: readonly Unit[];
  /** The first and the last one that is allowed, in milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** In milliseconds; null for what is no duration, or out of range. */
export function readDuration(text: string, { units, from, to }: DurationRange): number | null {
  const [, count, unit] = /^(\d{1,6})([a-z])$/.exec(text) ?? [];
  if (count === undefined || !(units as readonly string[]).includes(unit!)) return null;
  const duration = Number(count) * UNIT_MS[unit as Unit];
  return duration >= from && duration <= to ? duration : null;
}
