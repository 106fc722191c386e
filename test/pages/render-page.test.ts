/** What every page is, without looking at it: whole, small, shut to markup of others, and honest in its forms. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { type BrandLook, MAX_LOGO_OCTETS, PAGE_LANGUAGES } from '../../src/domain/brand-look.ts';
import { consentOf, neutralFrame, renderPage } from '../../src/pages/pages.ts';
import type { Frame, View } from '../../src/pages/views.ts';
import { pagesIn } from './every-page.ts';
import { all, attribute, first, parsePage, textOf } from './parsed-page.ts';
import { BRAND_LOOK, frameIn, viewsIn } from './samples.ts';

const MAX_PAGE_OCTETS = 30 * 1_024;

function render(view: View, frame: Frame = frameIn('en')) {
  const { html, policy } = renderPage(frame, view);
  return { html, policy, page: parsePage(html) };
}

/** Name and value of each field that a form sends as it is, without what a person chooses. */
function hiddenFields(view: View, formClass: string): [string, string][] {
  const form = first(render(view).page, 'form', (element) => attribute(element, 'class') === formClass);
  return all(form, 'input')
    .filter((input) => attribute(input, 'type') === 'hidden')
    .map((input) => [attribute(input, 'name')!, attribute(input, 'value')!]);
}

const english = viewsIn('en');

for (const language of PAGE_LANGUAGES) {
  describe(`Each page in ${language}`, () => {
    const logo = { mediaType: 'image/png', base64: Buffer.alloc(MAX_LOGO_OCTETS, 1).toString('base64') } as const;
    for (const { name, frame, view } of pagesIn(language, { ...BRAND_LOOK, logo })) {
      test(name, () => {
        const { html, policy, page } = render(view, frame);
        assert.ok(Buffer.byteLength(html) < MAX_PAGE_OCTETS, `${Buffer.byteLength(html)} octets`);
        const root = first(page, 'html');
        assert.equal(attribute(root, 'lang'), language);
        assert.equal(attribute(root, 'dir'), language === 'ar' ? 'rtl' : 'ltr');
        assert.equal(all(page, 'h1').length, 1);
        assert.equal(all(page, 'main').length, 1);
        assert.ok(textOf(first(page, 'title')).includes(frame.brandName));
        for (const [wanted, value] of [
          ['robots', 'noindex,nofollow'],
          ['referrer', frame.isForOperators ? 'same-origin' : 'no-referrer'],
          ['color-scheme', 'light dark'],
        ]) {
          const meta = first(page, 'meta', (element) => attribute(element, 'name') === wanted);
          assert.equal(attribute(meta, 'content'), value);
        }
        for (const form of all(page, 'form')) {
          assert.equal(attribute(form, 'method'), 'post');
          const hidden = all(form, 'input').map((input) => attribute(input, 'name'));
          assert.deepEqual(hidden.slice(0, 2), ['lang', 'do']);
        }
        assertSelfContained(html, policy);
      });
    }
  });
}

