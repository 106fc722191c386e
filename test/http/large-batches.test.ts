/** Batches of up to ten thousand inputs, where the operator wants them: still one transaction, still one megabyte. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../src/storage/open-store.ts';
import { createDatabase, query } from '../support/database.ts';
import { makeFolder, OptioServer } from '../support/optio-process.ts';
import { until } from '../support/worker-processes.ts';
import { onEveryEngine } from './support/engines.ts';
import { assertRefused, change, useServer, V4 } from './support/server.ts';

const MOST = 10_000;
const WRITE = `${V4}/statuses/batch/write`;
const READ = `${V4}/statuses/batch/read?channel=EMAIL`;
const OPT_OUT = `${V4}/statuses/batch/unsubscribe-all?channel=EMAIL`;
const READ_OPT_OUTS = `${V4}/statuses/batch/unsubscribe-all/read?channel=EMAIL`;
/** A definition whose id is short, and addresses that are: ten thousand inputs fit into a megabyte. */
const SHORT = { id: 7, name: 'Short' };
const OTHERS = `
  SELECT pid
  FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'optio'`;
const TOKEN = 'a-token-of-the-operator';

const addresses = (domain: string, count = MOST) => Array.from({ length: count }, (_, index) => `${index}@${domain}`);
const inputsFor = (named: readonly string[], statusState = 'SUBSCRIBED') =>
  named.map((subscriberIdString) => ({ subscriberIdString, subscriptionId: SHORT.id, statusState, channel: 'EMAIL' }));

onEveryEngine('a limit of ten thousand', (engine) => {
  const server = useServer(engine, { maxBatchInputs: MOST });

  test('holds for all batches of all families, in what is refused and in what is documented', async () => {
    const { json } = await server().get('/openapi.json');
    assert.equal(json.components.schemas.BatchInputString.properties.inputs.maxItems, MOST);
    assert.equal(json.components.schemas.BatchInputPublicStatusRequest.properties.inputs.maxItems, MOST);
    for (const path of [READ, OPT_OUT, READ_OPT_OUTS, READ.replace('/v4/', '/2026-09/')]) {
      assertRefused(await server().post(path, { inputs: addresses('x.io', MOST + 1) }), {
        status: 400,
        category: 'VALIDATION_ERROR',
        code: 'FIELD_INVALID',
        in: 'inputs',
        message: '"inputs" held 10001 entries. Allowed: an array of 1 to 10000 entries.',
      });
    }
  });

  test('ten thousand writes, opt-outs and reads: every input answered, in its order', async () => {
    assert.equal((await server().post('/optio/v1/definitions', SHORT)).status, 201);
    const named = addresses('b.io');
    const shownBy = (answer: { json: { results: { subscriberIdString: string }[] } }) =>
      answer.json.results.map(({ subscriberIdString }) => subscriberIdString);
    for (const state of ['SUBSCRIBED', 'UNSUBSCRIBED']) {
      // Of the longer word fewer fit into a megabyte.
      const some = state === 'SUBSCRIBED' ? named : named.slice(0, 9_900);
      const written = await server().post(WRITE, { inputs: inputsFor(some, state) });
      assert.equal(written.status, 200, written.text.slice(0, 500));
      assert.deepEqual(shownBy(written), some);
      assert.ok(written.json.results.every(({ status }: { status: string }) => status === state));
    }
    assert.deepEqual(shownBy(await server().post(READ, { inputs: named })), named);
    assert.deepEqual(shownBy(await server().post(`${OPT_OUT}&verbose=true`, { inputs: named })), named);
    const read = await server().post(READ_OPT_OUTS, { inputs: named });
    assert.ok(read.json.results.every(({ wideStatuses }: { wideStatuses: object[] }) => wideStatuses.length === 1));
  });

  test('one contact, again and again: applied in order', async () => {
    const states = Array.from({ length: 9_000 }, (_, index) => (index % 2 === 0 ? 'UNSUBSCRIBED' : 'SUBSCRIBED'));
    const inputs = states.map((statusState) => change({ subscriberIdString: 'a@b.io', statusState }));
    const { json } = await server().post(WRITE, { inputs });
    assert.deepEqual(
      json.results.map(({ status }: { status: string }) => status),
      states,
    );
    const instants = new Set(json.results.map(({ timestamp }: { timestamp: string }) => timestamp));
    assert.equal(instants.size, states.length);
  });

  test('more than a megabyte stays too much, however few the inputs', async () => {
    const inputs = inputsFor(addresses('b.io')).map((input) => ({ ...input, legalBasis: 'CONSENT_WITH_NOTICE' }));
    const answer = await server().post(WRITE, { inputs });
    assert.deepEqual([answer.status, answer.json.errors[0].code], [413, 'BODY_TOO_LARGE']);
  });
});

