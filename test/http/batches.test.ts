import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRAND, BRAND_NEWS, FOREIGN, INACTIVE, MARKETING, SERVICE } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { assertRefused, change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

const WRITE = `${V4}/statuses/batch/write`;
const READ = `${V4}/statuses/batch/read?channel=EMAIL`;
const OPT_OUT = `${V4}/statuses/batch/unsubscribe-all?channel=EMAIL`;
const READ_OPT_OUTS = `${V4}/statuses/batch/unsubscribe-all/read?channel=EMAIL`;

onEveryEngine('batches', (engine) => {
  const server = useServer(engine);
  const input = (address: string, fields: Record<string, unknown> = {}) =>
    change({ subscriberIdString: address, ...fields });

  test('a write answers a row an input, in their order', async () => {
    const inputs = [
      input('B1@example.com'),
      input('a1@example.com', { subscriptionId: String(SERVICE) }),
      input('c1@example.com'),
    ];
    const { status, text, json } = await server().post(WRITE, { inputs });
    assert.equal(status, 200);
    assert.deepEqual(
      json.results.map((row: { subscriberIdString: string; subscriptionId: number }) => [
        row.subscriberIdString,
        row.subscriptionId,
      ]),
      [
        ['b1@example.com', MARKETING],
        ['a1@example.com', SERVICE],
        ['c1@example.com', MARKETING],
      ],
    );
    assert.deepEqual(Object.keys(json), ['status', 'results', 'startedAt', 'completedAt']);
    assert.ok(text.startsWith('{"status":"COMPLETE","results":[{"businessUnitId":0,"channel":"EMAIL",'), text);
  });

  test('the same contact and type twice: applied in order, each with its own transition', async () => {
    const states = ['UNSUBSCRIBED', 'SUBSCRIBED', 'SUBSCRIBED'];
    const inputs = states.map((statusState) => input('twice@example.com', { statusState }));
    const { json } = await server().post(WRITE, { inputs });
    assert.deepEqual(
      json.results.map((row: { status: string; setStatusSuccessReason: string }) => [
        row.status,
        row.setStatusSuccessReason,
      ]),
      [
        ['UNSUBSCRIBED', 'REQUESTED_CHANGE_OCCURRED'],
        ['SUBSCRIBED', 'RESUBSCRIBE_OCCURRED'],
        ['SUBSCRIBED', 'NO_STATUS_CHANGE'],
      ],
    );
  });

  test('a refused input spoils only itself and is told of by what was sent', async () => {
    await server().request('POST', `${statusesOf('out2@example.com')}/unsubscribe-all?channel=EMAIL`);
    const inputs = [
      input('Not An Address'),
      input('fine@example.com'),
      input('fine@example.com', { subscriptionId: '999' }),
      input('fine@example.com', { subscriptionId: INACTIVE }),
      input('fine@example.com', { subscriptionId: FOREIGN }),
      input('out2@example.com', { statusState: 'NOT_SPECIFIED' }),
      input('last@example.com'),
    ];
    const { status, text, json } = await server().post(WRITE, { inputs });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(json), ['status', 'results', 'numErrors', 'errors', 'startedAt', 'completedAt']);
    assert.deepEqual(
      json.results.map((row: { subscriberIdString: string }) => row.subscriberIdString),
      ['fine@example.com', 'last@example.com'],
    );
    assert.equal(json.numErrors, 5);
    assert.deepEqual(
      json.errors.map((error: { context: object }) => error.context),
      [
        { subscriberIdString: ['Not An Address'], subscriptionId: [String(MARKETING)], index: ['0'] },
        { subscriberIdString: ['fine@example.com'], subscriptionId: ['999'], index: ['2'] },
        { subscriberIdString: ['fine@example.com'], subscriptionId: [String(INACTIVE)], index: ['3'] },
        { subscriberIdString: ['fine@example.com'], subscriptionId: [String(FOREIGN)], index: ['4'] },
        { subscriberIdString: ['out2@example.com'], subscriptionId: [String(MARKETING)], index: ['5'] },
      ],
    );
    const first = `"errors":[{"status":"error","category":"VALIDATION_ERROR","message":"\\"subscriberIdString\\" was \\"Not An Address\\", which is no e-mail address. Allowed: local-part@domain, at most 254 octets, the domain with at least two labels.","context":{"subscriberIdString":["Not An Address"],"subscriptionId":["${MARKETING}"],"index":["0"]},"errors":[],"links":{}},`;
    assert.ok(text.includes(first), text);
    assert.match(
      json.errors[1].message,
      /^"subscriptionId" was 999, which this account has no subscription definition for\./,
    );
    assert.match(json.errors[2].message, /^"subscriptionId" was \d+, whose subscription definition is inactive\./);
    // Another account's type reads like one that never was.
    assert.equal(json.errors[3].message, json.errors[1].message.replace('999', String(FOREIGN)));
  });

  test('every input refused: an answer all the same, nothing stored', async () => {
    const before = await countEvents(server().store);
    const { status, json } = await server().post(WRITE, { inputs: [input('@'), input('')] });
    assert.equal(status, 200);
    assert.deepEqual([json.results, json.numErrors], [[], 2]);
    assert.equal(await countEvents(server().store), before);
  });

  test('a fault of structure anywhere refuses the whole batch', async () => {
    const before = await countEvents(server().store);
    const inputs = [input('one@example.com'), input('two@example.com', { statusState: 'MAYBE' })];
    assertRefused(await server().post(WRITE, { inputs }), {
      status: 400,
      category: 'VALIDATION_ERROR',
      code: 'FIELD_INVALID',
      in: 'inputs[1].statusState',
      message: '"inputs[1].statusState" was "MAYBE". Allowed: one of NOT_SPECIFIED, SUBSCRIBED, UNSUBSCRIBED.',
    });
    assert.equal(await countEvents(server().store), before);
  });

  test('100 inputs are one batch', async () => {
    const addresses = Array.from({ length: 100 }, (_, index) => `many${index}@example.com`);
    const written = await server().post(WRITE, { inputs: addresses.map((address) => input(address)) });
    assert.equal(written.json.results.length, 100);
    const read = await server().post(READ, { inputs: addresses });
    assert.equal(read.status, 200);
    assert.deepEqual(
      read.json.results.map((entry: { subscriberIdString: string }) => entry.subscriberIdString),
      addresses,
    );
  });

  test('a read answers one entry an address, in the order asked, also twice the same; bad ones make it 207', async () => {
    await server().post(statusesOf('known@example.com'), change());
    const good = await server().post(`${READ}&businessUnitId=${BRAND}`, { inputs: ['Z@example.com', 'z@example.com'] });
    assert.equal(good.status, 200);
    assert.ok(
      good.text.startsWith(
        `{"status":"COMPLETE","results":[{"subscriberIdString":"z@example.com","statuses":[{"businessUnitId":${BRAND},"channel":"EMAIL","subscriberIdString":"z@example.com","subscriptionId":${BRAND_NEWS},`,
      ),
      good.text,
    );
    assert.equal(good.json.results.length, 2);

    const mixed = await server().post(READ, { inputs: ['nobody@example.com', 'bad', 'known@example.com'] });
    assert.equal(mixed.status, 207);
    assert.deepEqual(Object.keys(mixed.json), ['status', 'results', 'numErrors', 'errors', 'startedAt', 'completedAt']);
    assert.deepEqual(mixed.json.errors[0].context, { subscriberIdString: ['bad'], index: ['1'] });
    const [nobody, known] = mixed.json.results;
    assert.equal(nobody.statuses.length, 4);
    assert.equal(known.statuses[0].status, 'SUBSCRIBED');
    assert.equal((await server().post(READ, { inputs: ['bad'] })).status, 207);
  });

  test('opting many out: the address alone, or with verbose its rows; and reading it back', async () => {
    const quiet = await server().post(OPT_OUT, { inputs: ['Q1@example.com', 'bad', 'q2@example.com'] });
    assert.equal(quiet.status, 200);
    assert.ok(
      quiet.text.startsWith(
        '{"status":"COMPLETE","results":[{"subscriberIdString":"q1@example.com"},{"subscriberIdString":"q2@example.com"}],"numErrors":1,"errors":[{"status":"error",',
      ),
      quiet.text,
    );
    const verbose = await server().post(`${OPT_OUT}&verbose=true&businessUnitId=${BRAND}`, {
      inputs: ['q3@example.com'],
    });
    const [entry] = verbose.json.results;
    assert.deepEqual(Object.keys(entry), ['subscriberIdString', 'statuses']);
    assert.equal(entry.statuses.length, 1);
    assert.equal(entry.statuses[0].setStatusSuccessReason, 'UNSUBSCRIBE_FROM_ALL_OCCURRED');

    const inputs = ['q1@example.com', 'q3@example.com', 'in@example.com'];
    const read = await server().post(READ_OPT_OUTS, { inputs });
    assert.equal(read.status, 200);
    assert.deepEqual(
      read.json.results.map((each: { subscriberIdString: string; wideStatuses: { wideStatusType: string }[] }) => [
        each.subscriberIdString,
        each.wideStatuses.map(({ wideStatusType }) => wideStatusType),
      ]),
      [
        ['q1@example.com', ['PORTAL_WIDE']],
        ['q3@example.com', ['BUSINESS_UNIT_WIDE']],
        ['in@example.com', []],
      ],
    );
    assert.equal((await server().post(READ_OPT_OUTS, { inputs: [...inputs, 'bad'] })).status, 207);
  });

  test('a brand that is none refuses the whole batch, even where no address is one', async () => {
    const before = await countEvents(server().store);
    for (const path of [READ, OPT_OUT, READ_OPT_OUTS]) {
      for (const inputs of [['ok@example.com'], ['bad']]) {
        const answer = await server().post(`${path}&businessUnitId=4711`, { inputs });
        assert.equal(answer.status, 400);
        assert.equal(answer.json.errors[0].code, 'BUSINESS_UNIT_UNKNOWN');
      }
    }
    assert.equal(await countEvents(server().store), before);
  });
});
