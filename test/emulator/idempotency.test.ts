/** `Idempotency-Key` at the stand-in: a client's retries can be tested with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Optio } from '../../src/index.ts';
import { pathOf, startFor, states } from './client.ts';

const DAY_MS = 86_400_000;

async function write({ url, token }: Optio, email: string, key: string, fields: object = {}): Promise<Response> {
  return fetch(url + pathOf(email), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ subscriptionId: 30000001, statusState: 'SUBSCRIBED', channel: 'EMAIL', ...fields }),
  });
}

async function reasonOf(answer: Response): Promise<unknown[]> {
  const { results } = (await answer.json()) as { results: { setStatusSuccessReason: string }[] };
  return [results[0]?.setStatusSuccessReason, answer.headers.get('idempotency-replayed')];
}

test('what was carried out and whose answer was lost is answered to the repeat', async (t) => {
  const optio = await startFor(t);
  optio.setFaults([{ fail: 'cut', carriedOut: true, times: 1 }]);
  await assert.rejects(write(optio, 'ada@example.com', 'k'));
  assert.deepEqual(await reasonOf(await write(optio, 'ada@example.com', 'k')), ['REQUESTED_CHANGE_OCCURRED', 'true']);
  optio.setFaults([{ fail: 503, carriedOut: true, times: 2 }]);
  assert.equal((await write(optio, 'bob@example.com', 'l')).status, 503);
  assert.equal((await write(optio, 'bob@example.com', 'l')).status, 503);
  assert.deepEqual(await reasonOf(await write(optio, 'bob@example.com', 'l')), ['REQUESTED_CHANGE_OCCURRED', 'true']);
});

test('what was not carried out is carried out by the repeat', async (t) => {
  const optio = await startFor(t);
  optio.setFaults([{ fail: 503, times: 1 }]);
  assert.equal((await write(optio, 'ada@example.com', 'k')).status, 503);
  assert.deepEqual(await reasonOf(await write(optio, 'ada@example.com', 'k')), ['REQUESTED_CHANGE_OCCURRED', null]);
});

test('the clock ends a key’s day, and a reset forgets all keys', async (t) => {
  const optio = await startFor(t, { now: '2026-01-01T00:00:00Z' });
  const other = { statusState: 'UNSUBSCRIBED' };
  assert.equal((await write(optio, 'ada@example.com', 'k')).status, 200);
  assert.equal((await write(optio, 'ada@example.com', 'k', other)).status, 422);
  optio.clock.advance(DAY_MS);
  assert.equal((await write(optio, 'ada@example.com', 'k', other)).status, 200);
  assert.equal((await write(optio, 'ada@example.com', 'k')).status, 422);
  await optio.reset();
  assert.equal((await write(optio, 'ada@example.com', 'k')).status, 200);
  assert.equal((await states(optio, 'ada@example.com'))[0], 'SUBSCRIBED');
});
