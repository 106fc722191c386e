/** Which language a contact is spoken to in. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PAGE_LANGUAGES, type PageLanguage } from '../../src/domain/brand-look.ts';
import type { SubscriptionDefinition } from '../../src/domain/catalog.ts';
import { chooseLanguage, typeInLanguage } from '../../src/pages/pages.ts';

describe('The language of a page is', () => {
  const all = { languages: PAGE_LANGUAGES };

  test('the one asked for, before all else', () => {
    assert.equal(chooseLanguage({ asked: 'ja', accepted: 'de', linked: 'fr', look: all }), 'ja');
  });

  test("the browser's, by its weights, before the link's", () => {
    assert.equal(chooseLanguage({ accepted: 'sv, de;q=0.5, fr;q=0.8', linked: 'es', look: all }), 'fr');
  });

  test("the link's, where the browser's is not offered", () => {
    assert.equal(chooseLanguage({ accepted: 'zh-TW,zh;q=0.9,*;q=0.1', linked: 'es-MX', look: all }), 'es');
  });

  test("the brand's first, where nothing fits", () => {
    const look = { languages: ['nl', 'de'] as const };
    assert.equal(chooseLanguage({ look }), 'nl');
    assert.equal(chooseLanguage({ asked: 'en', accepted: 'en-GB', linked: 'fr', look }), 'nl');
  });

  test('known in whatever region and spelling', () => {
    for (const [accepted, language] of [
      ['pt-PT', 'pt'],
      ['PT-br', 'pt'],
      ['de-CH-1996', 'de'],
      ['ar-EG', 'ar'],
      ['en-GB-oxendict', 'en'],
    ] as const) {
      assert.equal(chooseLanguage({ accepted, look: { languages: ['it', ...PAGE_LANGUAGES] } }), language, accepted);
    }
  });

  test('not one that the browser refuses', () => {
    assert.equal(chooseLanguage({ accepted: 'de;q=0, fr;q=0.1', look: all }), 'fr');
  });

  test('always one that is offered, whatever is sent', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '*',
        'i-klingon',
        'en_US',
        '__proto__',
        'de;q=abc',
        ';;,,q=',
        'x'.repeat(9_000),
        'de,'.repeat(4_000),
      ),
    );
    const offered = fc.uniqueArray(fc.constantFrom(...PAGE_LANGUAGES), { minLength: 1 });
    fc.assert(
      fc.property(hostile, hostile, hostile, offered, (asked, accepted, linked, languages) => {
        const chosen = chooseLanguage({ asked, accepted, linked, look: { languages } });
        assert.ok(languages.includes(chosen));
      }),
    );
  });
});

describe('A type is told', () => {
  const definition = (...translated: string[]): SubscriptionDefinition => ({
    id: 7,
    businessUnitId: 0,
    name: 'Newsletter',
    description: 'All the news',
    purpose: '',
    communicationMethod: '',
    isActive: true,
    isDefault: false,
    isInternal: false,
    translations: translated.map((languageCode) => ({
      languageCode,
      name: languageCode,
      description: `in ${languageCode}`,
      createdAt: 0,
      updatedAt: 0,
    })),
    createdAt: 0,
    updatedAt: 0,
  });

  for (const [language, translated, expected] of [
    ['de', ['fr', 'de'], 'de'],
    ['de', ['de-AT', 'de-DE', 'de'], 'de'],
    ['de', ['de-AT', 'de-DE'], 'de-DE'],
    ['pt', ['pt-PT', 'pt-br'], 'pt-br'],
    ['pt', ['pt-PT'], 'pt-PT'],
    ['ja', ['no tag at all', 'JA-JP'], 'JA-JP'],
  ] as [PageLanguage, string[], string][]) {
    test(`in ${expected} to who reads ${language}, of ${translated.join(', ')}`, () => {
      assert.deepEqual(typeInLanguage(definition(...translated), language), {
        id: 7,
        name: expected,
        description: `in ${expected}`,
      });
    });
  }

  test('in its own words, where no translation fits', () => {
    const own = { id: 7, name: 'Newsletter', description: 'All the news' };
    assert.deepEqual(typeInLanguage(definition('fr', 'sv'), 'de'), own);
  });
});
