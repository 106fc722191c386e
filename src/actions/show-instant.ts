/** Instants as they are shown: ISO 8601 in UTC, with milliseconds. */

/** `2026-01-02T03:04:05.006Z` for epoch milliseconds. */
export function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

export function instantOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : instant(epochMs);
}
