/** How long access tokens work, as an operator writes it. */
import { readDuration } from './duration.ts';

const RANGE = { units: 'smh', from: 60_000, to: 86_400_000 } as const;

/** In seconds; null for what is no duration, or too short or too long a one. */
export function readTokenTtl(text: string): number | null {
  const duration = readDuration(text, RANGE);
  return duration === null ? null : duration / 1_000;
}
