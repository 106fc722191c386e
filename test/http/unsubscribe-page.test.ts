/** The page behind a link that unsubscribes: one button, and what it offers afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRAND, BRAND_NEWS, MARKETING } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { actionOf, fieldsOf, ledgerOf, makeLinks, open, send, statesOf } from './support/links.ts';
import { change, statusesOf, useServer } from './support/server.ts';

onEveryEngine('the unsubscribe page', (engine) => {
  const server = useServer(engine, { evidenceIp: 'forwarded' });

  test('names the one thing that stops, and offers nothing else before', async () => {
    const { unsubscribeSingleUrl } = await makeLinks(server(), 'a@example.com', {
      subscriptionId: BRAND_NEWS,
      language: 'de',
    });
    const page = await open(unsubscribeSingleUrl);
    assert.equal(page.status, 200);
    assert.match(page.text, /Neues von der Marke/);
    assert.equal(page.text.match(/<form/g)?.length, 1);
    assert.equal(page.text.match(/<button/g)?.length, 1);
    assert.doesNotMatch(page.text, /name="do" value="(?:save|everything|undo)"/);
  });

  test('ends it with the button, offers the preference page after, and takes it back by a link of its own', async () => {
    const address = 'b@example.com';
    await server().post(statusesOf(address), change());
    const { unsubscribeSingleUrl: url } = await makeLinks(server(), address, { subscriptionId: MARKETING });
    const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.7', referer: `${url}?secret` };
    const done = await send(url, fieldsOf(await open(url), 'unsubscribe'), headers);
    assert.equal(done.status, 200);
    assert.equal((await statesOf(server(), address))[MARKETING], 'UNSUBSCRIBED');
    const event = (await ledgerOf(server(), address)).at(-1);
    assert.partialDeepStrictEqual(event, {
      appId: null,
      source: 'Unsubscribe page',
      observed: { act: 'unsubscribe-page', request: { ipAddress: '203.0.113.7', referrer: server().url } },
    });
    const manageUrl = actionOf(done, 'undo', url);
    assert.notEqual(manageUrl, url);
    await send(url, fieldsOf(done, 'undo'));
    assert.equal(
      (await statesOf(server(), address))[MARKETING],
      'UNSUBSCRIBED',
      'the unsubscribe link itself brings nothing back',
    );
    await send(manageUrl, fieldsOf(done, 'undo'));
    assert.equal((await statesOf(server(), address))[MARKETING], 'SUBSCRIBED');
    assert.match((await open(manageUrl)).text, new RegExp(`value="${MARKETING}"`));
  });

  test('opened again once it is done, it says so', async () => {
    const { unsubscribeAllUrl: url } = await makeLinks(server(), 'c@example.com', { businessUnitId: BRAND });
    await send(url, fieldsOf(await open(url), 'unsubscribe'));
    const again = await open(url);
    assert.equal(again.status, 200);
    assert.doesNotMatch(again.text, /<form/);
    assert.equal((await ledgerOf(server(), 'c@example.com')).length, 1);
  });

  test('is in the language asked for, then the request’s, then the link’s, then the brand’s first', async () => {
    const { unsubscribeSingleUrl: url } = await makeLinks(server(), 'd@example.com', {
      subscriptionId: MARKETING,
      language: 'ja',
    });
    const languageOf = async (path: string, accepted?: string) =>
      /<html lang="([^"]*)"/.exec((await open(path, accepted ? { 'accept-language': accepted } : {})).text)![1];
    assert.equal(await languageOf(`${url}?lang=ar`, 'de'), 'ar');
    assert.equal(await languageOf(url, 'de'), 'de');
    assert.equal(await languageOf(url, 'xx, tlh;q=0.5'), 'ja');
    assert.equal(await languageOf(url), 'ja');
    const plain = await makeLinks(server(), 'd@example.com');
    assert.equal(await languageOf(plain.unsubscribeAllUrl), 'en');
    assert.match((await open(`${url}?lang=ar`)).text, /<html lang="ar" dir="rtl"/);
  });
});
