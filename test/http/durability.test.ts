/** An answer is a promise: it comes after the commit, and who reads afterwards sees it. Failures are told as such. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pino } from 'pino';
import { MAX_WAITING_CHANGES } from '../../src/actions/committer.ts';
import { StoreUnavailable } from '../../src/storage/port.ts';
import { tamper } from '../support/tampered-store.ts';

import { onEveryEngine, SQLITE } from './support/engines.ts';
import { makeLinks, open } from './support/links.ts';
import { type Answer, assertRefused, change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

/** What a read is answered, which changes nothing. */
const UNREADABLE = 'The database cannot be reached or did not answer.';

onEveryEngine('read your writes', (engine) => {
  const server = useServer(engine);

  test('64 clients each read what they wrote, at once', async () => {
    const client = async (index: number) => {
      const path = statusesOf(`reader${index}@example.com`);
      for (const statusState of ['SUBSCRIBED', 'UNSUBSCRIBED', 'SUBSCRIBED', 'UNSUBSCRIBED']) {
        const written = await server().post(path, change({ statusState }));
        const read = await server().get(`${path}?channel=EMAIL`);
        assert.equal(read.json.results[0].status, statusState);
        assert.equal(read.json.results[0].timestamp, written.json.results[0].timestamp);
      }
    };
    await Promise.all(Array.from({ length: 64 }, (_, index) => client(index)));
  });
});

describe('the commit and the answer', () => {
  let open: (() => void) | null = null;
  const server = useServer(SQLITE, {
    wrapStore: (store) =>
      tamper(store, (real) => ({
        commit: async (changes) => {
          await new Promise<void>((resolve) => {
            open = resolve;
          });
          return real.commit(changes);
        },
      })),
  });

  test('a write is answered only after its commit', async () => {
    let answer: Answer | null = null;
    const path = statusesOf('waiting@example.com');
    const writing = server()
      .post(path, change())
      .then((arrived) => {
        answer = arrived;
      });
    while (open === null) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(answer, null);
    assert.equal(await countEvents(server().store), 0);
    (open as () => void)();
    await writing;
    assert.equal((answer as Answer | null)?.status, 200);
    assert.equal(await countEvents(server().store), 1);
  });
});

