/** The one click of mail programs: RFC 8058, in every form in which it arrives. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BRAND, BRAND_NEWS, INACTIVE, MARKETING, SERVICE } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { ledgerOf, makeLinks, open, send, statesOf } from './support/links.ts';
import { RawClient } from './support/raw-client.ts';
import { useServer } from './support/server.ts';

const BODY = 'List-Unsubscribe=One-Click';
const URLENCODED = 'Content-Type: application/x-www-form-urlencoded';
/** More fields than any form has, up to the largest body there may be. */
const FIELDS = 'a=1&'.repeat(262_000);
const MULTIPART = [
  '--FormBoundaryjWmhtjORrn',
  'Content-Disposition: form-data; name="List-Unsubscribe"',
  '',
  'One-Click',
  '--FormBoundaryjWmhtjORrn--',
  '',
].join('\r\n');

/** Headers after `Host`, and the body: the requests that standards and providers print, and what programs make of them. */
const REQUESTS: readonly (readonly [name: string, headers: readonly string[], body: string])[] = [
  ['as RFC 8058 section 8.1 prints it', [URLENCODED, 'Content-Length: 26'], BODY],
  [
    'as RFC 8058 section 8.2 prints it',
    [
      'Content-Type: multipart/form-data; boundary=FormBoundaryjWmhtjORrn',
      `Content-Length: ${Buffer.byteLength(MULTIPART)}`,
    ],
    MULTIPART,
  ],
  ['as Google’s guidelines for senders print it', [URLENCODED, 'Content-Length: 26', 'User-Agent: Mozilla/5.0'], BODY],
  ['with a charset', [`${URLENCODED}; charset=UTF-8`, 'Content-Length: 26', 'Accept: */*'], BODY],
  [
    'in pieces',
    [URLENCODED, 'Transfer-Encoding: chunked'],
    `a\r\n${BODY.slice(0, 10)}\r\n10\r\n${BODY.slice(10)}\r\n0\r\n\r\n`,
  ],
  ['by a program that ends it with a line', [URLENCODED, 'Content-Length: 28'], `${BODY}\r\n`],
  ['in lower case', [URLENCODED, 'Content-Length: 26'], BODY.toLowerCase()],
  ['by fetch() across sites', ['Content-Type: text/plain;charset=UTF-8', 'Origin: null', 'Content-Length: 26'], BODY],
  ['without a content type', ['Content-Length: 26'], BODY],
  ['without a body', ['Content-Length: 0'], ''],
  ['with a form that is none', ['Content-Type: multipart/form-data', 'Content-Length: 26'], BODY],
  ['with a quarter of a million fields', [URLENCODED, `Content-Length: ${FIELDS.length}`], FIELDS],
  ['as JSON', ['Content-Type: application/json', 'Content-Length: 2'], '{}'],
  [
    'with cookies and credentials of others',
    [URLENCODED, 'Cookie: a=b', 'Authorization: Basic eA==', 'Content-Length: 26'],
    BODY,
  ],
  [
    'by what looks like a machine',
    [URLENCODED, 'User-Agent: python-requests/2.32 (scanner; bot)', 'Content-Length: 26'],
    BODY,
  ],
];

