/** Rate limits as clients see them, by a clock that the tests set. */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { makeFolder, OptioServer } from '../support/optio-process.ts';
import { BRAND, EXPIRED_TOKEN, SECOND_TOKEN, tokenFor } from './support/accounts.ts';
import { SQLITE } from './support/engines.ts';
import { type Answer, assertRefused, change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

const NOON = Date.parse('2026-03-04T12:00:00.000Z');
const DAY_MS = 86_400_000;
const ADA = statusesOf('ada@example.com');
const READ = `${ADA}?channel=EMAIL`;
const V3_READ = '/communication-preferences/v3/status/email/ada%40example.com';
const DAILY = ['x-hubspot-ratelimit-daily', 'x-hubspot-ratelimit-daily-remaining'];
const ROLLING = [
  'x-hubspot-ratelimit-max',
  'x-hubspot-ratelimit-remaining',
  'x-hubspot-ratelimit-interval-milliseconds',
];

/** The rate headers of an answer; null for each that is not there. */
function ratesOf({ headers }: Answer, names = [...ROLLING, ...DAILY]): (string | null)[] {
  return names.map((name) => headers.get(name));
}

function assertLimited(answer: Answer, policyName: 'TEN_SECONDLY_ROLLING' | 'DAILY', retryAfter: number): void {
  const message = `You have reached your ${policyName.toLowerCase()} limit.`;
  assertRefused(answer, { status: 429, category: 'RATE_LIMITS', code: 'RATE_LIMITED', message });
  assert.equal(answer.headers.get('retry-after'), String(retryAfter));
  const { correlationId, errors } = answer.json;
  const told = { errorType: 'RATE_LIMIT', correlationId, policyName, requestId: correlationId };
  assert.equal(
    answer.text,
    JSON.stringify({ status: 'error', message, ...told, category: 'RATE_LIMITS', errors }),
    "HubSpot's fields, in its order",
  );
}

describe('both limits', () => {
  let now = NOON;
  const server = useServer(SQLITE, { clock: () => now, rateLimits: { app: 3, accountDaily: 8 } });
  // Each test has a day of its own.
  beforeEach(() => {
    now += DAY_MS;
    now -= now % DAY_MS;
    now += DAY_MS / 2;
  });

  test('every answer says what is left, and one too many is told when to come back', async () => {
    assert.deepEqual(ratesOf(await server().get(READ)), ['3', '2', '10000', '8', '7']);
    now += 4_000;
    assert.deepEqual(ratesOf(await server().post(ADA, change())), ['3', '1', '10000', '8', '6']);
    now += 1_500;
    assert.deepEqual(ratesOf(await server().get(V3_READ)), ['3', '0', '10000', '8', '5']);
    const refused = await server().get(READ);
    assertLimited(refused, 'TEN_SECONDLY_ROLLING', 5);
    assert.deepEqual(ratesOf(refused), ['3', '0', '10000', '8', '5'], 'a refusal counts for nothing');
    assert.equal(
      refused.json.errors[0].message,
      'Allowed: 3 requests of an app in ten seconds. Nothing was changed; send it again after Retry-After seconds.',
    );
  });

  test('the window rolls: each request makes room ten seconds after it was sent, and not a moment sooner', async () => {
    for (const wait of [0, 3_000, 3_000]) {
      now += wait;
      assert.equal((await server().get(READ)).status, 200);
    }
    now += 3_999;
    assertLimited(await server().get(READ), 'TEN_SECONDLY_ROLLING', 1);
    now += 1;
    assert.deepEqual(ratesOf(await server().get(READ), ROLLING), ['3', '0', '10000']);
    assertLimited(await server().get(READ), 'TEN_SECONDLY_ROLLING', 3);
    now += 10_000;
    assert.deepEqual(ratesOf(await server().get(READ), ROLLING), ['3', '2', '10000']);
  });

  test('the day ends at midnight UTC; until then, that is the limit which is told', async () => {
    for (let count = 0; count < 8; count++) {
      assert.equal((await server().get(READ)).status, 200);
      now += 4_000;
    }
    const midnight = now - (now % DAY_MS) + DAY_MS;
    assertLimited(await server().get(READ), 'DAILY', Math.ceil((midnight - now) / 1_000));
    now = midnight - 1;
    const last = await server().get(READ);
    assertLimited(last, 'DAILY', 1);
    assert.deepEqual(ratesOf(last), ['3', '3', '10000', '8', '0'], 'nor does it count for the other limit');
    now = midnight;
    assert.deepEqual(ratesOf(await server().get(READ), DAILY), ['8', '7']);
  });

  test('a refused write changes nothing; its body is not even read', async () => {
    for (let count = 0; count < 3; count++) await server().get(READ);
    const before = await countEvents(server().store);
    assertLimited(await server().post(statusesOf('new@example.com'), change()), 'TEN_SECONDLY_ROLLING', 10);
    assertLimited(await server().post(ADA, '{ no JSON'), 'TEN_SECONDLY_ROLLING', 10);
    assert.equal(await countEvents(server().store), before);
  });

  test('who is let in and then refused for something else has used one up, and is told', async () => {
    const invalid = await server().post(ADA, change({ statusState: 'MAYBE' }));
    assert.deepEqual([invalid.status, ...ratesOf(invalid, ROLLING)], [400, '3', '2', '10000']);
    const broken = await server().post(ADA, '{ no JSON');
    assert.deepEqual([broken.status, ...ratesOf(broken, ROLLING)], [400, '3', '1', '10000']);
    const unscoped = await server().get(READ, { token: tokenFor('optio.admin') });
    assert.deepEqual([unscoped.status, ...ratesOf(unscoped, ROLLING)], [403, '3', '0', '10000']);
  });

  test('HEAD counts as GET does', async () => {
    const head = await server().request('HEAD', READ);
    assert.deepEqual([head.status, ...ratesOf(head, ROLLING)], [200, '3', '2', '10000']);
  });

  test('who is not known, or asks for what is not there, uses up nothing', async () => {
    const nobody = [null, null, null, null, null];
    assert.deepEqual(ratesOf(await server().get(READ, { token: null })), nobody);
    assert.deepEqual(ratesOf(await server().get(READ, { token: 'pat-eu1-unknown' })), nobody);
    assert.deepEqual(ratesOf(await server().get(READ, { token: EXPIRED_TOKEN })), nobody);
    assert.deepEqual(ratesOf(await server().get(`${V4}/nothing`)), nobody);
    assert.deepEqual(ratesOf(await server().request('DELETE', ADA)), nobody);
    assert.deepEqual(ratesOf(await server().get(READ), ROLLING), ['3', '2', '10000']);
  });

  test('all tokens of an app share its limit, and other accounts have their own', async () => {
    const read = { token: tokenFor('communication_preferences.read') };
    const definitions = `${V4}/definitions`;
    assert.deepEqual(ratesOf(await server().get(definitions), ROLLING), ['3', '2', '10000']);
    assert.deepEqual(ratesOf(await server().get(definitions, read), ROLLING), ['3', '1', '10000']);
    assert.deepEqual(ratesOf(await server().get(definitions, { token: SECOND_TOKEN })), ['3', '2', '10000', '8', '7']);
    assert.deepEqual(ratesOf(await server().get(definitions)), ['3', '0', '10000', '8', '5']);
  });

  test('the apps of an account share its day, and have a window each', async () => {
    const { json: app } = await server().post('/optio/v1/apps', { name: 'Another' });
    const { json: issued } = await server().post('/optio/v1/tokens', { name: 'Its token', appId: app.id });
    const other = { token: issued.token };
    assert.deepEqual(ratesOf(await server().get(READ)), ['3', '2', '10000', '8', '7']);
    assert.deepEqual(ratesOf(await server().get(READ, other)), ['3', '2', '10000', '8', '6']);
    for (let count = 0; count < 2; count++) await server().get(READ);
    assertLimited(await server().get(READ), 'TEN_SECONDLY_ROLLING', 10);
    assert.deepEqual(ratesOf(await server().get(READ, other)), ['3', '1', '10000', '8', '3']);
  });

  test('managing, health and the like are not limited', async () => {
    for (let count = 0; count < 3; count++) await server().get(READ);
    for (const path of ['/optio/v1/account', `/optio/v1/brands/${BRAND}`, '/health/live', '/openapi.json', '/']) {
      const answer = await server().get(path);
      assert.equal(answer.status, 200, path);
      assert.deepEqual(ratesOf(answer), [null, null, null, null, null], path);
    }
  });

  test('a clock that is set back locks nobody out', async () => {
    for (let count = 0; count < 3; count++) await server().get(READ);
    now -= 7 * DAY_MS;
    assert.deepEqual(ratesOf(await server().get(READ)), ['3', '2', '10000', '8', '7']);
    now += 7 * DAY_MS;
  });
});

describe('one of the limits', () => {
  const rolling = useServer(SQLITE, { rateLimits: { app: 100, accountDaily: null } });
  const daily = useServer(SQLITE, { rateLimits: { app: null, accountDaily: 1 } });

  test('brings only its own headers', async () => {
    assert.deepEqual(ratesOf(await rolling().get(READ)), ['100', '99', '10000', null, null]);
    assert.deepEqual(ratesOf(await daily().get(READ)), [null, null, null, '1', '0']);
    const refused = await daily().get(READ);
    assert.equal(refused.json.policyName, 'DAILY');
    assert.deepEqual(ratesOf(refused), [null, null, null, '1', '0']);
  });

  test('many at once: as many as allowed get through, whoever they are', async () => {
    const answers = await Promise.all(Array.from({ length: 150 }, () => rolling().get(`${V4}/definitions`)));
    const passed = answers.filter(({ status }) => status === 200).length;
    assert.equal(passed, 99);
    assert.ok(answers.every(({ status }) => status === 200 || status === 429));
  });
});

test('off unless asked for, by flag or by environment', async (t) => {
  const cwd = await makeFolder(t);
  const read = '/communication-preferences/v4/definitions';
  const plain = await OptioServer.start(t, { cwd });
  const { token } = plain;
  assert.equal((await plain.request('GET', read)).headers.get('x-hubspot-ratelimit-max'), null);
  await plain.stop();
  const likeHubSpot = await OptioServer.start(t, { cwd, args: ['--limits', 'hubspot'] });
  const { headers } = await likeHubSpot.request('GET', read, { token });
  const shown = [...ROLLING, ...DAILY].map((name) => headers.get(name));
  assert.deepEqual(shown, ['100', '99', '10000', '250000', '249999']);
  await likeHubSpot.stop();
  const strict = await OptioServer.start(t, { cwd, env: { OPTIO_LIMITS: 'app=1' } });
  assert.equal((await strict.request('GET', read, { token })).status, 200);
  const { status, body } = await strict.request('GET', read, { token });
  assert.deepEqual([status, body.policyName], [429, 'TEN_SECONDLY_ROLLING']);
});
