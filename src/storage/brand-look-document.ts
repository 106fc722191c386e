/**
 * A brand's look as a JSON object that holds only what the operator set, so that an empty one is a plain look and a
 * trait that comes with a later version needs no migration.
 */
import {
  BRAND_WORDS,
  type BrandLook,
  type BrandTexts,
  LOGO_MEDIA_TYPES,
  PAGE_LANGUAGES,
  PLAIN_LOOK,
  traitsOf,
} from '../domain/brand-look.ts';

/** The text to store. Every look survives `decodeLook(JSON.parse(encodeLook(…)))` unchanged. */
export function encodeLook(look: BrandLook): string {
  return JSON.stringify(traitsOf(look));
}

/** What a newer version may have put there (a trait, a language, a word, a kind of logo) is passed over. */
export function decodeLook(document: Partial<BrandLook>): BrandLook {
  const { accentColor, bannerColor, logo, languages, texts, footerLinks, unsubscribeMailbox, listDomain } = {
    ...PLAIN_LOOK,
    ...document,
  };
  const known = languages.filter((language) => PAGE_LANGUAGES.includes(language));
  return {
    accentColor,
    bannerColor,
    logo: logo && LOGO_MEDIA_TYPES.includes(logo.mediaType) ? logo : null,
    languages: known.length > 0 ? known : PLAIN_LOOK.languages,
    texts: decodeTexts(texts),
    footerLinks,
    unsubscribeMailbox,
    listDomain,
  };
}

function decodeTexts(texts: BrandLook['texts']): BrandLook['texts'] {
  const spoken = PAGE_LANGUAGES.filter((language) => texts[language] !== undefined);
  return Object.fromEntries(spoken.map((language) => [language, decodeWords(texts[language]!)]));
}

function decodeWords(words: BrandTexts): BrandTexts {
  const said = BRAND_WORDS.filter((word) => words[word] !== undefined);
  return Object.fromEntries(said.map((word) => [word, words[word]]));
}
