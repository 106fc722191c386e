/** A token sees and changes its own account and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRAND, FOREIGN, FOREIGN_BRAND, FULL_TOKEN, MARKETING, SECOND_APP, SECOND_TOKEN } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

const ALL = '/unsubscribe-all?channel=EMAIL';

onEveryEngine('two accounts', (engine) => {
  const server = useServer(engine);

  test('each lists its own definitions', async () => {
    const first = await server().get(`${V4}/definitions`, { token: FULL_TOKEN });
    const second = await server().get(`${V4}/definitions`, { token: SECOND_TOKEN });
    assert.deepEqual(
      second.json.results.map(({ id }: { id: string }) => id),
      [String(FOREIGN)],
    );
    assert.ok(!first.text.includes(String(FOREIGN)));
  });

  test("a type or brand of the other's reads like one that never was, and stores nothing", async () => {
    const path = statusesOf('both@example.com');
    const before = await countEvents(server().store);
    const foreign = await server().post(path, change({ subscriptionId: FOREIGN }));
    const never = await server().post(path, change({ subscriptionId: 999 }));
    assert.equal(foreign.status, 400);
    assert.equal(foreign.json.message, never.json.message.replace('999', String(FOREIGN)));
    assert.equal((await server().post(path, change(), { token: SECOND_TOKEN })).status, 400);
    for (const [token, brand] of [
      [FULL_TOKEN, FOREIGN_BRAND],
      [SECOND_TOKEN, BRAND],
    ] as const) {
      const query = `&businessUnitId=${brand}`;
      assert.equal((await server().request('POST', path + ALL + query, { token })).status, 400);
      assert.equal((await server().get(path + ALL + query, { token })).status, 400);
      assert.equal((await server().get(`${path}?channel=EMAIL${query}`, { token })).status, 400);
      assert.equal((await server().get(`${V4}/definitions?businessUnitId=${brand}`, { token })).status, 400);
    }
    assert.equal(await countEvents(server().store), before);
  });

  test('the same contact is two contacts', async () => {
    const path = statusesOf('shared@example.com');
    await server().post(path, change({ legalBasis: 'NON_GDPR', legalBasisExplanation: 'known to the first alone' }));
    await server().request('POST', path + ALL, { token: SECOND_TOKEN });

    const first = await server().get(`${path}?channel=EMAIL`);
    assert.equal(first.json.results[0].status, 'SUBSCRIBED');
    assert.deepEqual((await server().get(path + ALL)).json.results, []);

    const second = await server().get(`${path}?channel=EMAIL`, { token: SECOND_TOKEN });
    assert.deepEqual(
      second.json.results.map((row: { subscriptionId: number; status: string; source: string }) => [
        row.subscriptionId,
        row.status,
        row.source,
      ]),
      [[FOREIGN, 'UNSUBSCRIBED', `Public status API, App ID:${SECOND_APP}`]],
    );
    assert.ok(!second.text.includes('known to the first alone'));
    assert.equal((await server().get(path + ALL, { token: SECOND_TOKEN })).json.results.length, 1);
  });

  test('batches of both at the same time stay apart', async () => {
    const addresses = Array.from({ length: 50 }, (_, index) => `apart${index}@example.com`);
    const write = (token: string, subscriptionId: number, statusState: string) =>
      server().post(
        `${V4}/statuses/batch/write`,
        { inputs: addresses.map((subscriberIdString) => change({ subscriberIdString, subscriptionId, statusState })) },
        { token },
      );
    const [first, second] = await Promise.all([
      write(FULL_TOKEN, MARKETING, 'SUBSCRIBED'),
      write(SECOND_TOKEN, FOREIGN, 'UNSUBSCRIBED'),
    ]);
    assert.deepEqual([first.json.results.length, second.json.results.length], [50, 50]);
    const read = (token: string) =>
      server().post(`${V4}/statuses/batch/read?channel=EMAIL`, { inputs: addresses }, { token });
    for (const { statuses } of (await read(FULL_TOKEN)).json.results) assert.equal(statuses[0].status, 'SUBSCRIBED');
    for (const { statuses } of (await read(SECOND_TOKEN)).json.results) {
      assert.deepEqual(
        statuses.map((row: { status: string }) => row.status),
        ['UNSUBSCRIBED'],
      );
    }
  });
});
