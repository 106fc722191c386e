/** One contact, however the address is spelled; and what is no address. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEveryEngine } from './support/engines.ts';
import { assertRefused, change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

onEveryEngine('addresses', (engine) => {
  const server = useServer(engine);

  const spellings: readonly (readonly [name: string, written: string, shown: string, read: string])[] = [
    ['upper case', 'ADA@Example.COM', 'ada@example.com', 'ada@example.com'],
    ['%40 for the at sign', 'babbage%40example.com', 'babbage@example.com', 'babbage@example.com'],
    ['a tag, its plus sign as it is', 'ada+News@example.com', 'ada+news@example.com', 'ada%2Bnews%40example.com'],
    [
      'a slash, a question mark, a hash, a percent sign',
      'a%2Fb%3Fc%23d%25e@example.com',
      'a/b?c#d%e@example.com',
      'A%2fB%3fC%23D%25E%40example.com',
    ],
    ['white space around it', '%20eve@example.com%20', 'eve@example.com', 'eve@example.com'],
    [
      'an umlaut in the domain, and its ASCII form',
      'lies@B%C3%BCcher.example',
      'lies@bücher.example',
      'lies@xn--bcher-kva.example',
    ],
    ['letters beyond ASCII before the at sign', 'J%C3%96RG@example.com', 'jörg@example.com', 'jo%CC%88rg@example.com'],
  ];
  for (const [name, written, shown, read] of spellings) {
    test(name, async () => {
      const answer = await server().post(`${V4}/statuses/${written}`, change());
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.results[0].subscriberIdString, shown);
      const again = await server().get(`${V4}/statuses/${read}?channel=EMAIL`);
      assert.equal(again.json.results[0].status, 'SUBSCRIBED');
    });
  }

  test('the ASCII form is answered to who asks by it, in single and in batch requests', async () => {
    await server().post(statusesOf('x@münchen.example'), change());
    const inputs = ['x@xn--mnchen-3ya.example', 'X@MÜNCHEN.example'];
    const { json } = await server().post(`${V4}/statuses/batch/read?channel=EMAIL`, { inputs });
    assert.deepEqual(
      json.results.map((entry: { subscriberIdString: string; statuses: { status: string }[] }) => [
        entry.subscriberIdString,
        entry.statuses[0]?.status,
      ]),
      [
        ['x@xn--mnchen-3ya.example', 'SUBSCRIBED'],
        ['x@münchen.example', 'SUBSCRIBED'],
      ],
    );
  });

  test('254 octets are one, 255 are none', async () => {
    const domain = `${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.example`;
    const longest = `${'a'.repeat(254 - 1 - domain.length)}@${domain}`;
    assert.equal((await server().get(`${statusesOf(longest)}?channel=EMAIL`)).status, 200);
    assert.equal((await server().get(`${statusesOf(`a${longest}`)}?channel=EMAIL`)).status, 400);
  });

  test('what is no address is refused and stores nothing', async () => {
    const before = await countEvents(server().store);
    const none = [
      'ada',
      '@',
      'ada@',
      '@example.com',
      'a b@example.com',
      'a@b@example.com',
      'ada@localhost',
      '"a b"@example.com',
      'a@[127.0.0.1]',
      'a..b@example.com',
      'a@-x.example',
      ' ',
    ];
    for (const text of none) {
      const shown = JSON.stringify(text);
      const message = `"subscriberIdString" was ${shown}, which is no e-mail address. Allowed: local-part@domain, at most 254 octets, the domain with at least two labels.`;
      const expected = {
        status: 400,
        category: 'VALIDATION_ERROR',
        code: 'EMAIL_INVALID',
        in: 'subscriberIdString',
        message,
      };
      const path = statusesOf(text);
      assertRefused(await server().post(path, change()), expected);
      assertRefused(await server().get(`${path}?channel=EMAIL`), expected);
      assertRefused(await server().get(`${path}/unsubscribe-all?channel=EMAIL`), expected);
      assertRefused(await server().request('POST', `${path}/unsubscribe-all?channel=EMAIL`), expected);
    }
    assert.equal(await countEvents(server().store), before);
  });
});
