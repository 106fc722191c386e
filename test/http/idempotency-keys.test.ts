/** What keys cost, what is stored of them, and where their answers end. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { KeyForgetter } from '../../src/actions/forget-keys.ts';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';
import { tamper, withMethodsOf } from '../support/tampered-store.ts';
import { FULL_TOKEN, MARKETING } from './support/accounts.ts';
import { onEveryEngine, SQLITE } from './support/engines.ts';
import { change, countEvents, startServer, statusesOf, useServer, V4 } from './support/server.ts';

const DAY_MS = 86_400_000;
const under = (key: string) => ({ headers: { 'idempotency-key': key } });

test('in PostgreSQL’s table neither key nor request nor answer can be read', async (t) => {
  const database = await createDatabase();
  const server = await startServer({ databaseUrl: database.databaseUrl });
  t.after(async () => {
    await server.close();
    await database.drop();
    await stopOwnServer();
  });
  const key = 'order-4711';
  const legalBasis = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'met at the onion stall' };
  const answer = await server.post(statusesOf('ada@example.com'), change(legalBasis), under(key));
  assert.equal(answer.status, 200);
  const rows = await query(database.databaseUrl, 'SELECT * FROM idempotency_key');
  assert.equal(rows.length, 1);
  const octets = Object.values(rows[0]!).map((value) =>
    Buffer.isBuffer(value) ? value.toString('latin1') : String(value),
  );
  for (const trace of [key, 'ada', 'onion', 'SUBSCRIBED', String(MARKETING), 'results']) {
    assert.ok(!octets.some((text) => text.includes(trace)), trace);
  }
});

describe('requests without a key', () => {
  let asked = 0;
  const server = useServer(SQLITE, {
    wrapStore: (store) =>
      new Proxy(store, {
        get: (target, name) => {
          if (name === 'idempotencyKeys') asked += 1;
          const value = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  });

  test('ask nothing of the store', async () => {
    const before = asked;
    await server().post(statusesOf('ada@example.com'), change());
    await server().get(`${statusesOf('ada@example.com')}?channel=EMAIL`, under('k'));
    assert.equal(asked, before);
  });
});

describe('a repeat while the first is under way in the same process', () => {
  let held: (() => void) | null = null;
  let reserved = 0;
  const server = useServer(SQLITE, {
    wrapStore: (store) =>
      withMethodsOf(
        tamper(store, (real) => ({
          commit: async (changes) => {
            await new Promise<void>((resolve) => {
              held = resolve;
            });
            return real.commit(changes);
          },
        })),
        {
          idempotencyKeys: withMethodsOf(store.idempotencyKeys, {
            reserve: (reservation) => {
              reserved += 1;
              return store.idempotencyKeys.reserve(reservation);
            },
          }),
        },
      ),
  });

  test('waits, and has the answer without asking the database', async () => {
    const path = statusesOf('ada@example.com');
    const answers = Array.from({ length: 5 }, () => server().post(path, change(), under('k')));
    while (held === null || server().app.admission.load.requests < answers.length) await pause(5);
    const other = await server().post(path, change({ statusState: 'UNSUBSCRIBED' }), under('k'));
    assert.equal(other.status, 422, 'of another request it is known at once');
    (held as () => void)();
    const texts = (await Promise.all(answers)).map(({ text }) => text);
    assert.deepEqual(texts, new Array(5).fill(texts[0]));
    assert.equal(await countEvents(server().store), 1);
    assert.equal(reserved, 1);
  });

  test('or is told to come again, where that takes too long', async () => {
    held = null;
    const path = statusesOf('bob@example.com');
    const first = server().post(path, change(), under('slow'));
    while (held === null) await pause(5);
    const repeat = await server().post(path, change(), under('slow'));
    assert.deepEqual([repeat.status, repeat.headers.get('retry-after')], [409, '1']);
    assert.equal(repeat.json.errors[0].code, 'REQUEST_UNDER_WAY');
    (held as () => void)();
    assert.equal((await server().post(path, change(), under('slow'))).text, (await first).text);
  });

  test('also where the client of the first is gone', async () => {
    held = null;
    const path = statusesOf('eve@example.com');
    const leaving = new AbortController();
    const left = fetch(server().url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${FULL_TOKEN}`, 'content-type': 'application/json', 'idempotency-key': 'gone' },
      body: JSON.stringify(change()),
      signal: leaving.signal,
    });
    while (held === null) await pause(5);
    leaving.abort();
    await assert.rejects(left);
    const repeat = server().post(path, change(), under('gone'));
    (held as () => void)();
    assert.equal((await repeat).headers.get('idempotency-replayed'), 'true');
  });
});

onEveryEngine('the answers that are kept', (engine) => {
  let now = Date.parse('2026-03-01T00:00:00Z');
  const server = useServer(engine, { maxBatchInputs: 10_000, clock: () => now });

  test('have a megabyte at most: of a larger one a repeat is told that it was carried out', async () => {
    const batch = (from: number, inputs: number) => ({
      inputs: Array.from({ length: inputs }, (_, index) => change({ subscriberIdString: `${from + index}@b.io` })),
    });
    const path = `${V4}/statuses/batch/write`;
    const [large, huge] = [batch(0, 2_000), batch(2_000, 5_000)];
    const first = await server().post(path, large, under('large'));
    assert.ok(first.text.length > 500_000 && first.text.length < 1_048_576, String(first.text.length));
    assert.equal((await server().post(path, large, under('large'))).text, first.text);
    const lost = await server().post(path, huge, under('huge'));
    assert.equal(lost.status, 200);
    assert.ok(lost.text.length > 1_048_576);
    const events = await countEvents(server().store);
    const repeat = await server().post(path, huge, under('huge'));
    assert.deepEqual([repeat.status, repeat.json.errors[0].code], [409, 'ANSWER_NOT_KEPT']);
    assert.match(repeat.json.message, /carried out before.+larger than 1048576 bytes/);
    assert.equal(await countEvents(server().store), events);
  });

  test('are forgotten after a day, however many they are', async () => {
    const forgetter = new KeyForgetter(server().context, assert.ifError);
    now += DAY_MS;
    await forgetter.look();
    for (let key = 0; key < 250; key += 1)
      await server().post(statusesOf(`f${key}@b.io`), change(), under(randomUUID()));
    const { idempotencyKeys } = server().store;
    now += DAY_MS - 1;
    await server().post(statusesOf('young@b.io'), change(), under('young'));
    now += 1;
    await forgetter.look();
    assert.equal(await idempotencyKeys.forgetExpired(now, 1_000), 0);
    assert.equal(await idempotencyKeys.forgetExpired(now + DAY_MS, 1_000), 1);
  });

  test('are described in OpenAPI for our own writes, and not for HubSpot’s', async () => {
    const { json } = await server().get('/openapi.json', { token: null });
    const named: string[] = [];
    for (const [path, operations] of Object.entries<Record<string, { parameters?: { in: string; name: string }[] }>>(
      json.paths,
    )) {
      for (const [method, { parameters = [] }] of Object.entries(operations)) {
        const isNamed = parameters.some(
          (parameter) => parameter.in === 'header' && parameter.name === 'Idempotency-Key',
        );
        if (isNamed) named.push(`${method} ${path}`);
      }
    }
    assert.ok(named.every((operation) => / \/optio\/v1\//.test(operation)));
    for (const operation of [
      'post /optio/v1/definitions',
      'patch /optio/v1/account',
      'delete /optio/v1/subscribers/{subscriberIdString}',
      'post /optio/v1/signups',
    ]) {
      assert.ok(named.includes(operation), operation);
    }
    for (const operation of ['get /optio/v1/account', 'post /optio/v1/links/batch', 'post /optio/v1/eligibility']) {
      assert.ok(!named.includes(operation), operation);
    }
  });
});
