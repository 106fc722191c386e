/** How often the ledger is sealed, as an operator writes it. */
import { readDuration } from './duration.ts';

const RANGE = { units: 'mhd', from: 60_000, to: 7 * 86_400_000 } as const;

export const NEVER = 'off';

/** In milliseconds; null for `off`, undefined for what is no duration, or too short or too long a one. */
export function readCheckpointEvery(text: string): number | null | undefined {
  return text === NEVER ? null : (readDuration(text, RANGE) ?? undefined);
}
