/**
 * A walk through every operation of HubSpot's files, in good and bad ways, on both engines. Each answer is held against
 * its file by the test server itself; this suite fails where an operation was never answered well, or never refused.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BRAND, BRAND_NEWS, INACTIVE, MARKETING, SERVICE } from '../http/support/accounts.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { type Answer, change, useServer } from '../http/support/server.ts';
import { FAMILIES, operationOf, operations, successesOf } from './hubspot-spec.ts';

/** How many requests are sent at random: most to v4, whose handlers its successors share. */
const RUNS = { v4: 400, '2026-03': 100, '2026-09': 200, '2025-09': 200, v3: 200 } as const;

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

type Request = [method: string, path: string, body: unknown];

const links = fc.record(
  {
    subscriberIdString: mostly(['ada@example.com', 'bad', '']),
    subscriptionId: mostly([MARKETING, String(SERVICE), BRAND_NEWS, INACTIVE, 999, null]),
    language: mostly(['de', 'pt_BR', 'no such', null]),
  },
  { requiredKeys: [] },
);

/** Requests of v4 and its successors. */
function statusRequests(base: string): fc.Arbitrary<Request> {
  const path = (suffix: string, query: fc.Arbitrary<string>) =>
    fc.tuple(addresses.filter(Boolean), query).map(([address, after]) => statusesOf(base, address) + suffix + after);
  return fc.oneof(
    fc.tuple(
      fc.constant('GET'),
      queries.map((query) => `${base}/definitions${query}`),
      fc.constant(undefined),
    ),
    fc.tuple(fc.constant('GET'), path('', queries), fc.constant(undefined)),
    fc.tuple(fc.constant('POST'), path('', fc.constant('')), changes),
    fc.tuple(fc.constantFrom('GET', 'POST'), path('/unsubscribe-all', queries), fc.constant(undefined)),
    fc.tuple(fc.constant('POST'), fc.constant(`${base}/statuses/batch/write`), fc.record({ inputs })),
    fc.tuple(
      fc.constant('POST'),
      queries.map((query) => `${base}/links/generate${query}`),
      links,
    ),
    fc.tuple(
      fc.constant('POST'),
      fc
        .tuple(fc.constantFrom('read', 'unsubscribe-all', 'unsubscribe-all/read'), queries)
        .map(([name, query]) => `${base}/statuses/batch/${name}${query}`),
      fc.record({
        inputs: fc.oneof(fc.array(addresses, { maxLength: 4 }), fc.array(addresses, { maxLength: 4 }), anything),
      }),
    ),
  );
}

/** Requests of v3, as its successors serve them too. */
function v3Requests(base: string): fc.Arbitrary<Request> {
  const { subscriptionId, legalBasis, legalBasisExplanation } = fields;
  const emailAddress = mostly(['ada@example.com', 'B@EXAMPLE.com', 'bad', '']);
  const body = fc.record({ emailAddress, subscriptionId, legalBasis, legalBasisExplanation }, { requiredKeys: [] });
  return fc.oneof(
    fc.tuple(
      fc.constant('GET'),
      addresses.filter(Boolean).map((address) => `${base}/status/email/${encodeURIComponent(address)}`),
      fc.constant(undefined),
    ),
    fc.tuple(
      fc.constant('POST'),
      fc.constantFrom('subscribe', 'unsubscribe', 'resubscribe').map((name) => `${base}/${name}`),
      fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: anything }),
    ),
  );
}

/** The families that serve v3's operations. */
const WITH_V3 = FAMILIES.filter((family) => operations(family).some((operation) => operation.endsWith('/subscribe')));

function requestsTo(family: (typeof FAMILIES)[number]): fc.Arbitrary<Request> {
  const base = `/communication-preferences/${family}`;
  if (family === 'v3') return v3Requests(base);
  return WITH_V3.includes(family) ? fc.oneof(statusRequests(base), v3Requests(base)) : statusRequests(base);
}

function statusesOf(base: string, address: string): string {
  return `${base}/statuses/${encodeURIComponent(address)}`;
}

