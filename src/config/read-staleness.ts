/** How far behind a replica may be that is read from, as an operator writes it. */
import { readDuration } from './duration.ts';

const RANGE = { units: 'smh', from: 1_000, to: 3_600_000 } as const;

/** In milliseconds; null for what is no duration, or too short or too long a one. */
export function readStaleness(text: string): number | null {
  return readDuration(text, RANGE);
}