/** Nothing is fetched, and the policy lets exactly this page's style and script through. */
function assertSelfContained(html: string, policy: string): void {
  const page = parsePage(html);
  for (const [name, directive] of [
    ['style', 'style-src'],
    ['script', 'script-src'],
  ] as const) {
    const hashes = all(page, name).map((element) => createHash('sha256').update(textOf(element)).digest('base64'));
    assert.ok(
      policy.split('; ').includes(`${directive} ${hashes.map((hash) => `'sha256-${hash}'`).join(' ')}`),
      policy,
    );
  }
  for (const element of all(page)) {
    for (const { name, value } of element.attrs) {
      assert.doesNotMatch(name, /^on|^style$|^srcset$/);
      if (name === 'src') assert.match(value, /^data:image\//);
    }
  }
  assert.doesNotMatch(html, /@import|url\(/);
}

test('The policy lets nothing else happen', () => {
  const { policy } = render(english.preferences!);
  const rest = policy.split('; ').filter((directive) => !/^(?:style|script)-src 'sha256-[\w+/]{43}='$/.test(directive));
  assert.deepEqual(rest, [
    "default-src 'none'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
});

test('A page is the same each time', () => {
  assert.deepEqual(render(english.preferences!).html, render(english.preferences!).html);
});

describe('A form says', () => {
  const consent = consentOf(frameIn('en'));

  test('what was shown and what stood by its button, to save', () => {
    assert.deepEqual(hiddenFields(english.preferences!, 'save'), [
      ['lang', 'en'],
      ['do', 'save'],
      ['consent', consent.version],
      ['shown', '501:on'],
      ['shown', '502:off'],
      ['shown', '503:off'],
      ['shown', '504:on'],
    ]);
    const { page } = render(english.preferences!);
    const switches = all(page, 'input').filter((input) => attribute(input, 'role') === 'switch');
    assert.deepEqual(
      switches.map((each) => [attribute(each, 'name'), attribute(each, 'value'), attribute(each, 'checked')]),
      [
        ['type', '501', ''],
        ['type', '502', undefined],
        ['type', '503', undefined],
        ['type', '504', ''],
      ],
    );
    assert.equal(textOf(first(page, 'p', (element) => attribute(element, 'class') === 'consent')), consent.text);
  });

  test('what it means, and what it was given', () => {
    const said = (name: string, form: string) => hiddenFields(english[name]!, form).slice(1);
    assert.deepEqual(said('preferences', 'everything'), [['do', 'everything']]);
    assert.deepEqual(said('preferences-saved', 'undo'), [
      ['do', 'undo'],
      ['undo', 'q7Rk2'],
    ]);
    assert.deepEqual(said('unsubscribe', 'unsubscribe'), [['do', 'unsubscribe']]);
    assert.deepEqual(said('confirm', 'confirm'), [
      ['do', 'confirm'],
      ['request', 'b81f'],
    ]);
    assert.deepEqual(said('sign-up', 'sign-up'), [
      ['do', 'sign-up'],
      ['consent', consent.version],
    ]);
    assert.deepEqual(said('sign-up-one', 'sign-up').at(-1), ['type', '501']);
  });

  test('nothing about wanting mail that nobody ticked', () => {
    const tickedIn = (view: View) =>
      all(render(view).page, 'input')
        .filter((input) => attribute(input, 'name') === 'type' && attribute(input, 'checked') !== undefined)
        .map((input) => attribute(input, 'value'));
    const signUp = english['sign-up'] as Extract<View, { page: 'sign-up' }>;
    assert.deepEqual(tickedIn(signUp), []);
    assert.deepEqual(tickedIn({ ...signUp, refused: { email: 'ada@', why: 'address', ticked: [502] } }), ['502']);
  });
});

describe('The text that is agreed to', () => {
  test("is the brand's own, word for word, and named by its hash", () => {
    const text = 'I want this.\n\n<b>Really</b> & truly.';
    const frame = frameIn('en', { ...BRAND_LOOK, texts: { en: { consent: text } } });
    const version = createHash('sha256').update(text).digest('hex').slice(0, 16);
    assert.deepEqual(consentOf(frame), { text, version });
  });

  test("is Optio's in other languages, with the brand's name there", () => {
    const frame = frameIn('de', { ...BRAND_LOOK, texts: { en: { consent: 'Yes' }, de: { name: 'Rösterei' } } });
    assert.match(consentOf(frame).text, /dass Rösterei mir/);
    assert.match(consentOf(frame).version, /^[0-9a-f]{16}$/);
  });
});

describe('The unsubscribe page', () => {
  test('offers its one button and no other choice', () => {
    for (const name of ['unsubscribe', 'unsubscribe-everything']) {
      const main = first(render(english[name]!).page, 'main');
      assert.equal(all(main, 'button').length, 1);
      assert.equal(all(main, 'a').length, 0);
    }
  });
});

describe('A link that does not work', () => {
  test('can be told where nobody knows whose it was', () => {
    const { page } = render(english['bad-link-expired']!, neutralFrame('fr'));
    assert.equal(textOf(first(page, 'title')), textOf(first(page, 'h1')));
    assert.equal(all(page, 'header').length, 0);
    assert.equal(all(page, 'footer').length, 0);
    assert.doesNotMatch(textOf(first(page, 'main')), /@|\{/);
  });
});

describe("A brand's look", () => {
  const rendered = (look: Partial<BrandLook>, language: Frame['language'] = 'en') =>
    render(english.preferences!, frameIn(language, { ...BRAND_LOOK, ...look })).page;

  test('leads to https: and mailto: only', () => {
    const urls = [
      'https://example.com/?a=1&b',
      'mailto:a@b.example',
      'javascript:alert(1)',
      'http://example.com',
      '//x',
    ];
    const footerLinks = urls.map((url) => ({ label: 'Link', url }));
    const links = all(first(rendered({ footerLinks }), 'footer'), 'a').map((link) => attribute(link, 'href'));
    assert.deepEqual(links, urls.slice(0, 2));
  });

  test('shows footer and imprint in another language rather than not at all, and says which', () => {
    const footer = first(
      rendered({ languages: ['de', 'en'], texts: { de: { imprint: 'Morgenrot GmbH\nHamburg' } } }),
      'footer',
    );
    const imprint = first(footer, 'p');
    assert.equal(textOf(imprint), 'Morgenrot GmbH\nHamburg');
    assert.equal(attribute(imprint, 'lang'), 'de');
  });

  test('offers its languages by their own names, and none where there is one', () => {
    const links = all(first(rendered({ languages: ['en', 'de', 'ar'] }), 'nav'), 'a');
    assert.deepEqual(
      links.map((link) => [
        attribute(link, 'href'),
        attribute(link, 'hreflang'),
        attribute(link, 'lang'),
        textOf(link),
      ]),
      [
        ['/p/zk3vTq8?lang=de', 'de', 'de', 'Deutsch'],
        ['/p/zk3vTq8?lang=ar', 'ar', 'ar', 'العربية'],
      ],
    );
    assert.equal(all(rendered({ languages: ['en'] }), 'nav').length, 0);
  });
});
