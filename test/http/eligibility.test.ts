import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { BRAND, BRAND_NEWS, FULL_TOKEN, INACTIVE, MARKETING, SERVICE, tokenFor } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { type Answer, assertRefused, change, countEvents, statusesOf, useServer } from './support/server.ts';

const PATH = '/optio/v1/eligibility';
const ALL = '/unsubscribe-all?channel=EMAIL';
const LINES = 'application/x-ndjson';
const START = Date.parse('2026-03-01T00:00:00.000Z');
const DAY_MS = 86_400_000;

interface Row {
  subscriberIdString: string;
  eligible: boolean;
  reason: string;
  decidedAt: string | null;
  decidedBy?: string | null;
}
const told = (rows: readonly Row[]) => rows.map(({ eligible, reason }) => [eligible, reason]);

function assertInvalid(answer: Answer, field: string, message: RegExp, code = 'FIELD_INVALID'): void {
  assertRefused(answer, { status: 400, category: 'VALIDATION_ERROR', code, in: field, message });
}

onEveryEngine('the gate at send time', (engine) => {
  let now = START;
  const server = useServer(engine, { clock: () => now });
  const write = async (address: string, fields: Record<string, unknown> = {}) => {
    now += DAY_MS;
    assert.equal((await server().post(statusesOf(address), change(fields))).status, 200);
  };
  const optOut = async (address: string, brand = '') => {
    now += DAY_MS;
    assert.equal((await server().request('POST', `${statusesOf(address)}${ALL}${brand}`)).status, 200);
  };
  const ask = async (inputs: string[], fields: object = {}): Promise<Row[]> => {
    const answer = await server().post(PATH, { subscriptionId: MARKETING, inputs, ...fields });
    assert.equal(answer.status, 200, answer.text);
    return answer.json.results;
  };
  const rule = (mailRule: string) => server().request('PATCH', '/optio/v1/account', { body: { mailRule } });

  test('says of each address whether it may be mailed, and why, by the rule of the account', async () => {
    await write('in@example.com');
    await write('out@example.com', { statusState: 'UNSUBSCRIBED' });
    await write('all@example.com');
    await optOut('all@example.com');
    await write('unsaid@example.com', {
      statusState: 'NOT_SPECIFIED',
      legalBasis: 'NON_GDPR',
      legalBasisExplanation: 'So.',
    });
    const inputs = [
      'In@Example.com',
      'out@example.com',
      'all@example.com',
      'new@example.com',
      'unsaid@example.com',
      'no',
    ];
    const strict = await ask(inputs);
    assert.deepEqual(told(strict), [
      [true, 'SUBSCRIBED'],
      [false, 'UNSUBSCRIBED'],
      [false, 'OPTED_OUT_OF_ALL'],
      [false, 'NOT_SUBSCRIBED'],
      [false, 'NOT_SUBSCRIBED'],
      [false, 'INVALID_ADDRESS'],
    ]);
    assert.deepEqual(strict[0], {
      subscriberIdString: 'in@example.com',
      eligible: true,
      reason: 'SUBSCRIBED',
      decidedAt: new Date(START + DAY_MS).toISOString(),
    });
    assert.deepEqual(strict[3]!.decidedAt, null);
    assert.equal((await rule('unless-opted-out')).status, 200);
    const lax = told(await ask(inputs));
    await rule('opt-in');
    assert.deepEqual(lax, [
      [true, 'SUBSCRIBED'],
      [false, 'UNSUBSCRIBED'],
      [false, 'OPTED_OUT_OF_ALL'],
      [true, 'NOT_OPTED_OUT'],
      [true, 'NOT_OPTED_OUT'],
      [false, 'INVALID_ADDRESS'],
    ]);
  });

  test('knows brands, and types that are sent no more', async () => {
    await optOut('brand@example.com', `&businessUnitId=${BRAND}`);
    const news = await ask(['brand@example.com'], { subscriptionId: String(BRAND_NEWS) });
    assert.deepEqual(told(news), [[false, 'OPTED_OUT_OF_BRAND']]);
    assert.deepEqual(told(await ask(['brand@example.com'])), [[false, 'NOT_SUBSCRIBED']]);
    const inactive = await ask(['brand@example.com', 'nobody'], { subscriptionId: INACTIVE });
    assert.deepEqual(told(inactive), [
      [false, 'SUBSCRIPTION_INACTIVE'],
      [false, 'INVALID_ADDRESS'],
    ]);
  });

  test('answers for an instant, and names the event that decided', async () => {
    const address = 'then@example.com';
    await write(address);
    const subscribed = new Date(now).toISOString();
    await optOut(address);
    await write(address, { subscriptionId: SERVICE });
    const { json } = await server().get(`/optio/v1/subscribers/${address}/history`);
    const [, out, first] = json.results;
    const explain = { explain: true };
    const then = await ask([address, 'nobody@example.com'], { asOf: subscribed, ...explain });
    assert.deepEqual(then[0], {
      subscriberIdString: address,
      eligible: true,
      reason: 'SUBSCRIBED',
      decidedAt: subscribed,
      decidedBy: first.eventId,
    });
    assert.deepEqual([then[1]!.reason, then[1]!.decidedBy], ['NOT_SUBSCRIBED', null]);
    const [invalid] = await ask(['nobody'], explain);
    assert.deepEqual([invalid!.reason, invalid!.decidedBy], ['INVALID_ADDRESS', null]);
    assert.deepEqual(told(await ask([address], { asOf: subscribed })), [[true, 'SUBSCRIBED']]);
    const before = new Date(Date.parse(subscribed) - 1).toISOString();
    assert.deepEqual(told(await ask([address], { asOf: before })), [[false, 'NOT_SUBSCRIBED']]);
    const [present] = await ask([address], explain);
    assert.deepEqual([present!.reason, present!.decidedBy], ['UNSUBSCRIBED', out.eventId]);
  });

  test('a type that was not there yet is none that anybody may have been mailed about', async () => {
    await rule('unless-opted-out');
    const { json } = await server().post('/optio/v1/definitions', { name: 'Brand new' });
    const asOf = new Date(now - 1).toISOString();
    const rows = await ask(['a@example.com'], { subscriptionId: json.id, asOf });
    await rule('opt-in');
    assert.deepEqual(told(rows), [[false, 'SUBSCRIPTION_NOT_CREATED']]);
  });

  test('in lines: one answer a line, and a last one that says that they are all', async () => {
    const inputs = Array.from({ length: 1_200 }, (_, index) => `c${index}@example.com`);
    const answer = await server().post(PATH, { subscriptionId: MARKETING, inputs }, { headers: { accept: LINES } });
    assert.equal(answer.headers.get('content-type'), `${LINES}; charset=utf-8`);
    const lines = answer.text.split('\n');
    assert.equal(lines.pop(), '');
    assert.equal(lines.pop(), '{"done":true,"count":1200}');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).subscriberIdString),
      inputs,
    );
  });

  test('a list of lines may come in any pieces, as plain text or JSON, and be longer than other bodies', async () => {
    await write('in@example.com');
    const url = `${PATH}?subscriptionId=${MARKETING}`;
    const headers = { 'content-type': LINES };
    const few = '\uFEFFIn@example.com\r\n\n"new@example.com"\n"not\nnobody\n42';
    const { text: written } = await server().request('POST', url, { body: few, headers });
    const rows = written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(rows.pop(), { done: true, count: 5 });
    assert.deepEqual(
      rows.map(({ subscriberIdString, reason }) => [subscriberIdString, reason]),
      [
        ['in@example.com', 'SUBSCRIBED'],
        ['new@example.com', 'NOT_SUBSCRIBED'],
        ['"not', 'INVALID_ADDRESS'],
        ['nobody', 'INVALID_ADDRESS'],
        ['42', 'INVALID_ADDRESS'],
      ],
    );
    const many = 80_000;
    const long = `${Array.from({ length: many }, (_, index) => `contact-${index}@example.com`).join('\n')}\n${'x'.repeat(100_000)}`;
    assert.ok(long.length > 1_048_576);
    const all = (await server().request('POST', url, { body: long, headers })).text.split('\n');
    assert.equal(all.at(-2), `{"done":true,"count":${many + 1}}`);
    assert.equal(JSON.parse(all.at(-3)!).subscriberIdString.length, 1_024);
    const none = await server().request('POST', url, { body: '\n', headers });
    assert.equal(none.text, '{"done":true,"count":0}\n');
  });

  test('answers come while the list is still being sent', async () => {
    const url = new URL(`${PATH}?subscriptionId=${MARKETING}`, server().url);
    const headers = { authorization: `Bearer ${FULL_TOKEN}`, 'content-type': LINES };
    const sending = request(url, { method: 'POST', headers });
    sending.write('a@example.com\n');
    const response = await new Promise<AsyncIterable<Buffer>>((resolve) => sending.on('response', resolve));
    const chunks = response[Symbol.asyncIterator]();
    assert.match(String((await chunks.next()).value), /^\{"subscriberIdString":"a@example\.com",.*\}\n$/);
    sending.end('b@example.com');
    let rest = '';
    for (let chunk = await chunks.next(); !chunk.done; chunk = await chunks.next()) rest += String(chunk.value);
    assert.match(rest, /^\{"subscriberIdString":"b@example\.com",.*\}\n\{"done":true,"count":2\}\n$/);
  });

  test('refuses what it cannot make sense of, and changes nothing', async () => {
    const before = await countEvents(server().store);
    const inputs = ['a@example.com'];
    const post = (body: unknown, headers = {}) => server().post(PATH, body, { headers });
    assertInvalid(await post({ subscriptionId: 5, inputs }), 'subscriptionId', /was 5/, 'SUBSCRIPTION_UNKNOWN');
    const lined = await post({ subscriptionId: 5, inputs }, { accept: LINES });
    assertInvalid(lined, 'subscriptionId', /was 5/, 'SUBSCRIPTION_UNKNOWN');
    assertInvalid(await post({ inputs }), 'subscriptionId', /Missing/, 'FIELD_REQUIRED');
    assertInvalid(await post({ subscriptionId: MARKETING, inputs: [] }), 'inputs', /held 0 entries/);
    const tooMany = Array.from({ length: 10_001 }, () => 'a@b.io');
    assertInvalid(await post({ subscriptionId: MARKETING, inputs: tooMany }), 'inputs', /held 10001 entries/);
    const later = { subscriptionId: MARKETING, inputs, asOf: '2999-01-01' };
    assertInvalid(await post(later), 'asOf', /up to now/);
    assertInvalid(await post({ ...later, asOf: 'soon' }), 'asOf', /ISO 8601/);
    assertInvalid(await server().request('POST', PATH), 'body', /no body/, 'BODY_REQUIRED');
    const lines = (path: string, headers = {}) =>
      server().request('POST', path, { body: 'a@b.io', headers: { 'content-type': LINES, ...headers } });
    assertInvalid(await lines(PATH), 'subscriptionId', /a list of lines needs/, 'FIELD_REQUIRED');
    assertInvalid(await lines(`${PATH}?subscriptionId=5`), 'subscriptionId', /was 5/, 'SUBSCRIPTION_UNKNOWN');
    assert.equal((await lines(`${PATH}?subscriptionId=${MARKETING}`, { 'content-encoding': 'gzip' })).status, 415);
    assert.equal((await lines(statusesOf('a@example.com'))).status, 415);
    assert.equal(await countEvents(server().store), before);
  });

  test('takes the scopes of reading, of batch reading and of management', async () => {
    const body = { subscriptionId: MARKETING, inputs: ['a@example.com'] };
    for (const scope of [
      'communication_preferences.read',
      'communication_preferences.statuses.batch.read',
      'optio.admin',
    ] as const) {
      assert.equal((await server().post(PATH, body, { token: tokenFor(scope) })).status, 200);
    }
    const writer = await server().post(PATH, body, { token: tokenFor('communication_preferences.write') });
    assert.deepEqual([writer.status, writer.json.category], [403, 'MISSING_SCOPES']);
  });
});
