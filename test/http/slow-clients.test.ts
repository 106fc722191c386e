/** Clients that dawdle, die, flood or never listen: each is ended, nothing is left of it, and nobody else notices. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SQLITE } from './support/engines.ts';
import { head, RawClient } from './support/raw-client.ts';
import { change, statusesOf, useServer, V4 } from './support/server.ts';

const LIMITS = { headersMs: 400, requestMs: 800, keepAliveMs: 300, stalledMs: 1_000, checkEveryMs: 50 };
const CROWD = 12;
const WRITE = statusesOf('slow@example.com');
const READ = `${WRITE}?channel=EMAIL`;

describe('clients that misbehave', { timeout: 120_000 }, () => {
  const server = useServer(SQLITE, { limits: LIMITS });
  const clients: RawClient[] = [];
  let others: { stop: () => Promise<number> };
  let answered = 0;

  /** Somebody who goes about their business all the while. */
  const goAbout = () => {
    let isOver = false;
    const path = statusesOf('somebody.else@example.com');
    const going = (async () => {
      let count = 0;
      for (; !isOver; count++) {
        const statusState = count % 2 === 0 ? 'SUBSCRIBED' : 'UNSUBSCRIBED';
        assert.equal((await server().post(path, change({ statusState }))).status, 200);
        assert.equal((await server().get(`${path}?channel=EMAIL`)).json.results[0].status, statusState);
        await sleep(10);
      }
      return count;
    })();
    going.catch(() => {});
    return {
      stop: () => {
        isOver = true;
        return going;
      },
    };
  };
  beforeEach(() => {
    others = goAbout();
  });
  afterEach(async () => {
    answered += await others.stop();
    for (const client of clients.splice(0)) client.socket.destroy();
    await untilIdle();
  });
  before(() => assert.ok(LIMITS.requestMs > LIMITS.headersMs));
  after(() => assert.ok(answered > 0));

  /** The connections of ordinary clients are idle for a moment before they are closed, too. */
  async function untilIdle(): Promise<void> {
    const idle = { connections: 0, requests: 0, heldBytes: 0 };
    const { load } = server().app.admission;
    while (JSON.stringify(load) !== JSON.stringify(idle)) await sleep(20);
  }

  async function crowd(options: { allowHalfOpen?: boolean } = {}): Promise<RawClient[]> {
    const arrived = await Promise.all(Array.from({ length: CROWD }, () => RawClient.connect(server().url, options)));
    clients.push(...arrived);
    return arrived;
  }

  const endedWith = async (crowded: RawClient[], status: number, code: string) => {
    await Promise.all(crowded.map((client) => client.closed));
    for (const { statuses, received } of crowded) {
      assert.deepEqual(statuses, [status], received);
      assert.match(received, new RegExp(`"category":"VALIDATION_ERROR","errors":\\[\\{[^}]*"code":"${code}"`));
    }
  };

  test('connections that never speak are closed', async () => {
    await endedWith(await crowd(), 408, 'REQUEST_TIMEOUT');
  });

  test('headers that trickle in without an end', async () => {
    const slow = await crowd();
    for (const client of slow) {
      client.send('GET / HTTP/1.1\r\nHost: optio\r\n');
      void client.dribble('X-More: and more\r\n');
    }
    await endedWith(slow, 408, 'REQUEST_TIMEOUT');
  });

  test('half a body, and a body that trickles in', async () => {
    const [some, rest] = [await crowd(), await crowd()];
    for (const client of some) client.send(`${head('POST', WRITE, 1_000)}{"subscriptionId": `);
    for (const client of rest) {
      client.send(head('POST', WRITE, 'chunked'));
      void client.dribble('1\r\n \r\n');
    }
    await endedWith([...some, ...rest], 408, 'REQUEST_TIMEOUT');
  });

  test('who does not hang up when we do is cut off all the same', async () => {
    const stubborn = await crowd({ allowHalfOpen: true });
    for (const client of stubborn) client.send(`${head('POST', WRITE, 1_000)}{`);
    // Not their end tells it, which they put off, but ours.
    const { load } = server().app.admission;
    while (load.connections < CROWD) await sleep(5);
    while (load.connections > CROWD / 2) await sleep(20);
  });

  test('who goes away in the middle of a body leaves nothing behind', async () => {
    for (const client of await crowd()) {
      client.send(`${head('POST', WRITE, 500_000)}${' '.repeat(300_000)}`);
      setTimeout(() => client.socket.resetAndDestroy(), 20);
    }
    await sleep(100);
  });

  test('who goes away before the answer leaves nothing behind', async () => {
    for (const client of await crowd()) {
      client.send(head('GET', READ).repeat(10));
      client.socket.destroySoon();
    }
  });

  test('kept alive and silent: closed after a while, with no word', async () => {
    const kept = await crowd();
    for (const client of kept) client.send(head('GET', READ));
    await Promise.all(kept.map((client) => client.closed));
    for (const { statuses } of kept) assert.deepEqual(statuses, [200]);
  });

  test('who asks for much and never reads the answers is cut off', async () => {
    // More than the system keeps for a connection on both of its sides.
    const inputs = JSON.stringify({ inputs: Array.from({ length: 100 }, (_, index) => `deaf${index}@example.com`) });
    const ask = head('POST', `${V4}/statuses/batch/read?channel=EMAIL`, inputs.length) + inputs;
    const deaf = await crowd();
    for (const client of deaf) {
      client.socket.pause();
      client.send(ask.repeat(64));
    }
    const { load } = server().app.admission;
    while (load.requests < CROWD) await sleep(5);
    while (load.requests > CROWD / 2) await sleep(20);
  });

  test('who piles up requests without waiting for answers is cut off; up to 64 are answered in order', async () => {
    const [polite, ...floods] = await crowd();
    polite!.send(head('GET', READ).repeat(64));
    assert.deepEqual(await polite!.answers(64), Array(64).fill(200));
    for (const client of floods) client.send(head('GET', '/openapi.json').repeat(1_000));
    await Promise.all(floods.map((client) => client.closed));
    // Answers that were taken made room for others, but nobody got through with all.
    for (const { statuses } of floods) assert.ok(statuses.length < 1_000, String(statuses.length));
  });

  test('headers without number: all are read up to 16 KiB, more are refused', async () => {
    const [many, tooMany, long] = await crowd();
    const begin = `GET ${V4}/definitions HTTP/1.1\r\nHost: optio\r\n`;
    many!.send(begin + 'a:\r\n'.repeat(10_000) + head('GET', '/').split('\r\n').slice(2).join('\r\n'));
    assert.deepEqual(await many!.answers(1), [200], 'the last header counts, too');
    tooMany!.send(begin + 'a:\r\n'.repeat(20_000));
    long!.send(`${begin}a: ${'a'.repeat(20_000)}`);
    await endedWith([tooMany!, long!], 431, 'HEADERS_TOO_LARGE');
  });
});
