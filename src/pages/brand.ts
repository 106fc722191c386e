/** What a frame says of its brand. */
import { type BrandLook, type PageLanguage, PLAIN_LOOK } from '../domain/brand-look.ts';
import type { Frame } from './views.ts';

/** The brand's name in the page's language. */
export function nameOf({ brandName, look, language }: Frame): string {
  return look.texts[language]?.name ?? brandName;
}

/**
 * The brand's words for which Optio has none of its own: in the page's language, or else in the first of its languages that
 * has them.
 */
export function wordsOf(look: BrandLook, language: PageLanguage, key: 'footer' | 'imprint') {
  for (const spoken of [language, ...look.languages]) {
    const text = look.texts[spoken]?.[key];
    if (text !== undefined) return { text, language: spoken };
  }
  return null;
}

/** For pages of which nobody knows whose they are, such as a link that does not work. */
export function neutralFrame(language: PageLanguage): Frame {
  return { brandName: '', look: PLAIN_LOOK, language, languagePath: null };
}

/** For pages of the server itself, which operators see. */
export function operatorFrame(language: PageLanguage, languagePath: string | null): Frame {
  return { ...neutralFrame(language), brandName: 'Optio', languagePath, isForOperators: true };
}
