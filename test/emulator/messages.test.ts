/** Double opt-in against the stand-in: nothing is sent, and tests read what would have been. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf, open, send } from '../http/support/links.ts';
import { CONTROL, call, pathOf, startFor, V4 } from './client.ts';

test('A test signs a contact up, reads the message, and confirms as the contact would', async (t) => {
  const optio = await startFor(t, { now: '2026-01-01T00:00:00Z' });
  const { body: definitions } = await call(optio, 'GET', `${V4}/definitions`);
  const { id } = definitions.results.find(({ isInternal }: { isInternal: boolean }) => !isInternal);
  const signUp = { subscriberIdString: 'ada@example.com', subscriptionIds: [id], language: 'it' };
  assert.equal((await call(optio, 'POST', '/optio/v1/signups', signUp)).status, 202);
  assert.equal((await call(optio, 'POST', '/optio/v1/signups', signUp)).status, 202);

  const [message, ...others] = await optio.messages();
  assert.deepEqual(others, []);
  assert.partialDeepStrictEqual(message, { at: '2026-01-01T00:00:00.000Z', to: 'ada@example.com', language: 'it' });
  assert.ok(message!.text.includes(message!.confirmUrl));
  const page = await open(message!.confirmUrl);
  await send(message!.confirmUrl, fieldsOf(page, 'confirm'));
  const { body: statuses } = await call(optio, 'GET', `${pathOf('ada@example.com')}?channel=EMAIL`);
  assert.equal(
    statuses.results.find((row: { subscriptionId: number }) => row.subscriptionId === Number(id)).status,
    'SUBSCRIBED',
  );

  optio.clock.advance('PT1H');
  await call(optio, 'POST', '/optio/v1/signups', signUp);
  const { body } = await call(optio, 'GET', `${CONTROL}/messages`);
  assert.deepEqual(
    body.results.map(({ at }: { at: string }) => at),
    ['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'],
  );
  await optio.reset();
  assert.deepEqual(await optio.messages(), []);
});