onEveryEngine("HubSpot's files", (engine) => {
  const answers: Answer[] = [];
  const server = useServer(engine, { onAnswer: (answer) => answers.push(answer) });

  for (const family of FAMILIES.filter((each) => each !== 'v3')) {
    const base = `/communication-preferences/${family}`;
    const batch = `${base}/statuses/batch`;
    const ada = statusesOf(base, `Ada+${family}@example.com`);

    test(`${family}: a contact comes, goes, comes back`, async () => {
      const { get, post, request } = server();
      const states = async () => {
        const { json } = await get(`${ada}?channel=EMAIL`);
        return json.results.map(({ status }: { status: string }) => status);
      };
      assert.equal((await get(`${base}/definitions?includeTranslations=true`)).json.results.length, 5);
      assert.deepEqual(await states(), Array(4).fill('NOT_SPECIFIED'));
      await post(ada, change({ legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Signed up.' }));
      assert.deepEqual((await get(`${ada}/unsubscribe-all?channel=EMAIL`)).json.results, []);
      await request('POST', `${ada}/unsubscribe-all?channel=EMAIL&verbose=true`);
      assert.deepEqual(await states(), Array(4).fill('UNSUBSCRIBED'));
      assert.equal((await get(`${ada}/unsubscribe-all?channel=EMAIL&verbose=true`)).json.results.length, 1);
      const subscriberIdString = `ada+${family}@example.com`;
      await post(`${batch}/write`, { inputs: [change({ subscriberIdString, subscriptionId: BRAND_NEWS })] });
      assert.deepEqual(await states(), ['UNSUBSCRIBED', 'UNSUBSCRIBED', 'UNSUBSCRIBED', 'SUBSCRIBED']);
      await post(`${batch}/unsubscribe-all?channel=EMAIL&verbose=true&businessUnitId=${BRAND}`, {
        inputs: [subscriberIdString, 'x'],
      });
      const read = { inputs: [subscriberIdString, 'nobody@example.com'] };
      assert.equal((await post(`${batch}/read?channel=EMAIL`, read)).status, 200);
      const wide = await post(`${batch}/unsubscribe-all/read?channel=EMAIL`, read);
      assert.equal(wide.json.results[0].wideStatuses[0].wideStatusType, 'BUSINESS_UNIT_WIDE');
      const links = await post(`${base}/links/generate?channel=EMAIL`, { subscriberIdString });
      const { managePreferencesUrl, unsubscribeAllUrl, unsubscribeSingleUrl } = links.json;
      assert.equal(links.json.subscriberIdString, subscriberIdString);
      for (const url of [managePreferencesUrl, unsubscribeAllUrl]) assert.match(url, /^http:.*\/l\/[\w-]+$/);
      assert.equal(unsubscribeSingleUrl, undefined);
      const spoiled = { inputs: [...read.inputs, 'x'] };
      for (const name of ['read', 'unsubscribe-all/read']) {
        const answer = await post(`${batch}/${name}?channel=EMAIL`, spoiled);
        assert.deepEqual([answer.json.results.length, answer.json.numErrors], [2, 1]);
        // A family whose file has no 207 answers 200 with the errors in it.
        assert.equal(answer.status, Math.max(...successesOf(`POST ${batch}/${name}`)));
      }
    });
  }

  for (const family of WITH_V3) {
    test(`${family}: a contact comes and goes, one type at a time`, async () => {
      const base = `/communication-preferences/${family}`;
      const body = { emailAddress: `bo+${family}@example.com`, subscriptionId: String(MARKETING) };
      const { get, post } = server();
      const row = async () =>
        (await get(`${base}/status/email/bo%2B${family}%40example.com`)).json.subscriptionStatuses[0];
      assert.ok((await get(`${base}/definitions`)).json);
      for (const [name, status] of [
        ['subscribe', 'SUBSCRIBED'],
        ['unsubscribe', 'NOT_SUBSCRIBED'],
        ['resubscribe', 'SUBSCRIBED'],
      ] as const) {
        if (!operationOf('POST', `${base}/${name}`)) continue;
        assert.equal((await post(`${base}/${name}`, body)).json.status, status);
        assert.equal((await row()).status, status);
        assert.equal((await post(`${base}/${name}`, {})).status, 400);
      }
      assert.equal((await get(`${base}/status/email/nobody`)).status, 400);
    });
  }

  test('every operation refuses what it cannot make sense of', async () => {
    for (const operation of FAMILIES.flatMap(operations)) {
      const [method, template] = operation.split(' ') as [string, string];
      // v3's definitions can be asked for in one way only.
      if (template.endsWith('/v3/definitions')) continue;
      const path = `${template.replace(/\{\w+\}/, 'nobody')}?channel=EMAIL&businessUnitId=none`;
      const { status } = await server().request(method, path, method === 'POST' ? { body: {} } : {});
      assert.equal(status, 400, operation);
    }
  });

  for (const family of FAMILIES) {
    test(`${family}: requests at random: every answer keeps to the file, none is a bug`, async () => {
      const each = fc.asyncProperty(requestsTo(family), async ([method, url, body]) => {
        const answer = await server().request(method, url, body === undefined ? {} : { body });
        assert.ok(answer.status < 500, answer.text);
      });
      await fc.assert(each, { numRuns: RUNS[family], seed: Date.now() % 2 ** 31 });
    });
  }

  test('every operation was answered well, with every status code that its file names', () => {
    const seen = new Set(answers.map(({ method, path, status }) => `${operationOf(method, path)} ${status}`));
    for (const operation of FAMILIES.flatMap(operations)) {
      for (const status of successesOf(operation)) {
        assert.ok(seen.has(`${operation} ${status}`), `${operation} was never answered with ${status}`);
      }
    }
  });
});
