/** A request with an `Idempotency-Key` whose answer was lost: its repeat is answered as it would have been, and the ledger has it once. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Store, StoreUnavailable } from '../../src/storage/port.ts';
import { tamper, withMethodsOf } from '../support/tampered-store.ts';
import { MARKETING, SERVICE } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { type Answer, assertRefused, change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

const V3 = '/communication-preferences/v3';
const LEASE_MS = 60_000;
const UNDER_WAY = {
  ...{ status: 409, category: 'CONFLICT', code: 'REQUEST_UNDER_WAY', in: 'Idempotency-Key' },
  message: /^The first request with this "Idempotency-Key" is still being carried out\./,
};

/** What goes wrong, until it is mended. */
type Trouble =
  /** The process dies after its commit: as if, for it answers, but keeps nothing and lets go of nothing. */
  | 'dies'
  /** The database is gone after the key was reserved, before anything else was done. */
  | 'reserves-unheard'
  /** The database is gone after, or before, it committed. */
  | 'commits-unheard'
  | 'refuses'
  | 'contends';

onEveryEngine('a request whose answer was lost', (engine) => {
  let now = Date.parse('2026-03-01T00:00:00Z');
  let trouble: Trouble | null = null;
  const away = () => new StoreUnavailable('Gone.', { reason: 'a test said so' });
  /** Carries out what is written, unless it is refused, and says so, unless nobody is to hear of it. */
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    if (trouble === 'refuses') throw away();
    const result = await work();
    if (trouble === 'commits-unheard') throw away();
    return result;
  };
  const troubled = (store: Store) => {
    const orFail = async <T>(work: () => Promise<T>): Promise<T> => {
      if (trouble === 'dies') throw away();
      return work();
    };
    const { catalog, idempotencyKeys: keys } = store;
    const subscribers = tamper(store, (real) => ({
      commit: async (changes) => (trouble === 'contends' ? 'conflict' : write(() => real.commit(changes))),
    })).subscribers;
    return withMethodsOf(store, {
      subscribers,
      catalog: withMethodsOf(catalog, {
        insertDefinition: (...wanted) => write(() => catalog.insertDefinition(...wanted)),
      }),
      idempotencyKeys: withMethodsOf(keys, {
        reserve: async (reservation) => {
          const result = await keys.reserve(reservation);
          if (trouble === 'reserves-unheard') throw away();
          return result;
        },
        keep: (...wanted) => orFail(() => keys.keep(...wanted)),
        letGo: (...wanted) => orFail(() => keys.letGo(...wanted)),
      }),
    });
  };
  const server = useServer(engine, { clock: () => now, wrapStore: troubled });

  const send = (key: string, path: string, body?: unknown) =>
    server().post(path, body, { headers: { 'idempotency-key': key } });

  /** All that is the same whenever it is asked. */
  function lasting({ status, json }: Answer): unknown {
    const { startedAt: _startedAt, completedAt: _completedAt, correlationId: _correlationId, ...rest } = json;
    return { status, ...rest };
  }

  async function assertWritten(events: number, work: () => Promise<void>): Promise<void> {
    const before = await countEvents(server().store);
    await work();
    assert.equal((await countEvents(server().store)) - before, events);
  }

  let contacts = 0;
  const newContact = () => {
    contacts += 1;
    return `contact${contacts}@example.com`;
  };

  /** The number of events, and what is sent. */
  function writes(): readonly (readonly [number, string, unknown?])[] {
    const [one, two] = [newContact(), newContact()];
    const ofOne = (statusState: string) => change({ subscriberIdString: one, statusState });
    const v3 = { emailAddress: newContact(), subscriptionId: String(MARKETING) };
    const legalBasis = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'By phone' };
    return [
      [1, `${V3}/subscribe`, { ...v3, ...legalBasis }],
      [1, `${V3}/unsubscribe`, { ...v3, emailAddress: newContact() }],
      [1, '/communication-preferences/2026-09/resubscribe', { ...v3, emailAddress: newContact() }],
      [1, statusesOf(newContact()), change(legalBasis)],
      [1, `${statusesOf(newContact())}/unsubscribe-all?channel=EMAIL&verbose=true`],
      [2, `${V4}/statuses/batch/unsubscribe-all?channel=EMAIL&verbose=true`, { inputs: [newContact(), two, 'ada'] }],
      [
        5,
        `${V4}/statuses/batch/write`,
        {
          inputs: [
            ...[
              ofOne('NOT_SPECIFIED'),
              ofOne('SUBSCRIBED'),
              ofOne('SUBSCRIBED'),
              ofOne('UNSUBSCRIBED'),
              ofOne('SUBSCRIBED'),
            ],
            change({ subscriberIdString: newContact() }),
            change({ subscriberIdString: newContact(), subscriptionId: 1 }),
            change({ subscriberIdString: newContact(), subscriptionId: SERVICE }),
          ],
        },
      ],
    ];
  }

  test('since its process died: it is under way for a minute, and then answered', async () => {
    for (const [events, path, body] of writes()) {
      const key = randomUUID();
      await assertWritten(events, async () => {
        trouble = 'dies';
        const lost = await send(key, path, body);
        trouble = null;
        assert.equal(lost.status, 200, lost.text);
        const early = await send(key, path, body);
        assertRefused(early, UNDER_WAY);
        assert.equal(early.headers.get('retry-after'), '1');
        now += LEASE_MS;
        const repeat = await send(key, path, body);
        assert.deepEqual(lasting(repeat), lasting(lost));
        assert.equal(repeat.headers.get('idempotency-replayed'), null);
        assert.equal((await send(key, path, body)).text, repeat.text);
      });
    }
  });

  test('since the database was gone after the commit: at once', async () => {
    const unheard = writes();
    const heard = writes();
    for (const [place, [events, path, body]] of unheard.entries()) {
      const key = randomUUID();
      await assertWritten(2 * events, async () => {
        trouble = 'commits-unheard';
        assert.equal((await send(key, path, body)).json.errors[0].code, 'STORE_UNAVAILABLE');
        trouble = null;
        const repeat = await send(key, path, body);
        assert.equal(repeat.status, 200, repeat.text);
        assert.equal((await send(key, path, body)).text, repeat.text);
        // Somebody else, to whom the same happened without trouble.
        const [, pathOfOther, bodyOfOther] = heard[place]!;
        const reasons = (answer: Answer) =>
          answer.json.results?.map((row: { setStatusSuccessReason: string }) => row.setStatusSuccessReason);
        const other = await send(randomUUID(), pathOfOther, bodyOfOther);
        assert.deepEqual(reasons(repeat), reasons(other));
      });
    }
  });

  test('what was not committed is carried out by the repeat', async () => {
    for (const kind of ['refuses', 'contends'] as const) {
      const [path, key] = [statusesOf(newContact()), randomUUID()];
      await assertWritten(1, async () => {
        trouble = kind;
        assert.equal((await send(key, path, change())).status, 503);
        trouble = null;
        const repeat = await send(key, path, change());
        assert.equal(repeat.json.results[0].setStatusSuccessReason, 'REQUESTED_CHANGE_OCCURRED');
      });
    }
  });

  test('what others did meanwhile is not undone', async () => {
    const [path, key] = [statusesOf(newContact()), randomUUID()];
    trouble = 'commits-unheard';
    await send(key, path, change());
    trouble = null;
    now += 1_000;
    await server().post(path, change({ statusState: 'UNSUBSCRIBED' }));
    await assertWritten(0, async () => {
      const repeat = await send(key, path, change());
      const [row] = repeat.json.results;
      assert.deepEqual([row.status, row.setStatusSuccessReason], ['SUBSCRIBED', 'REQUESTED_CHANGE_OCCURRED']);
    });
    assert.equal((await server().get(`${path}?channel=EMAIL`)).json.results[0].status, 'UNSUBSCRIBED');
  });

  test('what was reserved and not begun is as good as new, once the database lets go of it', async () => {
    const key = randomUUID();
    trouble = 'reserves-unheard';
    assert.equal((await send(key, '/optio/v1/definitions', { name: 'Late' })).status, 503);
    trouble = null;
    let repeat = await send(key, '/optio/v1/definitions', { name: 'Late' });
    while (repeat.status === 409) {
      assertRefused(repeat, UNDER_WAY);
      await pause(1_000 * Number(repeat.headers.get('retry-after')));
      repeat = await send(key, '/optio/v1/definitions', { name: 'Late' });
    }
    assert.equal(repeat.status, 201, repeat.text);
  });

  test('nothing is created twice: whoever repeats is told to look', async () => {
    const key = randomUUID();
    const named = async () =>
      (await server().get('/optio/v1/definitions')).json.results.filter(({ name }: { name: string }) => name === 'New');
    trouble = 'commits-unheard';
    assert.equal((await send(key, '/optio/v1/definitions', { name: 'New' })).status, 503);
    trouble = null;
    const repeat = await send(key, '/optio/v1/definitions', { name: 'New' });
    assertRefused(repeat, {
      ...{ status: 409, category: 'CONFLICT', code: 'OUTCOME_UNKNOWN', in: 'Idempotency-Key' },
      message: /was cut off, and whether it was carried out is not known\..+Look whether it is there/,
    });
    assert.equal((await send(key, '/optio/v1/definitions', { name: 'New' })).text, repeat.text);
    assert.equal((await named()).length, 1);
  });
});
