/** Links in the stand-in: they work, and are the same in every run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Optio } from '../../src/index.ts';
import { call, startFor, states, V4 } from './client.ts';

async function linksOf(optio: Optio, email: string): Promise<Record<string, string>> {
  const { results } = (await call(optio, 'GET', `${V4}/definitions`)).body;
  const body = { subscriberIdString: email, subscriptionId: results[0].id };
  return (await call(optio, 'POST', `${V4}/links/generate?channel=EMAIL`, body)).body;
}

test('a link leads to the stand-in, one click ends the type, and a reset makes the same links again', async (t) => {
  const optio = await startFor(t, { now: '2026-01-01T00:00:00Z' });
  const first = await linksOf(optio, 'ada@example.com');
  const url = first.unsubscribeSingleUrl!;
  assert.ok(url.startsWith(`${optio.url}/l/`));
  assert.equal((await fetch(url)).status, 200);
  assert.equal((await states(optio, 'ada@example.com'))[0], 'NOT_SPECIFIED');
  const clicked = await fetch(url, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  assert.equal(clicked.status, 200);
  assert.equal((await states(optio, 'ada@example.com'))[0], 'UNSUBSCRIBED');
  const [change] = (await optio.state()).accounts[0]!.contacts![0]!.changes;
  assert.partialDeepStrictEqual(change, {
    appId: null,
    source: 'One-click unsubscribe',
    evidence: { act: 'one-click' },
  });

  const state = await optio.state();
  await optio.reset(state);
  assert.equal((await states(optio, 'ada@example.com'))[0], 'UNSUBSCRIBED');
  assert.deepEqual((await optio.state()).accounts[0]!.contacts, state.accounts[0]!.contacts);
  await optio.reset();
  assert.deepEqual(await linksOf(optio, 'ada@example.com'), first);
});
