/** A brand's look through the management API. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { PAGE_LANGUAGES, PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { type Answer, endOfSuite, makeFolder, OptioServer } from '../support/optio-process.ts';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>';

describe("A brand's look", () => {
  let server: OptioServer;
  const suite = endOfSuite();
  before(async () => {
    const cwd = await makeFolder(suite);
    server = await OptioServer.start(suite, { cwd, args: ['--database-url', 'sqlite::memory:'] });
  });

  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    server.request(method, `/optio/v1/${path}`, { body });
  const patch = (look: unknown, brand = 0) => call('PATCH', `brands/${brand}`, { look });

  test('is plain at first, and shown whole', async () => {
    const { body } = await call('GET', 'brands/0');
    assert.deepEqual(Object.keys(body), ['id', 'name', 'look', 'createdAt', 'updatedAt']);
    assert.deepEqual(Object.keys(body.look), Object.keys(PLAIN_LOOK));
    assert.deepEqual(body.look, PLAIN_LOOK);
    assert.deepEqual((await call('GET', 'brands')).body.results, [body]);
    assert.deepEqual((await call('POST', 'brands', { name: 'Plain', id: 11 })).body.look, PLAIN_LOOK);
  });

  test('comes with a new brand, and is changed trait by trait and text by text', async () => {
    const base64 = Buffer.from(SVG).toString('base64');
    const look = {
      accentColor: '#1F6FEB',
      logo: { base64 },
      languages: ['de', 'en'],
      texts: { de: { name: 'Draußen', imprint: 'Acme GmbH\r\nBerlin' }, fr: { footer: 'À bientôt' } },
      footerLinks: [{ label: 'Privacy', url: 'https://example.com/privacy' }],
      unsubscribeMailbox: 'leave@example.com',
      listDomain: 'News.Example.com',
    };
    const created = await call('POST', 'brands', { name: 'Outdoor', id: 12, look });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    const kept = {
      ...PLAIN_LOOK,
      ...look,
      accentColor: '#1f6feb',
      logo: { mediaType: 'image/svg+xml', base64 },
      texts: { ...look.texts, de: { name: 'Draußen', imprint: 'Acme GmbH\nBerlin' } },
      listDomain: 'news.example.com',
    };
    assert.deepEqual(created.body.look, kept);
    assert.deepEqual((await call('GET', 'brands/12')).body, created.body);

    const texts = { de: { imprint: null, consent: 'Ja, gern.' }, fr: null, ja: { name: '外' } };
    const changed = await patch({ bannerColor: '#000000', logo: null, languages: null, texts }, 12);
    assert.equal(changed.status, 200);
    assert.deepEqual(changed.body.look, {
      ...kept,
      bannerColor: '#000000',
      logo: null,
      languages: PAGE_LANGUAGES,
      texts: { de: { name: 'Draußen', consent: 'Ja, gern.' }, ja: { name: '外' } },
    });
    assert.equal(changed.body.name, 'Outdoor');
    assert.ok(changed.body.updatedAt > created.body.updatedAt);

    const asAnswered = await patch(changed.body.look, 12);
    assert.deepEqual(asAnswered.body, changed.body);
    assert.deepEqual((await call('PATCH', 'brands/12', { name: 'Outdoors' })).body.look, changed.body.look);
  });

  test('is refused with the name of the field, and nothing of the change is kept', async () => {
    const { body: as } = await call('GET', 'brands/0');
    const base64 = Buffer.from(SVG).toString('base64');
    const scripted = Buffer.from(SVG.replace('<path', '<script/><path')).toString('base64');
    const link = { label: 'x', url: 'https://example.com' };
    const wrong: [unknown, string, RegExp, string?][] = [
      [null, 'look', /"look" was null\. Allowed: a JSON object/],
      ['red', 'look', /"look" was "red"/],
      [{ acentColor: '#000000' }, 'look.acentColor', /is not known\. Allowed there: accentColor, bannerColor, /],
      [
        { accentColor: 'red' },
        'look.accentColor',
        /"look\.accentColor" must be a colour as #rrggbb, such as #1f6feb\./,
      ],
      [{ accentColor: 5 }, 'look.accentColor', /was 5\. Allowed: text/],
      [{ logo: 'x' }, 'look.logo', /was "x"\. Allowed: a JSON object with "base64"/],
      [{ logo: {} }, 'look.logo.base64', /Missing: the field "look\.logo\.base64"/, 'FIELD_REQUIRED'],
      [{ logo: { base64: scripted } }, 'look.logo', /must have no scripts .* and this SVG has <script/],
      [
        { logo: { base64, mediaType: 'image/png' } },
        'look.logo.mediaType',
        /must be image\/svg\+xml, which the file is/,
      ],
      [{ languages: [] }, 'look.languages', /held 0 entries\. Allowed: an array of at least 1 entry/],
      [{ languages: ['de', 'tlh'] }, 'look.languages[1]', /was "tlh"\. Allowed: one of en, de, /],
      [{ languages: ['de', 'de'] }, 'look.languages', /each language once/],
      [{ texts: { tlh: {} } }, 'look.texts.tlh', /is not known\. Allowed there: en, de, /],
      [{ texts: { de: { name: '' } } }, 'look.texts.de.name', /must not be empty/],
      [{ texts: { de: { footer: 'x'.repeat(4_001) } } }, 'look.texts.de.footer', /was 4001 characters long: .* 4000/],
      [{ footerLinks: [link, { ...link, url: 'javascript:x' }] }, 'look.footerLinks[1].url', /must be an https: URL/],
      [
        { footerLinks: Array(9).fill(link) },
        'look.footerLinks',
        /held 9 entries\. Allowed: an array of 0 to 8 entries/,
      ],
      [{ unsubscribeMailbox: 'x' }, 'look.unsubscribeMailbox', /must be an e-mail address/],
      [{ listDomain: 'x' }, 'look.listDomain', /must be a domain name/],
    ];
    for (const [look, field, says, code = 'FIELD_INVALID'] of wrong) {
      const known = look && typeof look === 'object' ? { bannerColor: '#123456', ...look } : look;
      const refused = await call('PATCH', 'brands/0', { name: 'Renamed', look: known });
      assert.equal(refused.status, 400, JSON.stringify(refused.body));
      assert.deepEqual([refused.body.errors[0].code, refused.body.errors[0].in], [code, field], refused.body.message);
      assert.match(refused.body.message, says);
      assert.equal((await call('POST', 'brands', { name: 'x', look })).status, 400);
    }
    assert.deepEqual((await call('GET', 'brands/0')).body, as);
  });

  test('takes all that it may hold at once', async () => {
    const words = Object.fromEntries(
      ['introduction', 'consent', 'footer', 'imprint'].map((word) => [word, '字'.repeat(4_000)]),
    );
    const texts = Object.fromEntries(PAGE_LANGUAGES.map((language) => [language, words]));
    const { status, body } = await patch({ texts });
    assert.equal(status, 200, body.message);
    assert.deepEqual(body.look.texts, texts);
    assert.deepEqual((await patch({ texts: null })).body.look, PLAIN_LOOK);
  });

  test('is changed by many at once, and no change is lost', async () => {
    const answers = await Promise.all(
      PAGE_LANGUAGES.map((language) => patch({ texts: { [language]: { name: language } } })),
    );
    for (const { status } of answers) assert.equal(status, 200);
    const { body } = await call('GET', 'brands/0');
    assert.deepEqual(body.look.texts, Object.fromEntries(PAGE_LANGUAGES.map((each) => [each, { name: each }])));
  });

  test('is what pages show and headers say at once', async () => {
    const look = {
      accentColor: '#0b6e4f',
      languages: ['de', 'en'],
      texts: { de: { name: 'Draußen', imprint: 'Acme & Söhne <Berlin>' } },
      footerLinks: [{ label: 'Privacy', url: 'https://example.com/privacy' }],
      unsubscribeMailbox: 'leave@bücher.example',
      listDomain: 'news.example.com',
    };
    await call('POST', 'brands', { name: 'Outdoor', id: 21, look });
    const inputs = [{ subscriberIdString: 'ada@example.com' }];
    const { body } = await call('POST', 'links/batch', { businessUnitId: 21, inputs });
    const [{ managePreferencesUrl, headers }] = body.results;
    assert.match(headers['List-Unsubscribe'], /<mailto:leave@xn--bcher-kva\.example\?subject=/);
    assert.equal(headers['List-Id'], '<brand-21.news.example.com>');
    const page = await fetch(new URL(new URL(managePreferencesUrl).pathname, server.url));
    assert.equal(page.status, 200);
    const html = await page.text();
    assert.match(html, /<html lang="de"/);
    for (const shown of [
      'Draußen',
      'Acme &amp; Söhne &lt;Berlin&gt;',
      'href="https://example.com/privacy"',
      '#0b6e4f',
    ]) {
      assert.ok(html.includes(shown), shown);
    }
    await patch({ languages: ['en'], texts: { en: { name: 'Outside' } } }, 21);
    assert.match(await (await fetch(page.url)).text(), /<html lang="en"[\s\S]*Outside/);
  });

  test('is described in /openapi.json', async () => {
    const { schemas } = (await server.request('GET', '/openapi.json')).body.components;
    assert.equal(schemas.Brand.properties.look.$ref, '#/components/schemas/BrandLook');
    assert.equal(schemas.BrandPatch.properties.look.$ref, '#/components/schemas/BrandLookInput');
    assert.deepEqual(Object.keys(schemas.BrandLook.properties), Object.keys(PLAIN_LOOK));
    assert.deepEqual(Object.keys(schemas.BrandLookInput.properties), Object.keys(PLAIN_LOOK));
    assert.deepEqual(Object.keys(schemas.BrandLook.properties.texts.properties), PAGE_LANGUAGES);
  });
});
