/** Making links over the API, exchanging their keys, revoking them: what still opens, and what is told of the rest. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BRAND, BRAND_NEWS, MARKETING, tokenFor } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { ledgerOf, makeLinks, open, send } from './support/links.ts';
import { assertRefused, useServer, V4 } from './support/server.ts';

const GENERATE = `${V4}/links/generate?channel=EMAIL`;

onEveryEngine('making links', (engine) => {
  const server = useServer(engine);

  test('three where a type is named, two otherwise, each another one every time; nothing is stored', async () => {
    const { json } = await server().post(GENERATE, {
      subscriberIdString: 'Ada@Example.com',
      subscriptionId: MARKETING,
    });
    assert.deepEqual(Object.keys(json), [
      'subscriberIdString',
      'managePreferencesUrl',
      'unsubscribeAllUrl',
      'unsubscribeSingleUrl',
    ]);
    assert.equal(json.subscriberIdString, 'ada@example.com');
    const again = await makeLinks(server(), 'ada@example.com');
    assert.deepEqual(Object.keys(again), ['subscriberIdString', 'managePreferencesUrl', 'unsubscribeAllUrl']);
    const urls = [...Object.values(json).slice(1), ...Object.values(again).slice(1)] as string[];
    assert.equal(new Set(urls).size, 5);
    for (const url of urls) {
      assert.ok(url.startsWith(`${server().url}/l/`) && url.length < server().url.length + 120, url);
      // Not the short name too: among so many letters it turns up by chance.
      const token = url.slice(url.lastIndexOf('/') + 1);
      assert.doesNotMatch(`${token} ${Buffer.from(token, 'base64url')}`, /example/i);
    }
    assert.deepEqual(await ledgerOf(server(), 'ada@example.com'), []);
  });

  test('refuses what cannot be meant, saying what would be right', async () => {
    const refuse = async (body: unknown, path = GENERATE) => server().post(path, body);
    const invalid = { status: 400, category: 'VALIDATION_ERROR' };
    const ada = { subscriberIdString: 'ada@example.com' };
    assertRefused(await refuse({ subscriberIdString: 'nobody' }), {
      ...invalid,
      code: 'EMAIL_INVALID',
      in: 'subscriberIdString',
      message: /no e-mail address/,
    });
    assertRefused(await refuse({ ...ada, language: 'Klingon!' }), {
      ...invalid,
      code: 'FIELD_INVALID',
      in: 'language',
      message: /BCP 47/,
    });
    assertRefused(await refuse({ ...ada, subscriptionId: 5 }), {
      ...invalid,
      code: 'SUBSCRIPTION_UNKNOWN',
      in: 'subscriptionId',
      message: /5/,
    });
    assertRefused(await refuse(ada, `${GENERATE}&businessUnitId=5`), {
      ...invalid,
      code: 'BUSINESS_UNIT_UNKNOWN',
      in: 'businessUnitId',
      message: /5/,
    });
    assertRefused(await refuse({ ...ada, subscriptionId: MARKETING }, `${GENERATE}&businessUnitId=${BRAND}`), {
      ...invalid,
      code: 'BUSINESS_UNIT_UNKNOWN',
      in: 'businessUnitId',
      message: /another brand's/,
    });
    assertRefused(await refuse({}), {
      ...invalid,
      code: 'FIELD_REQUIRED',
      in: 'subscriberIdString',
      message: /subscriberIdString/,
    });
  });

  test('takes both reading and writing, or the scope for both', async () => {
    const ask = (token: string) => server().post(GENERATE, { subscriberIdString: 'ada@example.com' }, { token });
    assert.equal((await ask(tokenFor('communication_preferences.read_write'))).status, 200);
    const refused = await ask(tokenFor('communication_preferences.write'));
    assert.equal(refused.status, 403);
    assert.deepEqual(refused.json.errors[0].context.requiredGranularScopes.slice(0, 3), [
      'communication_preferences.read_write',
      'communication_preferences.read',
      'communication_preferences.write',
    ]);
  });

  test('a mailing: links and headers for each contact, and errors for the rest', async () => {
    const inputs = [
      { subscriberIdString: 'a@example.com', language: 'pt_BR' },
      { subscriberIdString: 'x' },
      { subscriberIdString: 'b@example.com' },
      { subscriberIdString: 'c@example.com', language: '??' },
    ];
    const { status, json } = await server().post('/optio/v1/links/batch', {
      subscriptionId: BRAND_NEWS,
      language: 'de',
      inputs,
    });
    assert.equal(status, 200);
    assert.deepEqual(
      json.results.map(({ subscriberIdString }: { subscriberIdString: string }) => subscriberIdString),
      ['a@example.com', 'b@example.com'],
    );
    assert.deepEqual(
      json.errors.map((error: { context: { index: string[] } }) => error.context.index),
      [['1'], ['3']],
    );
    const [{ headers, unsubscribeSingleUrl }, second] = json.results;
    assert.deepEqual(headers, {
      'List-Unsubscribe': `<${unsubscribeSingleUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Id': `<${BRAND_NEWS}.localhost>`,
    });
    assert.match((await open(unsubscribeSingleUrl)).text, /<html lang="pt"/);
    assert.match((await open(second.unsubscribeSingleUrl)).text, /Neues von der Marke/);
  });

  test('ten thousand contacts a call, and no more', async () => {
    const inputs = Array.from({ length: 10_000 }, (_, index) => ({
      subscriberIdString: `contact${index}@example.com`,
    }));
    const { status, json } = await server().post('/optio/v1/links/batch', { inputs });
    assert.equal(status, 200);
    const urls = new Set(json.results.map(({ unsubscribeAllUrl }: { unsubscribeAllUrl: string }) => unsubscribeAllUrl));
    assert.equal(urls.size, 10_000);
    const refused = await server().post('/optio/v1/links/batch', { inputs: [...inputs, inputs[0]] });
    assertRefused(refused, {
      status: 400,
      category: 'VALIDATION_ERROR',
      code: 'FIELD_INVALID',
      in: 'inputs',
      message: /10000/,
    });
  });

  describe('what does not open says nothing of anybody:', () => {
    test('every character altered in turn, on the page and by a click', async () => {
      const { unsubscribeAllUrl } = await makeLinks(server(), 'tamper@example.com');
      const at = unsubscribeAllUrl.lastIndexOf('/') + 1;
      for (let place = at; place < unsubscribeAllUrl.length; place++) {
        const other = unsubscribeAllUrl[place] === 'A' ? 'B' : 'A';
        const forged = unsubscribeAllUrl.slice(0, place) + other + unsubscribeAllUrl.slice(place + 1);
        const click = await send(forged, [['List-Unsubscribe', 'One-Click']]);
        assert.equal(click.status, 404, `character ${place - at}`);
        if (place % 10 === 0) assert.equal((await open(forged)).text, (await open(`${server().url}/l/x`)).text);
      }
      assert.deepEqual(await ledgerOf(server(), 'tamper@example.com'), []);
    });

    test('what is no link at all', async () => {
      for (const token of ['x', 'robots.txt', '%2e%2e%2fx', 'A'.repeat(5_000), '%00', '%F0%9F%92%A5', '__proto__']) {
        const { status, headers, text } = await open(`${server().url}/l/${token}`);
        assert.equal(status, 404, token);
        assert.match(headers.get('content-type')!, /text\/html/);
        assert.equal(text, (await open(`${server().url}/l/x`)).text);
      }
    });

    test('what was broken on its way', async () => {
      const { managePreferencesUrl } = await makeLinks(server(), 'broken@example.com');
      const broken = [
        `${managePreferencesUrl}/`,
        `${managePreferencesUrl}/x`,
        `${server().url}/l`,
        `${server().url}/l/%zz`,
      ];
      for (const url of [...broken, `${server().url}/l/`]) {
        for (const method of ['GET', 'POST']) {
          const response = await fetch(url, { method });
          assert.deepEqual(
            [response.status, response.headers.get('content-type')],
            [404, 'text/html; charset=utf-8'],
            url,
          );
          assert.match(await response.text(), /This link does not work/);
        }
      }
      assert.equal(
        (await open(`${server().url}/links`)).headers.get('content-type'),
        'application/json; charset=utf-8',
      );
    });

    test('a method that links do not have', async () => {
      const { managePreferencesUrl } = await makeLinks(server(), 'method@example.com');
      for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const { status, headers } = await fetch(managePreferencesUrl, { method });
        assert.equal(status, 405);
        assert.equal(headers.get('allow'), 'GET, HEAD, POST');
      }
    });
  });
});
