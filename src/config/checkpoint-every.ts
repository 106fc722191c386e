/** How often the ledger is sealed, as an operator writes it. */

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const SHORTEST_MS = 60_000;
const LONGEST_MS = 7 * 86_400_000;

export const NEVER = 'off';

/** In milliseconds; null for `off`, undefined for what is no duration, or too short or too long a one. */
export function readCheckpointEvery(text: string): number | null | undefined {
  if (text === NEVER) return null;
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const everyMs = Number(count) * UNIT_MS[unit]!;
  return everyMs >= SHORTEST_MS && everyMs <= LONGEST_MS ? everyMs : undefined;
}
