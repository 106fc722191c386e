/** How long access tokens work, as an operator writes it. */

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };
const SHORTEST = 60;
const LONGEST = 86_400;

/** In seconds; null for what is no duration, or too short or too long a one. */
export function readTokenTtl(text: string): number | null {
  const [, count, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  const seconds = Number(count) * UNIT_SECONDS[unit]!;
  return seconds >= SHORTEST && seconds <= LONGEST ? seconds : null;
}
