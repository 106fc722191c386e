/** Reads instants as people and programs write them. */

const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** What `parseInstant` takes, for people. */
export const INSTANT_FORM = 'ISO 8601 with an offset such as 2026-01-31T12:00:00Z, or a date';

/** An ISO 8601 instant with its offset, or a date, which begins at midnight UTC; in epoch milliseconds, null if neither. */
export function parseInstant(text: string): number | null {
  const epochMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(epochMs) ? null : epochMs;
}
