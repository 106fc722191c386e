/** Past each limit: 503 and when to come back, before it costs memory. Below it again: as if nothing had been. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { MAX_WAITING_READS } from '../../src/actions/subscriber-reader.ts';
import type { Store } from '../../src/storage/port.ts';
import { tamper } from '../support/tampered-store.ts';
import { FIRST_ACCOUNT } from './support/accounts.ts';
import { SQLITE } from './support/engines.ts';
import { head, RawClient } from './support/raw-client.ts';
import { type Answer, assertRefused, change, statusesOf, useServer, V4 } from './support/server.ts';

const LIMITS = { connections: 40, requests: 8, heldBytes: 400_000 };
const BODY_BYTES = 100_000;
const WRITE = statusesOf('ada@example.com');
const READ = `${WRITE}?channel=EMAIL`;

/** What stands between the actions and the database: closed, nothing comes back from it. */
class Gate {
  #opened: Promise<void> = Promise.resolve();
  open = () => {};

  close(): void {
    this.#opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  readonly wrap = (store: Store): Store =>
    tamper(store, (real) => ({
      loadPreferences: (refs) => this.#opened.then(() => real.loadPreferences(refs)),
      loadToChange: (refs, mayBeOld) => this.#opened.then(() => real.loadToChange(refs, mayBeOld)),
    }));
}

/** A write of 100 000 bytes, nearly all of them in a field that nobody asked for. */
function largeWrite(): string {
  const empty = JSON.stringify(change({ padding: '' }));
  return JSON.stringify(change({ padding: 'x'.repeat(BODY_BYTES - empty.length) }));
}

function assertOverloaded(answer: Answer, message: RegExp): void {
  assertRefused(answer, { status: 503, category: 'SERVICE_UNAVAILABLE', code: 'OVERLOADED', message });
  assert.equal(answer.headers.get('retry-after'), '1');
}

describe('past the limit', { timeout: 60_000 }, () => {
  const gate = new Gate();
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const server = useServer(SQLITE, { limits: LIMITS, wrapStore: gate.wrap, logger });
  const load = () => server().app.admission.load;
  const clients: RawClient[] = [];
  const connect = async () => {
    const client = await RawClient.connect(server().url);
    clients.push(client);
    return client;
  };

  afterEach(async () => {
    gate.open();
    for (const client of clients.splice(0)) client.socket.destroy();
    while (load().requests > 0 || load().connections > LIMITS.connections) await sleep(5);
    assert.equal(load().heldBytes, 0);
    for (let count = 0; count < 20; count++) {
      assert.equal((await server().post(WRITE, change())).status, 200);
      assert.equal((await server().get(READ)).status, 200);
    }
  });

  test('requests in progress: the next is turned away, but not who asks whether the process lives', async () => {
    gate.close();
    const taken = Array.from({ length: LIMITS.requests }, () => server().get(READ));
    while (load().requests < LIMITS.requests) await sleep(5);
    assertOverloaded(await server().get(READ), /^More requests are in progress than/);
    assertOverloaded(await server().post(WRITE, change()), /Nothing was changed; try again shortly\.$/);
    assert.equal((await server().get('/health/live', { token: null })).status, 200);
    gate.open();
    for (const answer of await Promise.all(taken)) assert.equal(answer.status, 200);
    assert.match(
      lines.join(''),
      /"code":"OVERLOADED","requests":1,"reason":"More requests .*"requests are turned away"/,
    );
    assert.equal(lines.filter((line) => line.includes('turned away')).length, 1, 'not a line a request');
  });

  test('requests whose clients went away count for as long as the database works on them', async () => {
    gate.close();
    for (let count = 0; count < LIMITS.requests; count++) {
      const client = await connect();
      client.send(head('GET', READ));
      while (load().requests <= count) await sleep(5);
      client.socket.destroy();
      await client.closed;
    }
    await sleep(50);
    assertOverloaded(await server().get(READ), /^More requests/);
  });

  test('bodies in memory: refused while they arrive, and the connection goes on', async () => {
    gate.close();
    const taken = Array.from({ length: 3 }, () => server().post(WRITE, largeWrite()));
    while (load().heldBytes < 3 * BODY_BYTES) await sleep(5);
    const late = await connect();
    const body = largeWrite();
    late.send(head('POST', WRITE, body.length) + body.slice(0, -1));
    const half = await connect();
    half.send(`${head('POST', WRITE, 'chunked')}${(60_000).toString(16)}\r\n${' '.repeat(60_000)}`);
    assert.deepEqual(await Promise.race([late.answers(1), half.answers(1)]), [503]);
    const refused = late.statuses.length > 0 ? late : half;
    assert.match(refused.received, /Retry-After: 1\r\n/i);
    assert.match(refused.received, /"code":"OVERLOADED"/);
    assert.doesNotMatch(refused.received, /Connection: close/i);
    assert.equal((await server().get('/health/live', { token: null })).status, 200);
    gate.open();
    for (const answer of await Promise.all(taken)) assert.equal(answer.status, 200);
    refused.send(refused === late ? body.slice(-1) : '\r\n0\r\n\r\n');
    refused.send(head('GET', READ));
    assert.deepEqual(await refused.answers(2), [503, 200]);
  });

  test('half bodies hold what came of them, not what they promise', async () => {
    for (let count = 0; count < LIMITS.requests - 2; count++) {
      (await connect()).send(`${head('POST', WRITE, 1_000_000)}{`);
    }
    while (load().heldBytes < LIMITS.requests - 2) await sleep(5);
    assert.equal((await server().post(WRITE, largeWrite())).status, 200);
  });

  test('a body that comes byte by byte is put together', async () => {
    const body = JSON.stringify(change());
    const client = await connect();
    client.send(head('POST', WRITE, 'chunked') + [...body].map((byte) => `1\r\n${byte}\r\n`).join(''));
    await sleep(20);
    client.send('0\r\n\r\n');
    assert.deepEqual(await client.answers(1), [200]);
  });

  test('connections: who is one too many is told so once it speaks, and is welcome when there is room', async () => {
    while (load().connections > 0) {
      server().app.server.closeIdleConnections();
      await sleep(5);
    }
    const [first] = await Promise.all(Array.from({ length: LIMITS.connections }, connect));
    while (load().connections < LIMITS.connections) await sleep(5);
    const [refused, asking, lucky] = [await connect(), await connect(), await connect()];
    refused.send(head('GET', READ));
    await refused.closed;
    assert.deepEqual(refused.statuses, [503]);
    assert.match(refused.received, /More connections are open .*"code":"OVERLOADED"/);
    asking.send(head('GET', '/health/live'));
    assert.deepEqual(await asking.answers(1), [200]);
    first!.send(head('GET', READ));
    assert.deepEqual(await first!.answers(1), [200], 'who was there before does not notice');
    for (const client of clients.slice(1, 5)) client.socket.destroy();
    while (load().connections > LIMITS.connections) await sleep(5);
    lucky.send(head('GET', READ));
    assert.deepEqual(await lucky.answers(1), [200]);
  });

  test('answers that nobody takes count, too', async () => {
    const deaf = await Promise.all(Array.from({ length: 5 }, connect));
    for (const { socket } of deaf) socket.pause();
    const inputs = JSON.stringify({ inputs: Array.from({ length: 100 }, (_, index) => `deaf${index}@example.com`) });
    const ask = head('POST', `${V4}/statuses/batch/read?channel=EMAIL`, inputs.length) + inputs;
    // As long as the system takes them off our hands they are none of ours.
    while (load().heldBytes < LIMITS.heldBytes && load().requests < LIMITS.requests) {
      for (const client of deaf) client.send(ask);
      await sleep(20);
    }
    assertOverloaded(await server().get(READ), /^More (?:data of requests and answers is|requests are) in/);
  });
});

describe('more reads than may wait', { timeout: 60_000 }, () => {
  const gate = new Gate();
  const server = useServer(SQLITE, { wrapStore: gate.wrap });

  test('are turned away, and the others are answered once the database is back', async () => {
    gate.close();
    const ref = { accountId: FIRST_ACCOUNT, subscriberKey: '0'.repeat(32) };
    const others = server().context.reader.load(Array(MAX_WAITING_READS - 50).fill(ref));
    const last = server().get(READ);
    while (server().app.admission.load.requests < 1) await sleep(5);
    const inputs = Array.from({ length: 100 }, (_, index) => `reader${index}@example.com`);
    const message = /^More reads are waiting than/;
    assertOverloaded(await server().post(`${V4}/statuses/batch/read?channel=EMAIL`, { inputs }), message);
    gate.open();
    assert.equal((await others).length, MAX_WAITING_READS - 50);
    assert.equal((await last).status, 200);
    assert.equal((await server().post(`${V4}/statuses/batch/read?channel=EMAIL`, { inputs })).status, 200);
  });
});
