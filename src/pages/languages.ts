/** Which language a page is in, and which words of the operator's fit it. */
import Negotiator from 'negotiator';
import type { BrandLook, PageLanguage } from '../domain/brand-look.ts';
import type { SubscriptionDefinition } from '../domain/catalog.ts';
import type { TypeOnPage } from './views.ts';

/** What each language calls itself. */
export const NATIVE_NAMES: Readonly<Record<PageLanguage, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  it: 'Italiano',
  nl: 'Nederlands',
  ja: '日本語',
  ar: 'العربية',
};

/** Browsers send far less; what is beyond it is not read. */
const MAX_HEADER_CHARACTERS = 1_000;

export function directionOf(language: PageLanguage): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/** What may tell the language, in the order in which it counts. All but the look comes from outside and may be anything. */
export interface LanguageHints {
  /** Of the query or the form. */
  readonly asked?: string | null;
  /** The `Accept-Language` header. */
  readonly accepted?: string | null;
  /** The link's own, BCP 47. */
  readonly linked?: string | null;
  readonly look: Pick<BrandLook, 'languages'>;
}

/** One of the languages that the brand offers; its first where nothing else fits. */
export function chooseLanguage({ asked, accepted, linked, look }: LanguageHints): PageLanguage {
  for (const tag of [asked, ...tagsAccepted(accepted), linked]) {
    const primary = localeOf(tag)?.language;
    const offered = look.languages.find((language) => language === primary);
    if (offered) return offered;
  }
  return look.languages[0]!;
}

/** The type's words in the page's language: its translation for the most usual region, any other, or its own words. */
export function typeInLanguage(definition: SubscriptionDefinition, language: PageLanguage): TypeOnPage {
  const usual = new Intl.Locale(language).maximize();
  const fits = definition.translations.filter(({ languageCode }) => localeOf(languageCode)?.language === language);
  const translation =
    fits.find(({ languageCode }) => languageCode.toLowerCase() === language) ??
    fits.find(({ languageCode }) => localeOf(languageCode)!.maximize().toString() === usual.toString()) ??
    fits[0];
  const { name, description } = translation ?? definition;
  return { id: definition.id, name, description };
}

/** The tags of an `Accept-Language` header, the most wanted first. */
function tagsAccepted(header: string | null | undefined): string[] {
  const read = (header ?? '').slice(0, MAX_HEADER_CHARACTERS);
  return new Negotiator({ headers: { 'accept-language': read } }).languages();
}

/** Null for what is no BCP 47 tag, such as the `*` of a header. */
function localeOf(tag: string | null | undefined): Intl.Locale | null {
  try {
    return new Intl.Locale(tag ?? '');
  } catch {
    return null;
  }
}
