/** How long access tokens work, as an operator writes it. */
import { durationMs } from './duration.ts';

const SHORTEST = 60;
const LONGEST = 86_400;

/** In seconds; null for what is no duration, or too short or too long a one. */
export function readTokenTtl(text: string): number | null {
  const seconds = (durationMs(text, 'smh') ?? 0) / 1_000;
  return seconds >= SHORTEST && seconds <= LONGEST ? seconds : null;
}
