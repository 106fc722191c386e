/** Faults on demand: what a client sees, and whether its request was carried out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Optio } from '../../src/index.ts';
import { CONTROL, call, read, startFor, states, V4, write } from './client.ts';

const NOTHING = ['NOT_SPECIFIED', 'NOT_SPECIFIED', 'NOT_SPECIFIED'];
const DONE = ['SUBSCRIBED', 'NOT_SPECIFIED', 'NOT_SPECIFIED'];

test('a rate limit as HubSpot has it, once', async (t) => {
  const optio = await startFor(t);
  optio.setFaults([{ fail: 429, times: 1, retryAfter: 7 }]);
  const { status, headers, body } = await write(optio, 'ada@example.com');
  assert.equal(status, 429);
  assert.equal(headers.get('retry-after'), '7');
  assert.equal(headers.get('x-hubspot-correlation-id'), body.correlationId);
  assert.partialDeepStrictEqual(body, {
    status: 'error',
    message: 'You have reached your ten_secondly_rolling limit.',
    category: 'RATE_LIMITS',
    errorType: 'RATE_LIMIT',
    policyName: 'TEN_SECONDLY_ROLLING',
    errors: [{ code: 'FAULT_ON_DEMAND', message: 'A fault on demand: 429. The request was not carried out.' }],
  });
  assert.deepEqual(await states(optio, 'ada@example.com'), NOTHING);
  assert.equal((await write(optio, 'ada@example.com')).status, 200);
});

test('every status, before the request is carried out and after', async (t) => {
  const optio = await startFor(t);
  for (const fail of [401, 403, 429, 500, 502, 503, 504] as const) {
    for (const carriedOut of [false, true]) {
      await optio.reset();
      optio.setFaults([{ fail, carriedOut, method: 'POST' }]);
      const { status, body } = await write(optio, 'ada@example.com');
      assert.deepEqual([status, body.errors[0].code], [fail, 'FAULT_ON_DEMAND']);
      assert.match(body.errors[0].message, carriedOut ? /was carried out/ : /was not carried out/);
      assert.deepEqual(await states(optio, 'ada@example.com'), carriedOut ? DONE : NOTHING);
    }
  }
});

test('a connection that is cut, before the request is carried out and after', async (t) => {
  const optio = await startFor(t);
  for (const carriedOut of [false, true]) {
    await optio.reset();
    optio.setFaults([{ fail: 'cut', carriedOut, times: 1 }]);
    await assert.rejects(write(optio, 'ada@example.com'), (error: Error) => {
      assert.match(String((error.cause as { code?: string }).code), /ECONNRESET|UND_ERR_SOCKET/);
      return true;
    });
    assert.deepEqual(await states(optio, 'ada@example.com'), carriedOut ? DONE : NOTHING);
    assert.partialDeepStrictEqual(optio.requests()[0], { method: 'POST', status: null, fault: 'cut' });
  }
});

test('more cut connections than requests are served at once leave the server whole', async (t) => {
  const optio = await startFor(t, { fail: 'cut:1' });
  for (let count = 0; count < 50; count++) {
    await Promise.all(Array.from({ length: 90 }, () => read(optio, 'ada@example.com').catch(() => {})));
  }
  optio.setFaults([]);
  assert.equal((await read(optio, 'ada@example.com')).status, 200);
});

test('shares of requests fail by dice that fall the same way every time', async (t) => {
  const fates = async (optio: Optio) => {
    const answers: string[] = [];
    for (let count = 0; count < 200; count++) {
      answers.push(
        await read(optio, 'ada@example.com').then(
          ({ status }) => String(status),
          () => 'cut',
        ),
      );
    }
    return answers;
  };
  const optio = await startFor(t, { fail: '429:0.2,500:0.1,cut:0.05,lost:0.05' });
  const first = await fates(optio);
  await optio.reset();
  assert.deepEqual(await fates(optio), first);
  assert.deepEqual(await fates(await startFor(t, { fail: '429:0.2,500:0.1,cut:0.05,lost:0.05' })), first);
  const count = (fate: string) => first.filter((each) => each === fate).length;
  for (const [fate, expected] of [
    ['200', 120],
    ['429', 40],
    ['500', 20],
    ['cut', 20],
  ] as const) {
    assert.ok(Math.abs(count(fate) - expected) < 25, `${fate}: ${count(fate)}`);
  }
});

test('rules go by method and path, the first that fits strikes, and Optio’s own API is spared', async (t) => {
  const optio = await startFor(t);
  const answer = await call(optio, 'PUT', `${CONTROL}/faults`, {
    rules: [
      { fail: 503, method: 'GET', path: `${V4}/statuses/` },
      { fail: 500, path: `${V4}/statuses/` },
      { fail: 502, path: '/optio' },
    ],
  });
  assert.equal(answer.status, 200);
  assert.deepEqual((await call(optio, 'GET', `${CONTROL}/faults`)).body, answer.body);
  assert.equal((await read(optio, 'ada@example.com')).status, 503);
  assert.equal((await write(optio, 'ada@example.com')).status, 500);
  assert.equal((await call(optio, 'GET', `${V4}/definitions`)).status, 200);
  assert.equal((await call(optio, 'GET', '/optio/v1/account')).status, 200);
  assert.equal((await call(optio, 'DELETE', `${CONTROL}/faults`)).status, 204);
  assert.equal((await read(optio, 'ada@example.com')).status, 200);
});

test('latency delays everything, and a rule’s own comes in its place', async (t) => {
  const optio = await startFor(t, { latency: '30ms-40ms', fail: [{ latencyMs: 0, method: 'POST' }] });
  const started = performance.now();
  await read(optio, 'ada@example.com');
  // A timer may be early by a millisecond; never by more.
  assert.ok(performance.now() - started >= 29);
  assert.equal((await write(optio, 'ada@example.com')).status, 200);
});

test('faults that cannot be meant change nothing', async (t) => {
  const optio = await startFor(t);
  for (const [body, field] of [
    [{ rules: [{ fail: 418 }] }, 'rules[0].fail'],
    [{ rules: [{ fail: 500, probability: 0 }] }, 'rules[0].probability'],
    [{ rules: [{ fail: 500, chance: 1 }] }, 'rules[0].chance'],
    [{ latencyMs: { min: 5, max: 1 } }, 'latencyMs'],
  ] as const) {
    const refused = await call(optio, 'PUT', `${CONTROL}/faults`, body);
    assert.deepEqual([refused.status, refused.body.errors[0].in], [400, field], refused.body.message);
  }
  assert.throws(() => optio.setFaults([{ fail: 418 as 429 }]), /"rules\[0\]\.fail" was 418/);
  assert.equal((await read(optio, 'ada@example.com')).status, 200);
});
