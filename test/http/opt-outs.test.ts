import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { BRAND, BRAND_NEWS, FIRST_APP, FULL_TOKEN, MARKETING, SALES, SERVICE } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { assertRefused, change, countEvents, statusesOf, useServer } from './support/server.ts';

const ALL = '/unsubscribe-all?channel=EMAIL';

onEveryEngine('opting out of everything', (engine) => {
  const server = useServer(engine);
  const statuses = async (address: string) => (await server().get(`${statusesOf(address)}?channel=EMAIL`)).json.results;

  test('nobody opted out: an empty list, with verbose too', async () => {
    for (const verbose of ['', '&verbose=true', '&verbose=false']) {
      const { status, json } = await server().get(`${statusesOf('in@example.com')}${ALL}${verbose}`);
      assert.equal(status, 200);
      assert.deepEqual(json.results, []);
    }
  });

  test('of the whole account: an empty answer, every type reads UNSUBSCRIBED, repeating moves the timestamps', async () => {
    const path = statusesOf('Out@example.com');
    const answer = await server().request('POST', path + ALL);
    assert.match(answer.text, /^\{"status":"COMPLETE","results":\[\],"startedAt":"[^"]+","completedAt":"[^"]+"\}$/);
    const wide = await server().get(path + ALL);
    const { timestamp } = wide.json.results[0];
    const row = `{"wideStatusType":"PORTAL_WIDE","subscriberIdString":"out@example.com","status":"UNSUBSCRIBED","channel":"EMAIL","timestamp":"${timestamp}"}`;
    assert.ok(wide.text.startsWith(`{"status":"COMPLETE","results":[${row}],"startedAt"`), wide.text);
    for (const status of await statuses('out@example.com')) {
      assert.equal(status.status, 'UNSUBSCRIBED');
      assert.equal(status.timestamp, timestamp);
      assert.equal(status.source, `Public status API, App ID:${FIRST_APP}`);
    }
    assert.equal((await server().request('POST', path + ALL)).status, 200);
    const again = await server().get(path + ALL);
    assert.equal(again.json.results.length, 1);
    assert.ok(again.json.results[0].timestamp > timestamp);
  });

  test('verbose lists the rows that are now unsubscribed', async () => {
    const { json } = await server().request('POST', `${statusesOf('verbose@example.com')}${ALL}&verbose=true`);
    assert.deepEqual(
      json.results.map((row: { subscriptionId: number; status: string; setStatusSuccessReason: string }) => [
        row.subscriptionId,
        row.status,
        row.setStatusSuccessReason,
      ]),
      [MARKETING, SERVICE, SALES, BRAND_NEWS].map((id) => [id, 'UNSUBSCRIBED', 'UNSUBSCRIBE_FROM_ALL_OCCURRED']),
    );
  });

  test('of one brand: only its types, and its row names it', async () => {
    const path = statusesOf('brand@example.com');
    const answer = await server().request('POST', `${path}${ALL}&businessUnitId=${BRAND}&verbose=true`);
    assert.deepEqual(
      answer.json.results.map((row: { subscriptionId: number }) => row.subscriptionId),
      [BRAND_NEWS],
    );
    const wide = await server().get(path + ALL);
    const { timestamp } = wide.json.results[0];
    assert.ok(
      wide.text.includes(
        `[{"wideStatusType":"BUSINESS_UNIT_WIDE","subscriberIdString":"brand@example.com","status":"UNSUBSCRIBED","channel":"EMAIL","timestamp":"${timestamp}","businessUnitId":${BRAND}}]`,
      ),
      wide.text,
    );
    assert.deepEqual((await server().get(`${path}${ALL}&businessUnitId=0`)).json.results, []);
    const states = (await statuses('brand@example.com')).map((row: { status: string }) => row.status);
    assert.deepEqual(states, ['NOT_SPECIFIED', 'NOT_SPECIFIED', 'NOT_SPECIFIED', 'UNSUBSCRIBED']);
    await server().request('POST', path + ALL);
    const both = await server().get(`${path}${ALL}&businessUnitId=${BRAND}`);
    const types = both.json.results.map((row: { wideStatusType: string }) => row.wideStatusType);
    assert.deepEqual(types, ['PORTAL_WIDE', 'BUSINESS_UNIT_WIDE']);
  });

  test('coming back for one type ends it; all others stay unsubscribed on their own', async () => {
    const path = statusesOf('back@example.com');
    await server().request('POST', path + ALL);
    const refused = await server().post(path, change({ statusState: 'NOT_SPECIFIED' }));
    assertRefused(refused, {
      status: 400,
      category: 'VALIDATION_ERROR',
      code: 'OPTED_OUT_OF_ALL',
      in: 'statusState',
      message: `"statusState" was "NOT_SPECIFIED" for subscription ${MARKETING}, but the contact is opted out of everything, and this would quietly undo it. Allowed: UNSUBSCRIBED, or SUBSCRIBED to end the opt-out.`,
    });
    const back = await server().post(path, change({ statusState: 'SUBSCRIBED' }));
    assert.equal(back.json.results[0].setStatusSuccessReason, 'RESUBSCRIBE_OCCURRED');
    assert.deepEqual((await server().get(path + ALL)).json.results, []);
    const states = (await statuses('back@example.com')).map((row: { status: string }) => row.status);
    assert.deepEqual(states, ['SUBSCRIBED', 'UNSUBSCRIBED', 'UNSUBSCRIBED', 'UNSUBSCRIBED']);
  });

  test('no body is needed, whatever content type is named', async () => {
    const path = statusesOf('bodiless@example.com') + ALL;
    const types = ['application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded'];
    for (const type of types) {
      assert.equal((await server().request('POST', path, { headers: { 'content-type': type } })).status, 200, type);
    }
    assert.equal((await server().request('POST', path, { body: {} })).status, 200);
  });

  test('a chunked body without a byte is none, and one with bytes is refused', async () => {
    // Not by fetch, which sends Content-Length: 0 where nothing was written.
    const sendChunked = async (address: string, chunks: string[]) => {
      const headers = {
        authorization: `Bearer ${FULL_TOKEN}`,
        'content-type': 'text/plain',
        'transfer-encoding': 'chunked',
      };
      const sending = request(server().url + statusesOf(address) + ALL, { method: 'POST', headers });
      for (const chunk of chunks) sending.write(chunk);
      sending.end();
      const [response] = (await once(sending, 'response')) as [IncomingMessage];
      return { status: response.statusCode, json: JSON.parse(await text(response)) };
    };
    assert.equal((await sendChunked('chunkless@example.com', [])).status, 200);
    const refused = await sendChunked('chunked@example.com', ['some', 'thing'.repeat(100_000)]);
    assert.deepEqual([refused.status, refused.json.errors[0].code], [415, 'CONTENT_TYPE_UNSUPPORTED']);
    assert.deepEqual((await server().get(statusesOf('chunked@example.com') + ALL)).json.results, []);
  });

  test('a brand that is none is refused and stores nothing', async () => {
    const before = await countEvents(server().store);
    const path = `${statusesOf('nobrand@example.com')}${ALL}&businessUnitId=4711`;
    for (const answer of [await server().request('POST', path), await server().get(path)]) {
      assertRefused(answer, {
        status: 400,
        category: 'VALIDATION_ERROR',
        code: 'BUSINESS_UNIT_UNKNOWN',
        in: 'businessUnitId',
        message: `"businessUnitId" was 4711, which is no business unit of this account. Allowed: 0 (the account's own) or the id of one of its business units.`,
      });
    }
    assert.equal(await countEvents(server().store), before);
  });
});
