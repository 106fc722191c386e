/** Reads instants as people and programs write them. */

const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** An ISO 8601 instant with its offset, or a date, which begins at midnight UTC; in epoch milliseconds, null if neither. */
export function parseInstant(text: string): number | null {
  const epochMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(epochMs) ? null : epochMs;
}
