/** What Optio says by itself is complete in every language. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { IntlMessageFormat } from 'intl-messageformat';
import { PAGE_LANGUAGES } from '../../src/domain/brand-look.ts';
import { operatorSpeakerOf, speakerOf } from '../../src/pages/texts.ts';

/** What stands on pages: on those for contacts, and on those for operators. */
const FOLDERS = { texts: speakerOf, 'operator-texts': operatorSpeakerOf };

function urlOf(folder: string): URL {
  return new URL(`../../src/pages/${folder}/`, import.meta.url);
}

function textsOf(folder: string, language: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`${language}.json`, urlOf(folder)), 'utf8'));
}

/** The message's parts, those within plurals too. */
function partsOf(elements: ReturnType<IntlMessageFormat['getAst']>): ReturnType<IntlMessageFormat['getAst']> {
  return elements.flatMap((element) =>
    'options' in element
      ? [element, ...Object.values(element.options).flatMap(({ value }) => partsOf(value))]
      : [element],
  );
}

function astOf(message: string, language: string) {
  return partsOf(new IntlMessageFormat(message, language, undefined, { ignoreTag: true }).getAst());
}

/** The names of the values that a message takes, each once. */
function argumentsOf(message: string, language: string): string[] {
  const taken = astOf(message, language).flatMap((part) =>
    'value' in part && part.type !== 0 ? [String(part.value)] : [],
  );
  return [...new Set(taken)].sort();
}

for (const [folder, speaker] of Object.entries(FOLDERS)) {
  test(`There is a file for each language in ${folder}, and no other`, () => {
    assert.deepEqual(readdirSync(urlOf(folder)).sort(), PAGE_LANGUAGES.map((language) => `${language}.json`).sort());
  });

  const english = textsOf(folder, 'en');
  for (const language of PAGE_LANGUAGES) {
    describe(`The ${folder} in ${language}`, () => {
      const texts = textsOf(folder, language);

      test('are the same as in English, in the same order, and take the same values', () => {
        assert.deepEqual(Object.keys(texts), Object.keys(english));
        for (const [key, text] of Object.entries(texts)) {
          assert.deepEqual(argumentsOf(text, language), argumentsOf(english[key]!, 'en'), key);
        }
      });

      test('are translated, and tidy', () => {
        for (const [key, text] of Object.entries(texts)) {
          if (language !== 'en') assert.notEqual(text, english[key], key);
          assert.doesNotMatch(text, /^\s|\s$| {2}|[<>"]|\.\.\.|'/, key);
        }
      });

      test('know each plural of the language that a count of types can have', () => {
        const categories = new Set([...Array(201).keys()].map((count) => new Intl.PluralRules(language).select(count)));
        for (const [key, text] of Object.entries(texts)) {
          for (const part of astOf(text, language)) {
            if (part.type !== 6) continue;
            const missing = [...categories].filter((category) => !(category in part.options));
            const isAnswered = missing.every((category) => category === 'one' && '=1' in part.options);
            assert.ok(isAnswered, `${key} lacks ${missing.join(', ')}`);
          }
        }
      });

      test('can be said, with any count', () => {
        const { sayPlainly } = speaker(language);
        for (const key of Object.keys(texts)) {
          for (const count of [0, 1, 2, 3, 11, 30, 100]) {
            const names = Object.fromEntries(
              argumentsOf(english[key]!, 'en').map((name) => [name, name.toUpperCase()]),
            );
            const values = { ...names, count, all: 200 };
            assert.doesNotMatch(sayPlainly(key as never, values), /[{}#]/, key);
          }
        }
      });
    });
  }
}

test('Arabic has its six plurals', () => {
  const { sayPlainly } = speakerOf('ar');
  const said = [0, 1, 2, 3, 11, 100].map((count) => sayPlainly('preferences.now', { count }));
  assert.equal(new Set(said).size, 6);
});
