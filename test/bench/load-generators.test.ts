/** Load generators send what they are meant to, and what they print is understood. How fast anything is, no test says. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Contender } from '../../bench/contender.ts';
import { autocannon, parseTallies } from '../../bench/load-generators/autocannon.ts';
import { assertNothingRefused, type Load, type LoadGenerator } from '../../bench/load-generators/load-generator.ts';
import { findWrk, parseWrk } from '../../bench/load-generators/wrk.ts';
import { makeRequest, type Operation, type WireRequest } from '../../bench/operations.ts';
import { parsePgbench } from '../../bench/opponents/pgbench.ts';
import { loadedState, type Population, TOKEN, typeId, writeAt } from '../../bench/population.ts';
import type { Lifetime } from '../support/optio-process.ts';

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

describe('what a server under load does', () => {
  const population = { contacts: 100, typesEach: 1 };
  const load = { connections: 2, durationMs: 300, seed: 1 };

  test('writes that were answered and not kept fail the bench', async (t) => {
    const contender = await contend(t, () => 200);
    await assert.rejects(contender.load({ ...load, operation: 'single-writes' }), /writes were answered, but 0 events/);
    await assert.rejects(contender.load({ ...load, operation: 'batch-writes' }), /writes were answered, but 0 events/);
    await assert.rejects(contender.mixed(load, 0.5), /writes were answered, but 0 events/);
    const { perSecond, p50Ms, p99Ms } = await contender.load({ ...load, operation: 'single-reads' });
    assert.ok(perSecond > 0 && p50Ms! > 0 && p99Ms! >= p50Ms!);
  });

  test('refusals fail the bench', async (t) => {
    let count = 0;
    const contender = await contend(t, () => (count++ % 2 === 0 ? 503 : 200));
    for (const operation of ['single-reads', 'batch-writes'] as const) {
      await assert.rejects(contender.load({ ...load, operation }), /answers were not 2xx; the first: 503/);
    }
    await assert.rejects(contender.mixed(load, 0.5), /answers were not 2xx/);
  });

  test('an answer that lacks what is recorded fails the bench', async (t) => {
    const contender = await contend(t, () => 200, { ...population, typesEach: 2 });
    await assert.rejects(contender.checkAnswer('single-reads'), /read 1 recorded types, not 2/);
  });

  /** A server that answers as Optio would, with the status it is told, and keeps nothing. */
  async function contend(t: Lifetime, status: () => number, loaded: Population = population): Promise<Contender> {
    const row = '{"subscriptionId":1,"source":"Public status API, App ID:1"}';
    const read = [row, ...Array.from({ length: 7 }, () => '{"subscriptionId":1,"source":"Not specified"}')].join();
    const server = createServer((request, response) => {
      response.statusCode = status();
      if (request.method === 'GET') response.end(read);
      else response.end(request.url?.includes('batch') ? row.repeat(100) : row);
    });
    t.after(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const running = { url, pid: process.pid, residentBytes: async () => 0, stop: async () => {} };
    const forgetful = { url: '', population: loaded, eventsSince: async () => 0 };
    return new Contender('forgetful', running, autocannon(), loaded, forgetful);
  }
});
