/** What names, texts, ids and languages must be, wherever an account's set-up is changed. */
import {
  type Management,
  type ManageOutcome,
  type ManageRefusal,
  persist,
  refused,
  type Thing,
} from './manage-outcome.ts';

export const MAX_NAME_CHARACTERS = 200;
export const MAX_TEXT_CHARACTERS = 2_000;

/** A name as it is kept: without surrounding white space. */
export function tidy(text: string): string {
  return text.trim();
}

/** A text of several lines as it is kept: without white space around it, and with `\n` between its lines. */
export function tidyLines(text: string): string {
  return text.trim().replace(/\r\n?/g, '\n');
}

/** What is wrong with a name, or null. Length is counted in Unicode characters. */
export function checkName(
  field: string,
  name: string | undefined,
  limit: number = MAX_NAME_CHARACTERS,
): ManageRefusal | null {
  if (name === undefined) return null;
  return checkCharacters(field, name, limit) ?? checkVisible(field, name);
}

/** What is wrong with a description, or null. It may be empty. */
export function checkText(field: string, text: string | undefined): ManageRefusal | null {
  return text === undefined ? null : checkCharacters(field, text, MAX_TEXT_CHARACTERS);
}

/** What is wrong with a text that may have several lines, or null. */
export function checkLines(field: string, text: string, limit: number): ManageRefusal | null {
  return (
    checkCharacters(field, tidyLines(text).replaceAll('\n', ' '), limit, ' but line breaks') ??
    checkVisible(field, text)
  );
}

/** There is something to see: letters, digits, signs; not only spaces, joiners and marks of direction. */
function checkVisible(field: string, text: string): ManageRefusal | null {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text) ? null : invalid(field, 'must not be empty');
}

function checkCharacters(field: string, text: string, limit: number, allowed = ''): ManageRefusal | null {
  const length = [...text.trim()].length;
  if (length > limit) return invalid(field, `must have at most ${limit} characters, not ${length}`);
  if (/\p{Cc}/u.test(text) || !text.isWellFormed()) {
    return invalid(field, `must have no control characters${allowed} and no broken ones`);
  }
  return null;
}

/** What is wrong with an id that an operator chose, or null. */
export function checkId(field: string, id: number | undefined): ManageRefusal | null {
  if (id === undefined || (Number.isSafeInteger(id) && id >= 1)) return null;
  return invalid(field, `must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`);
}

/** The language in its canonical form, by which two writings of it are the same; null where it is no BCP 47 tag. */
export function canonicalLanguage(languageCode: string): string | null {
  try {
    return Intl.getCanonicalLocales(languageCode)[0] ?? null;
  } catch {
    return null;
  }
}

export function checkLanguage(field: string, languageCode: string): ManageRefusal | null {
  if (canonicalLanguage(languageCode) !== null) return null;
  return invalid(field, 'must be a BCP 47 language tag such as de or pt-BR');
}

export function invalid(field: string, problem: string): ManageRefusal {
  return { code: 'invalid', field, problem };
}

export function firstProblem(...problems: readonly (ManageRefusal | null)[]): ManageRefusal | null {
  return problems.find((problem) => problem !== null) ?? null;
}

/**
 * Inserts something under the id that was chosen, or else under random ones until one is free. `insert` says `again` where
 * not the id was taken but something else that it chose itself.
 */
export function insertWithId<Value>(
  { randomness }: Management,
  thing: Thing,
  chosen: number | undefined,
  insert: (id: number) => Promise<ManageOutcome<Value> | 'taken' | 'again'>,
): Promise<ManageOutcome<Value>> {
  return persist(thing, async () => {
    const outcome = await insert(chosen ?? randomness.id());
    if (outcome === 'again') return null;
    if (outcome !== 'taken') return outcome;
    return chosen === undefined ? null : refused({ code: 'id-taken', thing, id: chosen });
  });
}