onEveryEngine('one click', (engine) => {
  const server = useServer(engine);

  describe('ends the one type, whatever it looks like:', () => {
    REQUESTS.forEach(([name, headers, body], index) => {
      test(name, async () => {
        const address = `click${index}@example.com`;
        const { unsubscribeSingleUrl } = await makeLinks(server(), address, { subscriptionId: MARKETING });
        const client = await RawClient.connect(server().url);
        client.send(
          [`POST ${new URL(unsubscribeSingleUrl).pathname} HTTP/1.1`, 'Host: x', ...headers, '', body].join('\r\n'),
        );
        assert.deepEqual(await client.answers(1), [200]);
        assert.doesNotMatch(client.received, /set-cookie|location:/i);
        client.socket.destroy();
        assert.equal((await statesOf(server(), address))[MARKETING], 'UNSUBSCRIBED');
        const [event, ...more] = await ledgerOf(server(), address);
        assert.deepEqual(more, []);
        assert.partialDeepStrictEqual(event, { to: 'UNSUBSCRIBED', appId: null, source: 'One-click unsubscribe' });
        assert.equal(event?.observed?.act, 'one-click');
        const value = (header: string) =>
          headers.find((line) => line.startsWith(`${header}: `))?.slice(header.length + 2);
        assert.equal(event?.observed?.request.contentType, value('Content-Type'));
        assert.equal(event?.observed?.request.userAgent, value('User-Agent'));
        assert.doesNotMatch(JSON.stringify(event), /a=b|eA==/);
      });
    });
  });

  test('on the link that ends everything it opts out, and repeating either is harmless', async () => {
    const links = await makeLinks(server(), 'twice@example.com', { subscriptionId: MARKETING });
    for (let time = 0; time < 3; time++) {
      for (const url of [links.unsubscribeSingleUrl, links.unsubscribeAllUrl]) {
        assert.equal((await send(url, [['List-Unsubscribe', 'One-Click']])).status, 200);
      }
    }
    assert.deepEqual(
      new Set(Object.values(await statesOf(server(), 'twice@example.com'))),
      new Set(['UNSUBSCRIBED', 'NOT_SPECIFIED']),
    );
    const told = (await ledgerOf(server(), 'twice@example.com')).map(({ type }) => type);
    assert.deepEqual(told, ['STATUS_SET', 'OPTED_OUT_OF_ALL']);
  });

  test('many at the same moment write one event', async () => {
    const { unsubscribeAllUrl } = await makeLinks(server(), 'crowd@example.com');
    const clicks = Array.from({ length: 40 }, () => send(unsubscribeAllUrl, [['List-Unsubscribe', 'One-Click']]));
    for (const { status } of await Promise.all(clicks)) assert.equal(status, 200);
    assert.equal((await ledgerOf(server(), 'crowd@example.com')).length, 1);
  });

  test('ends everything of the brand where the account has several', async () => {
    const { unsubscribeAllUrl } = await makeLinks(server(), 'brand@example.com', { businessUnitId: BRAND });
    await send(unsubscribeAllUrl, [['List-Unsubscribe', 'One-Click']]);
    assert.partialDeepStrictEqual(await statesOf(server(), 'brand@example.com'), {
      [BRAND_NEWS]: 'UNSUBSCRIBED',
      [MARKETING]: 'NOT_SPECIFIED',
    });
  });

  test('ends a type that is inactive or internal', async () => {
    for (const subscriptionId of [INACTIVE, SERVICE]) {
      const { unsubscribeSingleUrl } = await makeLinks(server(), 'old@example.com', { subscriptionId });
      assert.equal((await send(unsubscribeSingleUrl, [['List-Unsubscribe', 'One-Click']])).status, 200);
    }
    const ended = (await ledgerOf(server(), 'old@example.com')).map(
      (event) => event.type === 'STATUS_SET' && event.subscriptionId,
    );
    assert.deepEqual(ended, [INACTIVE, SERVICE]);
  });

  test('on a preference page’s link ends everything: somebody put it where programs look for one', async () => {
    const { managePreferencesUrl } = await makeLinks(server(), 'manage@example.com');
    assert.equal((await send(managePreferencesUrl, [['List-Unsubscribe', 'One-Click']])).status, 200);
    assert.equal((await ledgerOf(server(), 'manage@example.com'))[0]?.type, 'OPTED_OUT_OF_ALL');
  });

  test('on a link that does not work ends nothing, and says so by its status', async () => {
    const { unsubscribeAllUrl } = await makeLinks(server(), 'bad@example.com');
    const answer = await send(unsubscribeAllUrl.slice(0, -1), [['List-Unsubscribe', 'One-Click']]);
    assert.equal(answer.status, 404);
    assert.deepEqual(await ledgerOf(server(), 'bad@example.com'), []);
    assert.equal((await open(unsubscribeAllUrl)).status, 200);
  });
});
