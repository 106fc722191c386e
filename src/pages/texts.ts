/** Optio's own words on the pages and in messages, in every page language: ICU messages, one file a language. */
import { readFileSync } from 'node:fs';
import { html, type SafeHtml } from '@remix-run/html-template';
import { IntlMessageFormat } from 'intl-messageformat';
import type { PageLanguage } from '../domain/brand-look.ts';
import type englishMail from './mail-texts/en.json';
import type englishForOperators from './operator-texts/en.json';
import type english from './texts/en.json';

export type TextKey = keyof typeof english;
export type OperatorTextKey = keyof typeof englishForOperators;
export type MailTextKey = keyof typeof englishMail;

/** Speaks one language. Markup among the values is kept, all other text is escaped. */
export interface Speaker<Key extends string> {
  readonly language: PageLanguage;
  /** For a page's body. */
  say(key: Key, values?: Readonly<Record<string, SafeHtml | string | number>>): SafeHtml;
  /** For what takes plain text only, such as a title; not escaped yet. */
  sayPlainly(key: Key, values?: Readonly<Record<string, string | number>>): string;
  /** "Newsletter, Offers and Events", each name apart from the direction of what surrounds it. */
  list(names: readonly string[]): SafeHtml;
}

/** Says what stands on pages for contacts. */
export const speakerOf = speakersOf<TextKey>('texts');

/** Says what stands on pages for operators. */
export const operatorSpeakerOf = speakersOf<OperatorTextKey>('operator-texts');

/** Says what stands in messages. */
export const mailSpeakerOf = speakersOf<MailTextKey>('mail-texts');

/** Reads a language's file when it is first asked for. */
function speakersOf<Key extends string>(folder: string): (language: PageLanguage) => Speaker<Key> {
  const speakers = new Map<PageLanguage, Speaker<Key>>();
  return (language) => {
    const speaker = speakers.get(language) ?? makeSpeaker<Key>(folder, language);
    speakers.set(language, speaker);
    return speaker;
  };
}

function makeSpeaker<Key extends string>(folder: string, language: PageLanguage): Speaker<Key> {
  const file = new URL(`./${folder}/${language}.json`, import.meta.url);
  const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<Key, string>;
  const formats = new Map<Key, IntlMessageFormat>();
  const lists = new Intl.ListFormat(language, { type: 'conjunction' });
  const formatOf = (key: Key): IntlMessageFormat => {
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