describe('a store that fails', () => {
  let failure: Error | 'conflict' | null = null;
  let hangs = false;
  const lines: string[] = [];
  const fail = async () => {
    if (hangs) await new Promise(() => {});
    if (failure instanceof Error) throw failure;
  };
  const server = useServer(SQLITE, {
    wrapStore: (store) => {
      const tampered = tamper(store, (real) => ({
        loadPreferences: async (refs) => {
          await fail();
          return real.loadPreferences(refs);
        },
        loadToChange: async (refs, mayBeOld) => {
          await fail();
          return real.loadToChange(refs, mayBeOld);
        },
        commit: async (changes) => (failure === 'conflict' ? 'conflict' : real.commit(changes)),
      }));
      return new Proxy(tampered, {
        get: (target, name) => (name === 'ping' ? fail : Reflect.get(target, name)),
      });
    },
    logger: recorder(lines),
  });
  const path = statusesOf('secret.person@example.com');
  const unavailable = { status: 503, category: 'SERVICE_UNAVAILABLE' };

  test('unavailable: 503 and when to come back, for reads, writes and readiness', async () => {
    failure = new StoreUnavailable('connection to secret.person@example.com lost', { cause: { code: 'ECONNREFUSED' } });
    lines.length = 0;
    const write = await server().post(path, change());
    const message =
      /^The database cannot be reached or did not take the work\. Whether a change took effect is unknown;/;
    assertRefused(write, { ...unavailable, code: 'STORE_UNAVAILABLE', message });
    assert.equal(write.headers.get('retry-after'), '1');
    const inputs = ['secret.person@example.com'];
    for (const answer of [
      await server().get(`${path}?channel=EMAIL`),
      await server().post(`${V4}/statuses/batch/read?channel=EMAIL`, { inputs }),
      await server().post(`${V4}/statuses/batch/unsubscribe-all/read?channel=EMAIL`, { inputs }),
      await server().get('/health/ready', { token: null }),
    ]) {
      assertRefused(answer, { ...unavailable, code: 'STORE_UNAVAILABLE', message: UNREADABLE });
      assert.equal(answer.headers.get('retry-after'), '1');
    }
    const { managePreferencesUrl } = await makeLinks(server(), 'secret.person@example.com');
    const page = await open(managePreferencesUrl, { 'accept-language': 'de' });
    assert.deepEqual([page.status, page.headers.get('retry-after')], [503, '1']);
    const again = `<a href="./${managePreferencesUrl.split('/').at(-1)}?lang=de">`;
    assert.ok(page.text.includes(again), 'a page, with a way to try again');
    // The six are one outage, which the log tells of once in a while.
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /"level":40,.*"type":"StoreUnavailable","reason":"ECONNREFUSED"/);
    assert.match(lines[0]!, /"route":"\/communication-preferences\/v4\/statuses\/:subscriberIdString"/);
    assert.doesNotMatch(lines.join('\n'), /secret\.person|pat-eu1/);
    assert.equal((await server().get('/health/live', { token: null })).status, 200);
  });

  test('not answering at all: not ready after two seconds', async () => {
    hangs = true;
    const answer = await server().get('/health/ready', { token: null });
    hangs = false;
    assertRefused(answer, { ...unavailable, code: 'STORE_UNAVAILABLE', message: UNREADABLE });
  });

  test('a bug: 500, an id to find it by, and nothing of its inside', async () => {
    failure = new TypeError('cannot read secret.person@example.com of undefined');
    lines.length = 0;
    const answer = await server().get(`${path}?channel=EMAIL`);
    const message = 'Something broke on our side. The correlationId finds it in the log of this server.';
    assertRefused(answer, { status: 500, category: 'INTERNAL_ERROR', code: 'BUG', message });
    assert.doesNotMatch(answer.text, /secret|TypeError|\.ts/);
    assert.ok(lines[0]!.includes(answer.json.correlationId));
    assert.match(lines[0]!, /"type":"TypeError".*durability\.test\.ts/);
    assert.doesNotMatch(lines.join('\n'), /secret\.person|pat-eu1/);
  });

  test('contended: 503, and nothing was changed', { timeout: 30_000 }, async () => {
    failure = 'conflict';
    const answer = await server().post(path, change());
    assertRefused(answer, { ...unavailable, code: 'CONTENDED', message: /^Others kept changing the same contact/ });
    assert.equal(answer.headers.get('retry-after'), '1');
    failure = null;
    assert.equal(await countEvents(server().store), 0);
    assert.equal((await server().post(path, change())).status, 200);
  });
});

describe('more writes than may wait', () => {
  let held: (() => void)[] | null = null;
  const server = useServer(SQLITE, {
    wrapStore: (store) =>
      tamper(store, (real) => ({
        commit: async (changes) => {
          if (held) await new Promise<void>((resolve) => held?.push(resolve));
          return real.commit(changes);
        },
      })),
  });

  test('are turned away with 503, the others are carried out', { timeout: 60_000 }, async () => {
    held = [];
    const batch = (lot: number) =>
      server().post(`${V4}/statuses/batch/write`, {
        inputs: Array.from({ length: 100 }, (_, index) =>
          change({ subscriberIdString: `o${lot}.${index}@example.com` }),
        ),
      });
    const refused: Answer[] = [];
    const answers = Array.from({ length: MAX_WAITING_CHANGES / 100 + 3 }, async (_, lot) => {
      const answer = await batch(lot);
      if (answer.status !== 200) refused.push(answer);
      return answer;
    });
    while (refused.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const answer of refused) {
      assertRefused(answer, {
        status: 503,
        category: 'SERVICE_UNAVAILABLE',
        code: 'OVERLOADED',
        message: /^More changes are waiting/,
      });
      assert.equal(answer.headers.get('retry-after'), '1');
    }
    const waiting = held;
    held = null;
    for (const release of waiting) release();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, MAX_WAITING_CHANGES / 100);
    assert.equal(statuses.filter((status) => status === 503).length, 3);
  });
});

/** A pino logger's shape that keeps its lines. */
function recorder(lines: string[]): import('fastify').FastifyBaseLogger {
  return pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
}
