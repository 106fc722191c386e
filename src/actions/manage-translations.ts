/** Gives a subscription definition its name and description in another language, or takes that away. */
import type { SubscriptionDefinition, Translation } from '../domain/catalog.ts';
import { canonicalLanguage, checkLanguage, checkName, checkText, firstProblem, tidy } from './manage-checks.ts';
import { rewriteDefinition } from './manage-definitions.ts';
import { done, type Management, type ManageOutcome, refused } from './manage-outcome.ts';

export interface TranslationWish {
  readonly name: string;
  readonly description?: string | undefined;
}

/** Sets the translation into a language, new or not. `de-at` and `de-AT` are one language; the latest writing is kept. */
export async function putTranslation(
  management: Management,
  accountId: number,
  definitionId: number,
  languageCode: string,
  wish: TranslationWish,
): Promise<ManageOutcome<SubscriptionDefinition>> {
  const problem = firstProblem(
    checkLanguage('languageCode', languageCode),
    checkName('name', wish.name),
    checkText('description', wish.description),
  );
  if (problem) return refused(problem);
  const name = tidy(wish.name);
  const description = tidy(wish.description ?? '');
  return rewriteDefinition(management, accountId, definitionId, (definition, now) => {
    const before = findTranslation(definition, languageCode);
    if (!before) {
      const added = { languageCode, name, description, createdAt: now, updatedAt: now };
      return done({ ...definition, translations: [...definition.translations, added] });
    }
    const wished = { ...before, languageCode, name, description };
    if (JSON.stringify(wished) === JSON.stringify(before)) return done(definition);
    const translations = definition.translations.map((each) =>
      each === before ? { ...wished, updatedAt: now } : each,
    );
    return done({ ...definition, translations });
  });
}

/** Takes a translation away; refused where there is none. */
export async function removeTranslation(
  management: Management,
  accountId: number,
  definitionId: number,
  languageCode: string,
): Promise<ManageOutcome<SubscriptionDefinition>> {
  return rewriteDefinition(management, accountId, definitionId, (definition) => {
    const before = findTranslation(definition, languageCode);
    if (!before) return refused({ code: 'not-found', thing: 'translation', id: languageCode });
    return done({ ...definition, translations: definition.translations.filter((each) => each !== before) });
  });
}

/** The translation into a language, however its tag is written. */
export function findTranslation(definition: SubscriptionDefinition, languageCode: string): Translation | undefined {
  const wanted = canonicalLanguage(languageCode);
  return definition.translations.find((each) => wanted !== null && canonicalLanguage(each.languageCode) === wanted);
}
