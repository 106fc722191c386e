/**
 * A walk through every operation of HubSpot's file, in good and bad ways, on both engines. Each answer is held against
 * the file by the test server itself; this suite fails where an operation was never answered well, or never refused.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BRAND, BRAND_NEWS, INACTIVE, MARKETING, SERVICE } from '../http/support/accounts.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { type Answer, change, statusesOf, useServer, V4 } from '../http/support/server.ts';
import { operationOf, operations } from './hubspot-spec.ts';

/** Comes with a later issue; until then it is absent, not faked. */
const NOT_YET = `POST ${V4}/links/generate`;

const addresses = fc.constantFrom(
  'ada@example.com',
  'B@EXAMPLE.com',
  'c+tag@bücher.example',
  'not an address',
  '',
  '\u0000',
);
const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('EMAIL', 'SUBSCRIBED', 'NON_GDPR', MARKETING));
const mostly = (values: readonly unknown[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: anything });
const fields = {
  subscriptionId: mostly([MARKETING, String(SERVICE), BRAND_NEWS, INACTIVE, 999]),
  statusState: mostly(['SUBSCRIBED', 'UNSUBSCRIBED', 'NOT_SPECIFIED']),
  channel: mostly(['EMAIL']),
  legalBasis: mostly([null, 'NON_GDPR', 'CONSENT_WITH_NOTICE']),
  legalBasisExplanation: mostly([null, 'because', '😀', 'x'.repeat(4_097)]),
};
const changes = fc.record(fields, { requiredKeys: ['subscriptionId', 'statusState'] });
const inputs = fc.array(fc.record({ ...fields, subscriberIdString: mostly(['ada@example.com', 'bad']) }), {
  maxLength: 4,
});
const queries = fc.constantFrom(
  '?channel=EMAIL',
  '?channel=EMAIL',
  '?channel=EMAIL&verbose=true',
  `?channel=EMAIL&businessUnitId=${BRAND}`,
  '?channel=EMAIL&businessUnitId=5',
  '?channel=SMS',
  '?channel=EMAIL&channel=EMAIL',
  '',
);

const requests = fc.oneof(
  fc.tuple(
    fc.constant('GET'),
    queries.map((query) => `${V4}/definitions${query}`),
    fc.constant(undefined),
  ),
  fc.tuple(fc.constant('GET'), path('', queries), fc.constant(undefined)),
  fc.tuple(fc.constant('POST'), path('', fc.constant('')), changes),
  fc.tuple(fc.constantFrom('GET', 'POST'), path('/unsubscribe-all', queries), fc.constant(undefined)),
  fc.tuple(fc.constant('POST'), fc.constant(`${V4}/statuses/batch/write`), fc.record({ inputs })),
  fc.tuple(
    fc.constant('POST'),
    fc
      .tuple(fc.constantFrom('read', 'unsubscribe-all', 'unsubscribe-all/read'), queries)
      .map(([name, query]) => `${V4}/statuses/batch/${name}${query}`),
    fc.record({
      inputs: fc.oneof(fc.array(addresses, { maxLength: 4 }), fc.array(addresses, { maxLength: 4 }), anything),
    }),
  ),
);

function path(suffix: string, query: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(addresses.filter(Boolean), query).map(([address, after]) => statusesOf(address) + suffix + after);
}

onEveryEngine("HubSpot's file", (engine) => {
  const answers: Answer[] = [];
  const server = useServer(engine, { onAnswer: (answer) => answers.push(answer) });
  const ada = statusesOf('Ada@example.com');
  const batch = `${V4}/statuses/batch`;

  test('a contact comes, goes, comes back', async () => {
    const { get, post, request } = server();
    const states = async () => {
      const { json } = await get(`${ada}?channel=EMAIL`);
      return json.results.map(({ status }: { status: string }) => status);
    };
    assert.equal((await get(`${V4}/definitions?includeTranslations=true`)).json.results.length, 5);
    assert.deepEqual(await states(), Array(4).fill('NOT_SPECIFIED'));
    await post(ada, change({ legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Signed up.' }));
    assert.deepEqual((await get(`${ada}/unsubscribe-all?channel=EMAIL`)).json.results, []);
    await request('POST', `${ada}/unsubscribe-all?channel=EMAIL&verbose=true`);
    assert.deepEqual(await states(), Array(4).fill('UNSUBSCRIBED'));
    assert.equal((await get(`${ada}/unsubscribe-all?channel=EMAIL&verbose=true`)).json.results.length, 1);
    await post(`${batch}/write`, {
      inputs: [change({ subscriberIdString: 'ada@example.com', subscriptionId: BRAND_NEWS })],
    });
    assert.deepEqual(await states(), ['UNSUBSCRIBED', 'UNSUBSCRIBED', 'UNSUBSCRIBED', 'SUBSCRIBED']);
    await post(`${batch}/unsubscribe-all?channel=EMAIL&verbose=true&businessUnitId=${BRAND}`, {
      inputs: ['ada@example.com', 'x'],
    });
    const read = { inputs: ['ada@example.com', 'nobody@example.com'] };
    assert.equal((await post(`${batch}/read?channel=EMAIL`, read)).status, 200);
    const wide = await post(`${batch}/unsubscribe-all/read?channel=EMAIL`, read);
    assert.equal(wide.json.results[0].wideStatuses[0].wideStatusType, 'BUSINESS_UNIT_WIDE');
    const spoiled = { inputs: [...read.inputs, 'x'] };
    assert.equal((await post(`${batch}/read?channel=EMAIL`, spoiled)).status, 207);
    assert.equal((await post(`${batch}/unsubscribe-all/read?channel=EMAIL`, spoiled)).status, 207);
  });

  test('requests at random: every answer keeps to the file, none is a bug', async () => {
    const each = fc.asyncProperty(requests, async ([method, url, body]) => {
      const answer = await server().request(method, url, body === undefined ? {} : { body });
      assert.ok(answer.status < 500, answer.text);
    });
    await fc.assert(each, { numRuns: 600, seed: Date.now() % 2 ** 31 });
  });

  test('links are not there yet, and say so', async () => {
    const answer = await server().post(`${V4}/links/generate?channel=EMAIL`, { subscriberIdString: 'ada@example.com' });
    assert.deepEqual([answer.status, answer.json.category], [404, 'OBJECT_NOT_FOUND']);
  });

  test('every operation was answered well and refused, with every status code that the file names', () => {
    const seen = new Set(answers.map(({ method, path, status }) => `${operationOf(method, path)} ${status}`));
    for (const operation of operations()) {
      if (operation === NOT_YET) continue;
      assert.ok(seen.has(`${operation} 200`), `${operation} was never answered with 200`);
      assert.ok(seen.has(`${operation} 400`), `${operation} was never answered with 400`);
    }
    for (const name of ['read', 'unsubscribe-all/read']) assert.ok(seen.has(`POST ${batch}/${name} 207`));
  });
});
