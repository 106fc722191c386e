/** No text of an app, an account or whoever signs in ever becomes markup. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PAGE_LANGUAGES } from '../../src/domain/brand-look.ts';
import type { ConsentView, OperatorView, SignedIn } from '../../src/pages/operator-views.ts';
import { operatorFrame, renderPage } from '../../src/pages/pages.ts';
import { hostile } from './hostile-strings.ts';
import { FULL_CONSENT } from './operator-samples.ts';
import { attribute, first, parsePage, skeletonOf, textOf } from './parsed-page.ts';

/** Every page, with this in the place of each word that is not Optio's own. */
function viewsSaying(text: string): OperatorView[] {
  const target = { action: text, fields: [[text, text]] } as const;
  const signedIn: SignedIn = { email: text, signOut: target };
  const consent: ConsentView = {
    ...FULL_CONSENT,
    appName: text,
    ownerName: text,
    returnHost: text,
    unknown: [text, text],
    accounts: [
      { id: 1, name: text },
      { id: 2, name: text },
    ],
    problem: { kind: 'id-taken', accountName: text },
    signedIn,
    answer: target,
  };
  const many = Array.from({ length: 11 }, (_, index) => ({ id: index + 1, name: text }));
  return [
    consent,
    { ...consent, accounts: [{ id: 1, name: text }], problem: null },
    { ...consent, accounts: many, problem: { kind: 'no-account' } },
    { page: 'sign-in', isForApp: true, email: text, problem: { kind: 'refused' }, form: target },
    { page: 'signed-in', signedIn },
    { page: 'no-account', appName: text, signedIn, answer: target },
    { page: 'going-back', appName: text, url: text },
    { page: 'oauth-problem', code: text, description: text },
    { page: 'foreign-form', url: text },
    { page: 'operator-trouble' },
  ];
}

test('Whatever texts are handed in, the elements and attributes of a page for operators stay the same', () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom(...PAGE_LANGUAGES), (text, language) => {
      const frame = operatorFrame(language, text);
      const harmless = viewsSaying('harmless').map((view) => renderPage(operatorFrame(language, './here'), view).html);
      for (const [index, view] of viewsSaying(text).entries()) {
        const page = parsePage(renderPage(frame, view).html);
        assert.equal(skeletonOf(page), skeletonOf(parsePage(harmless[index]!)), view.page);
      }
    }),
    { numRuns: 100 },
  );
});

test('Texts of apps and accounts arrive as they are', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const [consent] = viewsSaying(text);
      const page = parsePage(renderPage(operatorFrame('en', null), consent!).html);
      assert.equal(textOf(first(first(page, 'h1'), 'bdi')), text);
      assert.equal(textOf(first(page, 'label')), text);
      assert.equal(attribute(first(page, 'form'), 'action'), text);
      assert.ok(textOf(first(page, 'title')).startsWith(`${text} asks for access`));
    }),
    { numRuns: 100 },
  );
});