test('a limit below a hundred holds as well, set by flag', async (t) => {
  const cwd = await makeFolder(t);
  const server = await OptioServer.start(t, { cwd, args: ['--max-batch-inputs', '2'] });
  assert.equal((await server.request('POST', READ, { body: { inputs: addresses('b.io', 2) } })).status, 200);
  const { status, body } = await server.request('POST', READ, { body: { inputs: addresses('b.io', 3) } });
  assert.equal(status, 400);
  assert.equal(body.message, '"inputs" held 3 entries. Allowed: an array of 1 to 2 entries.');
});

for (const name of ['SQLite', 'PostgreSQL']) {
  test(`kill -9 in the middle of a large batch leaves all of it or nothing, on ${name}`, async (t) => {
    const cwd = await makeFolder(t);
    const database = name === 'SQLite' ? null : await createDatabase();
    if (database) t.after(database.drop);
    const databaseUrl = database?.databaseUrl ?? `sqlite:${cwd}/optio.db`;
    const env = { OPTIO_DATABASE_URL: databaseUrl, OPTIO_BOOTSTRAP_TOKEN: TOKEN, OPTIO_MAX_BATCH_INPUTS: '10000' };
    const serve = () => OptioServer.start(t, { cwd, env });
    const write = (server: OptioServer, domain: string) =>
      server.request('POST', WRITE, { token: TOKEN, body: { inputs: inputsFor(addresses(domain)) } });
    const first = await serve();
    await first.request('POST', '/optio/v1/definitions', { token: TOKEN, body: SHORT });
    const sentAt = performance.now();
    assert.equal((await write(first, 'warm.io')).status, 200);
    const usualMs = performance.now() - sentAt;
    await first.stop('SIGKILL');

    const isAnswered = new Map([['warm.io', true]]);
    for (const part of [0.6, 0.8, 1]) {
      const server = await serve();
      const domain = `${part * 10}.io`;
      const answer = write(server, domain).then(
        ({ status }) => status === 200,
        () => false,
      );
      await sleep(usualMs * part);
      await server.stop('SIGKILL');
      isAnswered.set(domain, await answer);
    }
    // PostgreSQL goes on with what it was told, whoever told it.
    if (database) await until(async () => (await query(databaseUrl, OTHERS)).length === 0, 'nobody else is at work');
    const stored = await contactsByDomain(databaseUrl);
    for (const [domain, answered] of isAnswered) {
      const count = stored.get(domain) ?? 0;
      assert.ok(count === MOST || (count === 0 && !answered), `${domain}: ${count}, answered: ${answered}`);
    }
    t.diagnostic(`of ${isAnswered.size} batches ${stored.size} were stored`);
  });
}

/** How many contacts are stored whose ledger has exactly one event, by the domain of their address. */
async function contactsByDomain(databaseUrl: string): Promise<Map<string, number>> {
  const store = await openStore(databaseUrl);
  try {
    const counts = new Map<string, number>();
    for (let page = await store.subscribers.scan(null, 1_000); page.length > 0; ) {
      for (const { address, state } of page) {
        assert.equal(state.version, 1);
        const domain = address!.split('@')[1]!;
        counts.set(domain, (counts.get(domain) ?? 0) + 1);
      }
      page = await store.subscribers.scan(page.at(-1)!.ref, 1_000);
    }
    return counts;
  } finally {
    await store.close();
  }
}
