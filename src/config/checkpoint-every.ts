/** How often the ledger is sealed, as an operator writes it. */
import { durationMs } from './duration.ts';

const SHORTEST_MS = 60_000;
const LONGEST_MS = 7 * 86_400_000;

export const NEVER = 'off';

/** In milliseconds; null for `off`, undefined for what is no duration, or too short or too long a one. */
export function readCheckpointEvery(text: string): number | null | undefined {
  if (text === NEVER) return null;
  const everyMs = durationMs(text, 'mhd') ?? 0;
  return everyMs >= SHORTEST_MS && everyMs <= LONGEST_MS ? everyMs : undefined;
}
