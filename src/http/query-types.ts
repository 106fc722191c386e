/**
 * Ids and texts as they travel. Ajv never coerces here: a body's types are checked as sent, and a query string is the
 * text it is, read by the functions below once Ajv has found it well-formed.
 */

/** JSON numbers are exact up to here, and so are our ids. */
export const MAX_ID = Number.MAX_SAFE_INTEGER;

/** An id in a JSON body: an integer, or a string of its digits (definitions give theirs as a string). */
export const BODY_ID = { type: ['integer', 'string'], minimum: 0, maximum: MAX_ID, format: 'id' } as const;
/** An id in a query string or path. */
export const QUERY_ID = { type: 'string', format: 'id' } as const;
export const QUERY_BOOLEAN = { type: 'string', enum: ['true', 'false'] } as const;
/** Text that any database keeps: well-formed Unicode without NUL characters. */
export const TEXT = { type: 'string', format: 'text' } as const;

/** The formats of the schemas above, for Ajv. `id` speaks of strings only: `minimum` and `maximum` bound the numbers. */
export const FORMATS = {
  id: (text: string): boolean => /^\d{1,16}$/.test(text) && Number(text) <= MAX_ID,
  text: (text: string): boolean => !text.includes('\0') && text.isWellFormed(),
} as const;

export function readId(value: string | number): number {
  return Number(value);
}

/** The id, or null where the parameter is absent. */
export function readOptionalId(value: string | undefined): number | null {
  return value === undefined ? null : Number(value);
}

/** False where the parameter is absent. */
export function readBoolean(value: 'true' | 'false' | undefined): boolean {
  return value === 'true';
}
