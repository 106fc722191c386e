/** The stand-in as a test suite has it: the same every time, on its own, and new after each reset. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { startOptio } from '../../src/index.ts';
import { startServer } from '../http/support/server.ts';
import { CONTROL, call, pathOf, read, startFor, states, V4, write } from './client.ts';

test('ids, token and instants are the same in every run', async (t) => {
  const run = async () => {
    const optio = await startFor(t, { now: '2026-01-01T00:00:00Z' });
    const answers = [
      await call(optio, 'GET', `${V4}/definitions`),
      await write(optio, 'ada@example.com', { legalBasisExplanation: 'Asked for it.' }),
      await call(optio, 'POST', '/optio/v1/brands', { name: 'Outdoor' }),
      await call(optio, 'POST', '/optio/v1/tokens', { name: 'CRM' }),
      await call(optio, 'GET', '/nothing'),
    ];
    const told = answers.map(({ status, headers, body }) => [status, headers.get('x-hubspot-correlation-id'), body]);
    return [optio.token, told, await optio.state()];
  };
  const first = await run();
  assert.deepEqual(await run(), first);
  assert.equal(first[0], 'pat-opt1-00000000-0000-4000-8000-000000000000');
  const [[, , definitions], , [, , brand]] = first[1] as [[0, 0, { results: { id: string }[] }], [], [0, 0, object]];
  assert.deepEqual(
    definitions.results.map(({ id }) => id),
    ['30000001', '30000002', '30000003'],
  );
  assert.partialDeepStrictEqual(brand, { id: 90000001, createdAt: '2026-01-01T00:00:00.000Z' });
});

test('a reset begins again, ids and all, on the same port', async (t) => {
  const optio = await startFor(t, { now: '2026-01-01' });
  const first = await write(optio, 'ada@example.com');
  optio.clock.advance('P1D');
  optio.setFaults([{ fail: 500, path: `${V4}/definitions` }]);
  await optio.reset();
  assert.deepEqual(await states(optio, 'ada@example.com'), ['NOT_SPECIFIED', 'NOT_SPECIFIED', 'NOT_SPECIFIED']);
  await call(optio, 'POST', `${CONTROL}/reset`);
  assert.deepEqual((await write(optio, 'ada@example.com')).body, first.body);
  assert.equal((await call(optio, 'GET', `${V4}/definitions`)).status, 200);
  assert.equal((await call(optio, 'POST', `${CONTROL}/reset`, { accounts: [{ definitions: [] }] })).status, 204);
  assert.deepEqual((await call(optio, 'GET', `${V4}/definitions`)).body.results, []);
  await optio.reset();
  assert.equal((await call(optio, 'GET', `${V4}/definitions`)).body.results.length, 3);
});

test('a request that is under way when a reset comes ends in the world in which it began', async (t) => {
  const optio = await startFor(t);
  optio.setFaults({ rules: [{ latencyMs: 200, method: 'POST' }] });
  const late = write(optio, 'ada@example.com');
  while (optio.requests().length === 0) await new Promise(setImmediate);
  await optio.reset();
  assert.deepEqual(await states(optio, 'ada@example.com'), ['NOT_SPECIFIED', 'NOT_SPECIFIED', 'NOT_SPECIFIED']);
  assert.equal((await late).status, 200);
  assert.deepEqual(await states(optio, 'ada@example.com'), ['NOT_SPECIFIED', 'NOT_SPECIFIED', 'NOT_SPECIFIED']);
});

test('resets amid requests spoil none of them', async (t) => {
  const optio = await startFor(t);
  const answers: number[] = [];
  const client = async (name: string) => {
    for (let count = 0; count < 40; count++) answers.push((await write(optio, `${name}${count}@example.com`)).status);
  };
  const resets = async () => {
    for (let count = 0; count < 20; count++) await optio.reset();
  };
  await Promise.all([client('a'), client('b'), client('c'), resets(), resets()]);
  assert.deepEqual([...new Set(answers)], [200]);
});

test('stand-ins in one process do not meet', async (t) => {
  const [one, other] = [await startFor(t, { now: '2026-01-01' }), await startFor(t)];
  await write(one, 'ada@example.com');
  other.setFaults([{ fail: 503 }]);
  assert.equal((await read(one, 'ada@example.com')).status, 200);
  assert.deepEqual((await other.state()).accounts[0]?.contacts, []);
  assert.equal(other.requests().length, 0);
});

test('it tells what it received, but not what steered it', async (t) => {
  const optio = await startFor(t);
  await write(optio, 'ada@example.com', { subscriptionId: 5 });
  await call(optio, 'GET', `${CONTROL}/clock`);
  await call(optio, 'GET', '/communication-preferences/v9?x=1');
  const expected = [
    {
      method: 'POST',
      path: pathOf('ada@example.com'),
      status: 400,
      body: { subscriptionId: 5, statusState: 'SUBSCRIBED', channel: 'EMAIL' },
    },
    { method: 'GET', path: '/communication-preferences/v9?x=1', status: 404 },
  ];
  assert.deepEqual(optio.requests(), expected);
  assert.deepEqual((await call(optio, 'GET', `${CONTROL}/requests`)).body, { results: expected });
});

test('the clock is set, moved, run and stopped, and tokens expire by it', async (t) => {
  const seed = { accounts: [{ tokens: [{ token: 'pat-of-a-day', expiresAt: '2026-01-02' }] }] };
  const optio = await startFor(t, { seed, now: '2026-01-01T12:00:00+01:00' });
  const clock = async (body: unknown) => (await call(optio, 'PUT', `${CONTROL}/clock`, body)).body;
  assert.deepEqual(await clock({}), { now: '2026-01-01T11:00:00.000Z', isRunning: false });
  assert.equal((await read(optio, 'ada@example.com')).status, 200);
  assert.deepEqual(await clock({ advance: 'PT13H' }), { now: '2026-01-02T00:00:00.000Z', isRunning: false });
  const expired = await read(optio, 'ada@example.com');
  assert.equal(expired.body.category, 'EXPIRED_AUTHENTICATION');
  assert.match(expired.body.message, / expired 0 second\(s\) ago/);
  assert.deepEqual(await clock({ now: '2026-01-01', advance: 1 }), {
    now: '2026-01-01T00:00:00.001Z',
    isRunning: false,
  });
  assert.equal((await write(optio, 'ada@example.com')).body.results[0].timestamp, '2026-01-01T00:00:00.001Z');
  assert.equal((await clock({ isRunning: true })).isRunning, true);
  assert.equal((await clock({ isRunning: false })).isRunning, false);
  optio.clock.set('2030-01-01');
  assert.deepEqual(optio.clock.now(), new Date('2030-01-01'));
  for (const [body, field] of [
    [{ now: 'tomorrow' }, 'now'],
    [{ advance: 'P1M' }, 'advance'],
    [{ advance: 'P' }, 'advance'],
    [{ advance: 9e15 }, 'advance'],
  ]) {
    const refused = await call(optio, 'PUT', `${CONTROL}/clock`, body);
    assert.deepEqual([refused.status, refused.body.errors[0].in], [400, field], refused.body.message);
  }
  assert.throws(() => optio.clock.set('noon'), /"noon" is no instant: it must be ISO 8601/);
  assert.throws(() => optio.clock.advance('P1Y'), /"P1Y" is no duration/);
});

test('rate limits go by the clock, and a reset counts anew', async (t) => {
  const optio = await startFor(t, { limits: 'app=2', now: '2026-01-01' });
  const statuses = async (count: number) => {
    const answers: number[] = [];
    for (let sent = 0; sent < count; sent++) answers.push((await read(optio, 'ada@example.com')).status);
    return answers;
  };
  assert.deepEqual(await statuses(3), [200, 200, 429]);
  optio.clock.advance('PT10S');
  assert.deepEqual(await statuses(3), [200, 200, 429]);
  await optio.reset();
  assert.deepEqual(await statuses(3), [200, 200, 429]);
});

test('it can be stopped while requests wait, and twice', async () => {
  await using optio = await startOptio({ latency: '60s' });
  const waiting: Promise<{ status: number }>[] = [];
  for (let world = 0; world < 2; world++) {
    for (let count = 0; count < 20; count++) waiting.push(read(optio, 'ada@example.com'));
    while (optio.requests().length < 20) await new Promise(setImmediate);
    if (world === 0) await optio.reset();
  }
  await optio.stop();
  for (const each of waiting) assert.equal((await each).status, 200);
});

test('a client that goes away under a latency leaves nothing behind', async (t) => {
  const optio = await startFor(t, { latency: '50ms' });
  const gone = request(`${optio.url}${pathOf('ada@example.com')}?channel=EMAIL`);
  gone.on('error', () => {});
  gone.end();
  while (optio.requests().length === 0) await new Promise(setImmediate);
  const closed = new Promise((resolve) => gone.once('close', resolve));
  gone.destroy();
  await closed;
  await optio.reset();
  assert.equal((await read(optio, 'ada@example.com')).status, 200);
});

test('options that cannot be meant are refused in words', async () => {
  const cases = [
    [{ latency: 'slow' }, /the option latency is "slow", but must be a time such as 50ms or 1\.5s, or a range/],
    [{ latency: '80ms-20ms' }, /but must be a time/],
    [{ latency: { min: 2, max: 1 } }, /"latencyMs" has a min above its max/],
    [{ fail: '429:0.9,500:0.2' }, /the option fail is .* together at most 1/],
    [{ fail: [{ fail: 418 }] }, /"rules\[0\]\.fail" was 418\. Allowed: one of 401, 403, 429, 500, 502, 503, 504, cut/],
    [{ seeds: [] }, /the option seeds is not known; startOptio knows seed, now/],
    [{ limits: 'hubspt' }, /the option limits is "hubspt", but must be off, hubspot, or a list/],
    [{ now: 'tomorrow' }, /the option now is "tomorrow", but must be an ISO 8601 instant/],
    [{ seed: '/no/such/seed.json' }, /the seed \/no\/such\/seed\.json cannot be read \(ENOENT\)/],
  ] as const;
  for (const [options, message] of cases) await assert.rejects(startOptio(options as object), { message });
});

test('a server that is no stand-in serves none of this', async (t) => {
  const server = await startServer();
  t.after(() => server.close());
  assert.equal((await server.post(`${CONTROL}/reset`)).status, 404);
  const paths = Object.keys((await server.get('/openapi.json')).json.paths);
  assert.deepEqual(
    paths.filter((path) => path.startsWith(CONTROL)),
    [],
  );
  const optio = await startFor(t);
  const described = Object.keys((await call(optio, 'GET', '/openapi.json')).body.paths);
  assert.equal(described.filter((path) => path.startsWith(CONTROL)).length, 7);
});
