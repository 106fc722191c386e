/** Instants as answers show them: ISO 8601, UTC, milliseconds. */

/**
 * The text of a second up to its point, by epoch seconds. An answer holds several instants and many share their second
 * (now, or when a definition was made); formatting each anew was a tenth of a read's time.
 */
const seconds = new Map<number, string>();
const MAX_SECONDS = 4_096;

/** `2026-01-02T03:04:05.006Z` for epoch milliseconds. */
export function instant(epochMs: number): string {
  const second = Math.floor(epochMs / 1_000);
  const known = seconds.get(second) ?? remember(second);
  const ms = epochMs - second * 1_000;
  return `${known}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`;
}

function remember(second: number): string {
  if (seconds.size >= MAX_SECONDS) seconds.clear();
  const text = new Date(second * 1_000).toISOString().slice(0, -4);
  seconds.set(second, text);
  return text;
}
