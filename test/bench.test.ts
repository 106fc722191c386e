/** The parts of `npm run bench`, so that what it prints can be believed. How fast anything is, no test says. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { AIMS, isMet } from '../bench/aims.ts';
import { Contender } from '../bench/contender.ts';
import { autocannon, parseTallies } from '../bench/load-generators/autocannon.ts';
import { assertNothingRefused, type Load, type LoadGenerator } from '../bench/load-generators/load-generator.ts';
import { findWrk, parseWrk } from '../bench/load-generators/wrk.ts';
import { makeRequest, type Operation, type WireRequest } from '../bench/operations.ts';
import { parsePgbench } from '../bench/opponents/pgbench.ts';
import { ACCOUNT_ID, addressOf, loadedState, type Population, TOKEN, typeId, writeAt } from '../bench/population.ts';
import { report } from '../bench/report.ts';
import { summarise } from '../bench/results.ts';
import { measureInRounds, rotated, type Sample } from '../bench/rounds.ts';
import { quantile, ratioOf, spreadOf } from '../bench/statistics.ts';
import { checkSubscribers } from '../bench/subscribers/check.ts';
import { loadSubscribers } from '../bench/subscribers/load.ts';
import { shown, table } from '../bench/table.ts';
import { createDatabase, query, stopOwnServer } from './support/database.ts';
import { type Lifetime, makeFolder, OptioServer } from './support/optio-process.ts';

after(stopOwnServer);

describe('the loader', () => {
  const population: Population = { contacts: 500, typesEach: 3 };

  for (const engine of ['SQLite', 'PostgreSQL'] as const) {
    test(`${engine}: loaded subscribers have ledgers that replay, and are read and written over HTTP`, async (t) => {
      const cwd = await makeFolder(t);
      const database = engine === 'PostgreSQL' ? await createDatabase() : null;
      t.after(() => database?.drop());
      const databaseUrl = database?.databaseUrl ?? `sqlite:${cwd}/loaded.db`;
      await loadSubscribers(databaseUrl, population);
      await checkSubscribers(databaseUrl, population, population.contacts);

      const server = await OptioServer.start(t, { cwd, env: { OPTIO_DATABASE_URL: databaseUrl } });
      const path = `/communication-preferences/v4/statuses/${addressOf(499)}`;
      const { status, body } = await server.request('GET', `${path}?channel=EMAIL`, { token: TOKEN });
      assert.equal(status, 200);
      const states = body.results.slice(0, 3).map((row: { status: string }) => row.status);
      assert.deepEqual(
        states,
        [0, 1, 2].map((type) => loadedState(499, type)),
      );
      assert.equal(body.results[3].status, 'NOT_SPECIFIED');

      const written = await server.request('POST', path, {
        token: TOKEN,
        body: { subscriptionId: typeId(0), statusState: 'SUBSCRIBED', channel: 'EMAIL' },
      });
      assert.equal(written.body.results[0].setStatusSuccessReason, 'RESUBSCRIBE_OCCURRED');
      await assert.rejects(loadSubscribers(databaseUrl, population), /empty database only/);
    });
  }

  test('a ledger that does not replay is noticed', async (t) => {
    const path = `${await makeFolder(t)}/spoiled.db`;
    await loadSubscribers(`sqlite:${path}`, population);
    const database = new DatabaseSync(path);
    database.exec("UPDATE event SET body = replace(body, 'Public', 'Private') WHERE version = 2");
    database.close();
    await assert.rejects(checkSubscribers(`sqlite:${path}`, population, 10), /was not loaded as it should have been/);
  });

  test('PostgreSQL: rows and constraints are those of any other database', async (t) => {
    const { databaseUrl, drop } = await createDatabase();
    t.after(drop);
    await loadSubscribers(databaseUrl, { contacts: 50, typesEach: 8 });
    const [row] = await query(
      databaseUrl,
      `SELECT
         (SELECT count(*) FROM subscriber WHERE account_id = ${ACCOUNT_ID} AND base_version = 0 AND version = 8) AS subscribers,
         (SELECT count(*) FROM event) AS events,
         (SELECT count(*) FROM status) AS statuses,
         (SELECT count(*) FROM pg_class WHERE relname IN ('subscriber', 'event') AND relpersistence = 'p') AS logged`,
    );
    assert.deepEqual(row, { subscribers: 50, events: 400, statuses: 400, logged: 2 });
  });
});

describe('the stream of writes', () => {
  const population: Population = { contacts: 7, typesEach: 2 };

  test('every write is a change: what it asks for is never what stands', () => {
    const states = new Map<string, string>();
    for (let position = 0; position < 100; position++) {
      const { contact, subscriptionId, state } = writeAt(position, population);
      const name = `${contact} ${subscriptionId}`;
      assert.notEqual(state, states.get(name) ?? loadedState(contact, subscriptionId - typeId(0)), name);
      states.set(name, state);
    }
    assert.equal(states.size, 14);
  });

  const generators = [autocannon(), findWrk()].filter((found) => found !== null);
  for (const generator of generators) {
    for (const operation of ['single-writes', 'batch-writes', 'single-reads', 'batch-reads'] as const) {
      test(`${generator.name} sends ${operation} as they are meant`, async (t) => {
        const population = { contacts: 1_234, typesEach: 2 };
        const sent = await capture(t, generator, operation, population);
        assert.ok(sent.length > 20, `${sent.length} requests`);
        if (operation.endsWith('writes')) {
          const each = operation === 'single-writes' ? 1 : 100;
          for (const [index, request] of sent.slice(0, 20).entries()) {
            const meant = makeRequest(operation, population, 1_200 + index * each);
            assert.ok(isDeepStrictEqual(request, meant), `${shortly(request)} is not ${shortly(meant)}`);
          }
        } else {
          const shape = (request: WireRequest) => JSON.stringify(request).replaceAll(/contact-\d+/g, 'contact-N');
          const meant = shape(makeRequest(operation, population, 0));
          for (const request of sent) assert.equal(shape(request), meant);
          assert.ok(new Set(sent.map((request) => JSON.stringify(request))).size > 10, 'requests differ');
        }
      });
    }
  }
});

function shortly(request: WireRequest): string {
  return JSON.stringify(request).slice(0, 300);
}

/** What a generator sends in a moment, from position 1 200 of the writes. */
async function capture(
  t: Lifetime,
  generator: LoadGenerator,
  operation: Operation,
  population: Population,
): Promise<WireRequest[]> {
  const sent: WireRequest[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    assert.equal(request.headers.authorization, `Bearer ${TOKEN}`);
    sent.push({ method: request.method as 'GET', path: request.url!, ...(body !== '' && { body }) });
    response.end('{}');
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const load: Load = { url, operation, connections: 1, durationMs: 700, population, position: 1_200, seed: 1 };
  const { answered, issued } = await generator.run(load);
  assert.ok(answered > 0 && issued >= answered, `${answered} of ${issued}`);
  return sent;
}

describe('what generators print', () => {
  const line = '{"completed":500,"durationUs":250000,"p50Us":1500,"p99Us":9000,"issued":510,"refused":0,"broken":0}';

  test('wrk', () => {
    const expected = { answered: 500, refused: 0, refusal: null, issued: 510, perSecond: 2_000, p50Ms: 1.5, p99Ms: 9 };
    assert.deepEqual(parseWrk(`Running 10m test\n  1 threads\n\n${line}\n`), expected);
    const refused = parseWrk(line.replace('"refused":0', '"refused":100'));
    assert.deepEqual([refused.answered, refused.perSecond], [400, 1_600]);
    assert.throws(() => assertNothingRefused(refused), /100 of 500 answers were not 2xx/);
    assert.throws(() => parseWrk(line.replace('"broken":0', '"broken":2')), /2 requests were not answered/);
    assert.throws(() => parseWrk('', 'unable to connect'), /unable to connect/);
  });

  test('autocannon', () => {
    const tally = { answered: 10, issued: 12, refused: 0, refusal: null, broken: 0, p50Ms: 1, p99Ms: 2 };
    const printed = JSON.stringify([{ ...tally, durationMs: 500 }]);
    const { broken, ...expected } = { ...tally, perSecond: 20 };
    assert.deepEqual(parseTallies(printed), [expected]);
    const refused = { ...tally, refused: 1, refusal: '503 overloaded' };
    const [, second] = parseTallies(JSON.stringify([tally, refused]));
    assert.throws(() => assertNothingRefused(second!), /1 of 11 answers were not 2xx; the first: 503/);
    assert.throws(() => parseTallies(JSON.stringify([{ ...tally, broken: 1 }])), /1 requests were not answered/);
    assert.equal(broken, 0);
  });

  test('pgbench', () => {
    const output = 'number of failed transactions: 0 (0.000%)\ntps = 2345.678901 (without initial connection time)\n';
    assert.equal(parsePgbench(output), 2_345.678901);
    assert.throws(() => parsePgbench('tps = 0.000000 (without initial connection time)'), /measured nothing/);
  });
});

test('a server that answers writes and keeps none of them fails the bench', async (t) => {
  const server = createServer((_, response) => void response.end('{}'));
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const population = { contacts: 100, typesEach: 1 };
  const forgetful = { url: '', population, eventsSince: async () => 0, drop: async () => {} };
  const pid = process.pid;
  const running = { url, pid, residentBytes: async () => 0, stop: async () => {} };
  const contender = new Contender('forgetful', running, autocannon(), population, forgetful);
  const load = { connections: 2, durationMs: 300, seed: 1 };
  await assert.rejects(contender.load({ ...load, operation: 'single-writes' }), /writes were answered, but 0 events/);
  await assert.rejects(contender.mixed(load, 0.5), /writes were answered, but 0 events/);
  await contender.load({ ...load, operation: 'single-reads' });
});

test('refusals fail the bench, except where more is sent at once than may wait', async (t) => {
  let count = 0;
  const server = createServer((_, response) => {
    response.statusCode = count++ % 2 === 0 ? 503 : 200;
    response.end('{}');
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const running = { url, pid: process.pid, residentBytes: async () => 0, stop: async () => {} };
  const contender = new Contender('busy', running, autocannon(), { contacts: 100, typesEach: 1 }, null);
  const load = { durationMs: 300, seed: 1 };
  await assert.rejects(
    contender.load({ ...load, connections: 2, operation: 'single-reads' }),
    /not 2xx; the first: 503/,
  );
  await assert.rejects(contender.load({ ...load, connections: 2, operation: 'batch-writes' }), /not 2xx/);
  const sample = await contender.load({ ...load, connections: 101, operation: 'batch-writes' });
  assert.ok(sample.refusedShare! > 0.3 && sample.refusedShare! < 0.7, JSON.stringify(sample));
  assert.equal(sample.p99Ms, undefined);
});

describe('the arithmetic', () => {
  test('medians, quantiles and ratios', () => {
    assert.deepEqual(spreadOf([5, 1, 9, 2]), { median: 3.5, lowest: 1, highest: 9 });
    assert.throws(() => spreadOf([]), /no median/);
    assert.equal(quantile([1, 2, 3, 4], 0.5), 3);
    assert.equal(quantile([1, 2, 3, 4], 0.99), 4);
    // Round by round: a machine that was slow in one round was so for both.
    assert.deepEqual(ratioOf([10, 1, 30], [20, 2, 10]), { median: 0.5, lowest: 0.5, highest: 3 });
    assert.throws(() => ratioOf([1], [1, 2]), /same rounds/);
  });

  test('rounds begin with another cell each time, and a failing cell is named', async () => {
    assert.deepEqual(rotated(['a', 'b', 'c'], 4), ['b', 'c', 'a']);
    const order: string[] = [];
    const cell = (name: string) => ({
      name,
      measure: async (round: number) => {
        order.push(name);
        return { [name]: { perSecond: round } };
      },
    });
    const quiet = { step: () => {} };
    const groups = [{ title: 'both', cells: [cell('a'), cell('b')] }];
    const samples = await measureInRounds(groups, 2, quiet);
    assert.deepEqual(order, ['a', 'b', 'b', 'a']);
    assert.deepEqual(samples.get('b'), [{ perSecond: 0 }, { perSecond: 1 }]);
    const failing = { name: 'c', measure: () => Promise.reject(new Error('refused')) };
    await assert.rejects(measureInRounds([{ title: 'one', cells: [failing] }], 1, quiet), /one, c, round 1: refused/);
  });
});

describe('the report', () => {
  const surroundings = {
    measuredAt: '2026-01-02T03:04:05.000Z',
    commit: 'abcdef',
    machine: { processor: 'A processor', cores: 2, memoryGiB: 24, system: 'Linux 6' },
    versions: { Optio: '1.0.0' },
    rounds: 5,
    windowMs: 1_000,
    isQuick: false,
  };
  const at = (perSecond: number): Sample => ({ perSecond, p50Ms: 1, p99Ms: 2 });

  test('figures keep three digits that count', () => {
    assert.deepEqual([0.71234, 12.345, 31_449.9, 0, 1].map(shown), ['0.712', '12.3', '31,400', '0', '1.00']);
  });

  test('tables line up', () => {
    assert.equal(
      table([{ title: 'who' }, { title: 'n', align: 'right' }], [['Optio', '12']]),
      '| who   |   n |\n| ----- | --: |\n| Optio |  12 |',
    );
  });

  test('an aim is met, missed, or was not measured', () => {
    const samples = new Map([
      ['sqlite/single-writes/64/optio', [at(80), at(90), at(60)]],
      ['postgresql/single-writes/64/optio', [at(10), at(10), at(90)]],
      ['no-storage/single-writes/64', [at(100), at(100), at(100)]],
    ]);
    const results = summarise(surroundings, { samples, memory: [], starts: [], opponents: [], versions: [] });
    const text = report(results);
    assert.match(
      text,
      /durable single writes, 64 connections, SQLite, of "no storage" .*at least 0\.7 \| +0\.800 \(0\.600-0\.900\) \| met /,
    );
    assert.match(text, /PostgreSQL, of "no storage" .*at least 0\.5 \| +0\.100 \(0\.100-0\.900\) \| missed /);
    assert.match(text, /of @c15t\/backend .*not measured/);
    assert.equal(results.aims.filter(({ measured }) => measured !== null).length, 2);
  });

  test('every aim knows its limit from either side', () => {
    for (const aim of AIMS) {
      const spread = (median: number) => ({ median, lowest: median, highest: median });
      const [better, worse] = aim.is === 'at least' ? [2, 0.5] : [0.5, 2];
      assert.equal(isMet(aim, spread(aim.aim)), true, aim.what);
      assert.equal(isMet(aim, spread(aim.aim * better)), true, aim.what);
      assert.equal(isMet(aim, spread(aim.aim * worse)), false, aim.what);
    }
  });
});
