/** Lists at the gate that take long, or that something goes wrong with. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../../src/storage/port.ts';
import { tamper } from '../support/tampered-store.ts';
import { until } from '../support/worker-processes.ts';
import { FULL_TOKEN, MARKETING } from './support/accounts.ts';
import { onEveryEngine, SQLITE } from './support/engines.ts';
import { useServer } from './support/server.ts';

const PATH = '/optio/v1/eligibility';
const LINES = 'application/x-ndjson';

describe('a list that takes long', () => {
  const limits = { requestMs: 200, headersMs: 200, checkEveryMs: 20 };
  const server = useServer(SQLITE, { limits });

  test('is not cut off by the limit on other requests, and the next request on its connection is', async () => {
    const { hostname, port } = new URL(server().url);
    const socket = connect(Number(port), hostname);
    const received = text(socket);
    const head = (type: string) =>
      `POST ${PATH}?subscriptionId=${MARKETING} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${FULL_TOKEN}\r\nContent-Type: ${type}\r\n`;
    socket.write(`${head(LINES)}Transfer-Encoding: chunked\r\n\r\n`);
    for (let count = 0; count < 4; count++) {
      socket.write('7\r\na@b.io\n\r\n');
      await sleep(limits.requestMs);
    }
    socket.write('0\r\n\r\n');
    socket.write(`${head('application/json')}Content-Length: 100\r\n\r\n{`);
    const answers = await received;
    assert.match(answers, /\{"done":true,"count":4\}\n/);
    assert.match(answers, /\nHTTP\/1\.1 408 /);
  });
});

describe('more lists at once than there is memory for', () => {
  const server = useServer(SQLITE, { limits: { heldBytes: 2_500_000 } });
  const url = () => new URL(`${PATH}?subscriptionId=${MARKETING}`, server().url);
  const headers = { authorization: `Bearer ${FULL_TOKEN}`, 'content-type': LINES };

  /** Begins a list; resolves with its answer once that has begun. */
  async function beginList(): Promise<{ response: IncomingMessage; end: () => Promise<string> }> {
    const sending = request(url(), { method: 'POST', headers });
    sending.write('a@example.com\n');
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    return {
      response,
      end: () => {
        sending.end();
        return text(response);
      },
    };
  }

  test('are turned away, and taken again when others have ended', async () => {
    const [first, second] = [await beginList(), await beginList()];
    const third = await beginList();
    assert.equal(third.response.statusCode, 503);
    assert.match(await third.end(), /"code":"OVERLOADED"/);
    for (const { end } of [first, second]) assert.match(await end(), /\{"done":true,"count":1\}\n$/);
    const fourth = await beginList();
    assert.equal(fourth.response.statusCode, 200);
    assert.match(await fourth.end(), /"done"/);
  });

  test('a client that goes away gives back what its list took', async () => {
    for (let count = 0; count < 6; count++) {
      const { response } = await beginList();
      response.on('error', () => {});
      response.destroy();
      await until(async () => server().app.admission.load.heldBytes === 0, 'what the list took was given back');
    }
    assert.match(await (await beginList()).end(), /"done"/);
  });
});

describe('a gate whose database hangs', () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const server = useServer(SQLITE, {
    wrapStore: (store) =>
      tamper(store, (real) => ({
        loadAbout: (refs, subject) => released.then(() => real.loadAbout(refs, subject)),
      })),
  });

  test('turns away who comes when too many contacts wait, and answers the others in the end', async () => {
    const inputs = Array.from({ length: 1_000 }, (_, index) => `c${index}@example.com`);
    let turnedAway = 0;
    const calls = Array.from({ length: 60 }, async () => {
      const { status } = await server().post(PATH, { subscriptionId: MARKETING, inputs });
      if (status === 503) turnedAway += 1;
      return status;
    });
    await until(() => turnedAway === 10, 'ten calls were turned away');
    release();
    const statuses = await Promise.all(calls);
    assert.equal(statuses.filter((status) => status === 200).length, 50);
  });
});

onEveryEngine('the gate where something cannot be read', (engine) => {
  let left = Number.POSITIVE_INFINITY;
  const server = useServer(engine, {
    wrapStore: (store) =>
      tamper(store, (real) => ({
        loadAbout: (refs, subject) =>
          left-- > 0 ? real.loadAbout(refs, subject) : Promise.reject(new StoreUnavailable('The disk is gone')),
      })),
  });
  const inputs = Array.from({ length: 6_000 }, (_, index) => `c${index}@example.com`);

  test('is shut for all: 503, and nobody is eligible', async () => {
    for (left of [0, 2]) {
      const answer = await server().post(PATH, { subscriptionId: MARKETING, inputs });
      assert.deepEqual([answer.status, answer.json.errors[0].code], [503, 'STORE_UNAVAILABLE']);
    }
    left = 0;
    const lines = await server().post(PATH, { subscriptionId: MARKETING, inputs }, { headers: { accept: LINES } });
    assert.deepEqual([lines.status, lines.json.errors[0].code], [503, 'STORE_UNAVAILABLE']);
    left = 0;
    const list = await server().request('POST', `${PATH}?subscriptionId=${MARKETING}`, {
      body: inputs.join('\n').repeat(15),
      headers: { 'content-type': LINES },
    });
    assert.deepEqual([list.status, list.json.errors[0].code], [503, 'STORE_UNAVAILABLE']);
  });

  test('a list that was begun is cut off, and lacks its last line', async () => {
    // Two batches of four look-ups each are under way at once: the first one's are all found.
    left = 8;
    const url = new URL(PATH, server().url);
    const headers = { authorization: `Bearer ${FULL_TOKEN}`, 'content-type': 'application/json', accept: LINES };
    const body = JSON.stringify({ subscriptionId: MARKETING, inputs });
    const response = await fetch(url, { method: 'POST', headers, body });
    assert.equal(response.status, 200);
    let received = '';
    await assert.rejects(async () => {
      for await (const chunk of response.body!) received += Buffer.from(chunk).toString();
    });
    assert.ok(!received.includes('"done"'), received.slice(-200));
    left = Number.POSITIVE_INFINITY;
  });
});
