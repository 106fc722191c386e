/** No text of an operator, a contact or a sender ever becomes markup. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BrandTexts, PAGE_LANGUAGES } from '../../src/domain/brand-look.ts';
import { renderPage } from '../../src/pages/pages.ts';
import type { Frame, View } from '../../src/pages/views.ts';
import { hostile } from './hostile-strings.ts';
import { all, attribute, first, parsePage, skeletonOf, textOf } from './parsed-page.ts';

/** Every page, with this in the place of each word that is not Optio's own. */
function pagesSaying(text: string, language: Frame['language']): [Frame, View][] {
  const words: BrandTexts = { name: text, introduction: text, consent: text, footer: text, imprint: text };
  const frame: Frame = {
    brandName: text,
    language,
    languagePath: text,
    look: {
      accentColor: text,
      bannerColor: text,
      logo: { mediaType: 'image/png', base64: text },
      languages: PAGE_LANGUAGES,
      texts: { [language]: words },
      footerLinks: [{ label: text, url: `https://${text}` }],
      unsubscribeMailbox: text,
      listDomain: text,
    },
  };
  const type = { id: 1, name: text, description: text, isOn: true, isUndecided: true };
  const undo = { action: text, fields: [[text, text]], consentText: text } as const;
  const views: View[] = [
    { page: 'preferences', address: text, switches: [type, type], isOptedOut: false, action: text, notice: null },
    {
      page: 'preferences',
      address: text,
      switches: [type],
      isOptedOut: true,
      action: text,
      notice: { kind: 'saved', started: [text, text], stopped: [text], undo },
    },
    { page: 'unsubscribe', address: text, what: { kind: 'type', name: text }, action: text },
    { page: 'unsubscribed', address: text, what: { kind: 'type', name: text }, manageUrl: text, undo },
    {
      page: 'confirm',
      address: text,
      brands: [
        { name: text, types: [type] },
        { name: 'Other', types: [type] },
      ],
      consentText: text,
      fields: [[text, text]],
      action: text,
    },
    { page: 'confirmed', address: text, types: [type], manageUrl: text },
    { page: 'sign-up', types: [type, type], refused: { email: text, why: 'address' }, action: text },
    { page: 'check-inbox', address: text },
    { page: 'bad-link', why: 'unknown' },
    { page: 'trouble' },
  ];
  return views.map((view) => [frame, view]);
}

test('Whatever texts are handed in, the elements and attributes of a page stay the same', () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom(...PAGE_LANGUAGES), (text, language) => {
      const harmless = pagesSaying('harmless', language).map((page) => renderPage(...page).html);
      for (const [index, [frame, view]] of pagesSaying(text, language).entries()) {
        const page = parsePage(renderPage(frame, view).html);
        assert.equal(skeletonOf(page), skeletonOf(parsePage(harmless[index]!)), view.page);
        assert.equal(textOf(first(first(page, 'header'), 'span')), text);
      }
    }),
    { numRuns: 150 },
  );
});

test('Texts arrive as they are, in words and in values', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const [frame, view] = pagesSaying(text, 'en')[0]!;
      const page = parsePage(renderPage(frame, view).html);
      assert.equal(textOf(first(page, 'label')), text);
      assert.equal(attribute(first(page, 'form'), 'action'), text);
      assert.equal(textOf(first(page, 'p', (element) => attribute(element, 'class') === 'consent')), text);
      assert.deepEqual([...new Set(all(page, 'script').length.toString())], ['1']);
    }),
    { numRuns: 150 },
  );
});
