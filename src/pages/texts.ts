/** Optio's own words on the pages, in every page language: ICU messages, one file a language. */
import { readFileSync } from 'node:fs';
import { html, type SafeHtml } from '@remix-run/html-template';
import { IntlMessageFormat } from 'intl-messageformat';
import type { PageLanguage } from '../domain/brand-look.ts';
import type english from './texts/en.json';

export type TextKey = keyof typeof english;

/** Speaks one language. Markup among the values is kept, all other text is escaped. */
export interface Speaker {
  readonly language: PageLanguage;
  /** For a page's body. */
  say(key: TextKey, values?: Readonly<Record<string, SafeHtml | string | number>>): SafeHtml;
  /** For what takes plain text only, such as a title; not escaped yet. */
  sayPlainly(key: TextKey, values?: Readonly<Record<string, string | number>>): string;
  /** "Newsletter, Offers and Events", each name apart from the direction of what surrounds it. */
  list(names: readonly string[]): SafeHtml;
}

const speakers = new Map<PageLanguage, Speaker>();

/** Reads a language's file when it is first asked for. */
export function speakerOf(language: PageLanguage): Speaker {
  const known = speakers.get(language);
  if (known) return known;
  const speaker = makeSpeaker(language);
  speakers.set(language, speaker);
  return speaker;
}

function makeSpeaker(language: PageLanguage): Speaker {
  const file = new URL(`./texts/${language}.json`, import.meta.url);
  const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<TextKey, string>;
  const formats = new Map<TextKey, IntlMessageFormat>();
  const lists = new Intl.ListFormat(language, { type: 'conjunction' });
  const formatOf = (key: TextKey): IntlMessageFormat => {
    const format = formats.get(key) ?? new IntlMessageFormat(texts[key], language, undefined, { ignoreTag: true });
    formats.set(key, format);
    return format;
  };
  return {
    language,
    say: (key, values) =>
      html`${formatOf(key)
        .formatToParts<SafeHtml>(values)
        .map(({ value }) => value)}`,
    sayPlainly: (key, values) => String(formatOf(key).format(values)),
    list: (names) =>
      html`${lists.formatToParts(names).map(({ type, value }) => (type === 'element' ? html`<bdi>${value}</bdi>` : value))}`,
  };
}
