/** What may be asked of a brand's look, and what comes of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { changeLook } from '../../src/actions/change-look.ts';
import {
  BRAND_WORDS,
  type BrandLook,
  type LookChange,
  MAX_LOGO_OCTETS,
  PAGE_LANGUAGES,
  PLAIN_LOOK,
  traitsOf,
} from '../../src/domain/brand-look.ts';
import { decodeLook, encodeLook } from '../../src/storage/brand-look-document.ts';

const GIF = Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1');

function changed(change: LookChange, before: BrandLook = PLAIN_LOOK): BrandLook {
  const outcome = changeLook(before, change);
  assert.equal(outcome.kind, 'done', JSON.stringify(outcome));
  return outcome.value;
}

function assertRefused(change: unknown, field: string, says: RegExp): void {
  const outcome = changeLook(PLAIN_LOOK, change as LookChange);
  assert.ok(outcome.kind === 'refused' && outcome.refusal.code === 'invalid', JSON.stringify(change));
  assert.equal(outcome.refusal.field, field);
  assert.match(outcome.refusal.problem, says);
}

test('what is left out stays, and null resets', () => {
  const first = changed({ accentColor: '#1F6FEB', languages: ['de', 'en'], listDomain: 'News.Acme.example' });
  assert.deepEqual(first, {
    ...PLAIN_LOOK,
    accentColor: '#1f6feb',
    languages: ['de', 'en'],
    listDomain: 'news.acme.example',
  });
  const second = changed({ accentColor: null, bannerColor: '#000000', languages: null }, first);
  assert.deepEqual(second, { ...PLAIN_LOOK, bannerColor: '#000000', listDomain: 'news.acme.example' });
});

test('texts are changed one by one, and stand in the order of languages and words', () => {
  const first = changed({ texts: { fr: { imprint: 'Acme SA', name: ' Dehors ' }, de: { footer: 'Bis bald' } } });
  assert.equal(JSON.stringify(first.texts), '{"de":{"footer":"Bis bald"},"fr":{"name":"Dehors","imprint":"Acme SA"}}');
  const second = changed({ texts: { fr: { imprint: null }, de: null, en: { consent: 'Yes.\r\nPlease.\r' } } }, first);
  assert.deepEqual(second.texts, { en: { consent: 'Yes.\nPlease.' }, fr: { name: 'Dehors' } });
  assert.deepEqual(changed({ texts: { fr: { name: null }, en: {} } }, second).texts, {
    en: { consent: 'Yes.\nPlease.' },
  });
  assert.deepEqual(changed({ texts: null }, second), PLAIN_LOOK);
});

test('links and addresses are kept as they may be linked to', () => {
  const { footerLinks, unsubscribeMailbox } = changed({
    footerLinks: [
      { label: ' Privacy ', url: 'HTTPS://B\u00fccher.example/a b' },
      { label: 'Mail', url: 'mailto:ada%2Bnews@example.com?subject=Hello' },
    ],
    unsubscribeMailbox: ' Leave@B\u00fccher.example ',
  });
  assert.deepEqual(footerLinks, [
    { label: 'Privacy', url: 'https://xn--bcher-kva.example/a%20b' },
    { label: 'Mail', url: 'mailto:ada%2Bnews@example.com?subject=Hello' },
  ]);
  assert.equal(unsubscribeMailbox, 'Leave@xn--bcher-kva.example');
});

test('a logo is kept with the media type that it has', () => {
  const base64 = GIF.toString('base64');
  assert.deepEqual(changed({ logo: { base64 } }).logo, { mediaType: 'image/gif', base64 });
  assert.deepEqual(changed({ logo: { base64, mediaType: 'image/gif' } }).logo, { mediaType: 'image/gif', base64 });
  const largest = Buffer.concat([GIF, Buffer.alloc(MAX_LOGO_OCTETS - GIF.length)]);
  assert.ok(changed({ logo: { base64: largest.toString('base64') } }).logo);
});

describe('What cannot be is refused, and the field is named:', () => {
  const link = (url: string) => ({
    footerLinks: [
      { label: 'x', url: 'https://example.com' },
      { label: 'x', url },
    ],
  });
  const logo = (octets: Buffer, mediaType?: string) => ({ logo: { base64: octets.toString('base64'), mediaType } });
  const cases: [unknown, string, RegExp][] = [
    [{ accentColor: 'red' }, 'look.accentColor', /must be a colour as #rrggbb, such as #1f6feb/],
    [{ bannerColor: '#fff' }, 'look.bannerColor', /#rrggbb/],
    [{ bannerColor: '#ffffff;x:y' }, 'look.bannerColor', /#rrggbb/],
    [{ languages: [] }, 'look.languages', /must name at least one of en, de, /],
    [{ languages: ['de', 'de'] }, 'look.languages', /each language once, and de is there again/],
    [{ languages: ['de', 'DE'] }, 'look.languages[1]', /must be a language that Optio has texts in: en, de, /],
    [{ texts: { tlh: { name: 'x' } } }, 'look.texts.tlh', /must be a language that Optio has texts in/],
    [{ texts: { de: { headline: 'x' } } }, 'look.texts.de.headline', /is not known: there are name, introduction, /],
    [{ texts: { de: { name: 'Two\nlines' } } }, 'look.texts.de.name', /must have no control characters and/],
    [{ texts: { de: { name: 'x'.repeat(201) } } }, 'look.texts.de.name', /at most 200 characters, not 201/],
    [{ texts: { de: { footer: ' ' } } }, 'look.texts.de.footer', /must not be empty/],
    [{ texts: { de: { consent: '\u200b\u202e' } } }, 'look.texts.de.consent', /must not be empty/],
    [{ texts: { de: { footer: 'bell\u0007' } } }, 'look.texts.de.footer', /no control characters but line breaks/],
    [{ texts: { de: { footer: '\ud800' } } }, 'look.texts.de.footer', /no broken ones/],
    [{ texts: { ja: { consent: '字'.repeat(4_001) } } }, 'look.texts.ja.consent', /at most 4000 characters, not 4001/],
    [{ footerLinks: Array(9).fill({ label: 'x', url: 'https://x.example' }) }, 'look.footerLinks', /at most 8 links/],
    [{ footerLinks: [{ label: ' ', url: 'https://x.example' }] }, 'look.footerLinks[0].label', /must not be empty/],
    [
      { footerLinks: [{ label: 'x'.repeat(81), url: 'https://x.example' }] },
      'look.footerLinks[0].label',
      /at most 80 characters, not 81/,
    ],
    [link('http://example.com'), 'look.footerLinks[1].url', /must be an https: URL without user and password/],
    [link('javascript:alert(1)'), 'look.footerLinks[1].url', /https:/],
    [link('/privacy'), 'look.footerLinks[1].url', /https:/],
    [link('https://user@example.com'), 'look.footerLinks[1].url', /without user and password/],
    [link('https://:pw@example.com'), 'look.footerLinks[1].url', /without user and password/],
    [link('mailto:'), 'look.footerLinks[1].url', /mailto: and an address/],
    [link('mailto:%ff'), 'look.footerLinks[1].url', /mailto: and an address/],
    [link(`https://example.com/${'x'.repeat(2_000)}`), 'look.footerLinks[1].url', /at most 2000 characters/],
    [{ logo: { base64: 'R0lGODlh AQ==' } }, 'look.logo.base64', /in base64/],
    [{ logo: { base64: 'R0lGODlhAQ' } }, 'look.logo.base64', /padding/],
    [{ logo: { base64: '' } }, 'look.logo', /must be a PNG/],
    [logo(Buffer.from('Hello')), 'look.logo', /must be a PNG/],
    [logo(Buffer.alloc(MAX_LOGO_OCTETS + 1)), 'look.logo', /at most 8192 octets, not 8193/],
    [logo(GIF, 'image/png'), 'look.logo.mediaType', /must be image\/gif, which the file is, or be left out/],
    [{ unsubscribeMailbox: 'ada' }, 'look.unsubscribeMailbox', /must be an e-mail address/],
    [{ listDomain: 'localhost' }, 'look.listDomain', /must be a domain name such as/],
    [{ listDomain: 'https://example.com' }, 'look.listDomain', /must be a domain name/],
  ];
  for (const [change, field, says] of cases) {
    test(`${JSON.stringify(change).slice(0, 80)} at ${field}`, () => assertRefused(change, field, says));
  }
});

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '');
const anyChange: fc.Arbitrary<LookChange> = fc.record(
  {
    accentColor: fc.constantFrom('#ABCDEF', '#012345', null),
    bannerColor: fc.constantFrom('#FFFFFF', null),
    logo: fc.constantFrom({ base64: GIF.toString('base64') }, null),
    languages: fc.option(fc.uniqueArray(fc.constantFrom(...PAGE_LANGUAGES), { minLength: 1 })),
    texts: fc.option(
      fc.dictionary(
        fc.constantFrom(...PAGE_LANGUAGES),
        fc.option(fc.dictionary(fc.constantFrom(...BRAND_WORDS), fc.option(word))),
      ),
    ),
    footerLinks: fc.option(fc.array(fc.record({ label: word, url: fc.webUrl({ validSchemes: ['https'] }) }))),
    unsubscribeMailbox: fc.constantFrom('leave@example.com', null),
    listDomain: fc.constantFrom('Example.com', null),
  },
  { requiredKeys: [] },
);

test('any look survives being stored, and being sent as it was answered; the same change again changes nothing', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 4 }), anyChange, (earlier, last) => {
      let look = PLAIN_LOOK;
      for (const change of [...earlier, last]) {
        const outcome = changeLook(look, change);
        if (outcome.kind === 'done') look = outcome.value;
        else if (change === last) return;
      }
      const written = JSON.stringify(look);
      assert.equal(JSON.stringify(changed(last, look)), written);
      assert.equal(JSON.stringify(decodeLook(JSON.parse(encodeLook(look)))), written);
      assert.equal(JSON.stringify(changed(look as LookChange)), written);
      assert.equal(JSON.stringify(changed(traitsOf(look) as LookChange)), written);
    }),
  );
});

test('a plain look is stored as an empty object', () => {
  assert.equal(encodeLook(PLAIN_LOOK), '{}');
  assert.equal(encodeLook(changed({ languages: [...PAGE_LANGUAGES] })), '{}');
  assert.equal(encodeLook(changed({ accentColor: '#ABCDEF' })), '{"accentColor":"#abcdef"}');
});

test('what a newer version stored is passed over, and the rest is read', () => {
  const newer = {
    accentColor: '#abcdef',
    font: 'serif',
    logo: { mediaType: 'image/jxl', base64: 'AAAA' },
    languages: ['tlh', 'de'],
    texts: { tlh: { name: 'x' }, de: { name: 'Draußen', headline: 'x' } },
  };
  assert.deepEqual(decodeLook(newer as never), {
    ...PLAIN_LOOK,
    accentColor: '#abcdef',
    languages: ['de'],
    texts: { de: { name: 'Draußen' } },
  });
  assert.deepEqual(decodeLook({ languages: ['tlh'] } as never), PLAIN_LOOK);
});
