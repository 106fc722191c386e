/** Shows a value of a body as it was written: numbers beyond 2^53 lose digits when they are read. */

/** What ECMAScript has and TypeScript's library for ES2024 does not know yet. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  /** A value that `JSON.stringify` writes as `text`. */
  rawJSON(text: string): unknown;
}

const { parse, rawJSON } = JSON as unknown as SourceTextJson;

/** A megabyte of numbers would take a second to read with their digits; this takes a twentieth of it at most. */
const MAX_REREAD_CHARACTERS = 65_536;

/**
 * The value at a JSON pointer of a body, whose numbers `JSON.stringify` writes with the digits that were sent. The text
 * is read anew, which only a refusal is worth. Of a body too long for that, `read` is what was read: it stays, unless
 * it is a number that may have lost digits, which is then undefined.
 */
export function valueAsSent(text: string, pointer: string, read: unknown): unknown {
  if (text.length > MAX_REREAD_CHARACTERS) {
    return typeof read === 'number' && !Number.isSafeInteger(read) ? undefined : read;
  }
  const body = parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? rawJSON(source) : value,
  );
  const steps = pointer.split('/').slice(1);
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown>)[unescapeStep(step)], body);
}

/** RFC 6901 section 4. */
function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
