import assert from 'node:assert/strict';
import { once, setMaxListeners } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { MAX_WAITING_READERS } from '../../src/actions/event-feed.ts';
import type { StoredSubscriber } from '../../src/storage/port.ts';
import { refOf } from '../support/account.ts';
import {
  BRAND,
  FIRST_ACCOUNT,
  FOREIGN,
  FULL_TOKEN,
  MARKETING,
  SECOND_TOKEN,
  SERVICE,
  tokenFor,
} from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { makeLinks, send } from './support/links.ts';
import { type Answer, assertRefused, change, startServer, statusesOf, useServer } from './support/server.ts';
import { FIRST_BY_APP } from './support/told-events.ts';

const START = Date.parse('2026-03-01T00:00:00.000Z');
const EVENTS = '/optio/v1/events';
const ALL = '/unsubscribe-all?channel=EMAIL';
/** Longer than it takes until what was committed is closed; a test that is answered then has failed. */
const LONG = 30;

const afterOf = (answer: Answer): string => answer.json.paging.next.after;
const told = ({ json }: Answer) =>
  json.results.map((event: Record<string, unknown>) => [event.subscriberIdString, event.version]);

/** What is told of a contact's only event, at the beginning, beside what it was and why. */
const firstOf = ({ ref, state }: StoredSubscriber) => ({
  ...FIRST_BY_APP,
  eventId: state.headEventId,
  subscriberKey: ref.subscriberKey,
  version: 1,
  occurredAt: new Date(START).toISOString(),
  hash: state.headHash,
});

onEveryEngine('the change feed', (engine) => {
  let now = START;
  const server = useServer(engine, { clock: () => now });
  const set = async (address: string, fields: Record<string, unknown> = {}, token?: string) => {
    const answer = await server().post(statusesOf(address), change(fields), token === undefined ? {} : { token });
    assert.equal(answer.status, 200, answer.text);
  };
  /** Has a second pass, so that what was committed can be closed, and waits until it is. */
  const follow = async (query = '', token?: string) => {
    now += 1_001;
    const answer = await server().get(`${EVENTS}?wait=${LONG}${query}`, token === undefined ? {} : { token });
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };

  test('begins with nothing, and a place to read on from', async () => {
    const { status, json, text } = await server().get(EVENTS);
    assert.equal(status, 200, text);
    assert.deepEqual(Object.keys(json), ['results', 'hasMore', 'paging']);
    assert.deepEqual([json.results, json.hasMore], [[], false]);
    assert.equal((await server().get(`${EVENTS}?after=${json.paging.next.after}`)).text, text);
  });

  test('tells of every change in full, oldest first, of whomever', async () => {
    const evidence = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Asked for it at the fair.' };
    await set('Ada@Example.com', evidence);
    const optOut = `${statusesOf('bob@example.com')}${ALL}&businessUnitId=${BRAND}`;
    assert.equal((await server().request('POST', optOut)).status, 200);
    const { json } = await follow();
    const [first, second] = json.results;
    const refs = ['ada@example.com', 'bob@example.com'].map((address) => refOf(address, FIRST_ACCOUNT));
    const [ada, bob] = await server().store.subscribers.load(refs);
    assert.deepEqual(first, {
      ...firstOf(ada!),
      subscriberIdString: 'ada@example.com',
      type: 'STATUS_SET',
      channel: 'EMAIL',
      businessUnitId: 0,
      subscriptionId: MARKETING,
      from: 'NOT_SPECIFIED',
      to: 'SUBSCRIBED',
      ...evidence,
    });
    assert.deepEqual(second, {
      ...firstOf(bob!),
      subscriberIdString: 'bob@example.com',
      type: 'OPTED_OUT_OF_ALL',
      channel: 'EMAIL',
      businessUnitId: BRAND,
      subscriptionId: null,
      from: null,
      to: null,
    });
    assert.deepEqual(Object.keys(first), Object.keys(second));
  });

  test('tells what contacts did by themselves, with the page and what was observed', async () => {
    const begin = afterOf(await follow());
    const { unsubscribeSingleUrl } = await makeLinks(server(), 'ada@example.com', { subscriptionId: MARKETING });
    const oneClick = [['List-Unsubscribe', 'One-Click']] as const;
    const clicked = await send(unsubscribeSingleUrl, oneClick, { 'user-agent': 'Mail program 1.0' });
    assert.equal(clicked.status, 200);
    const [event] = (await follow(`&after=${begin}`)).json.results;
    assert.deepEqual(
      [event.from, event.to, event.appId, event.page],
      ['SUBSCRIBED', 'UNSUBSCRIBED', null, 'one-click'],
    );
    assert.equal(event.evidence.request.userAgent, 'Mail program 1.0');
  });

  test('is read on from where one was: every page as large as asked, nothing twice, the same again for who asks again', async () => {
    let after = afterOf(await follow());
    const begin = after;
    const names = Array.from({ length: 7 }, (_, index) => `page${index}@example.com`);
    for (const name of names) await set(name);
    const pages = [];
    do {
      pages.push(await follow(`&limit=3&after=${after}`));
      after = afterOf(pages.at(-1)!);
    } while (pages.at(-1)!.json.hasMore);
    assert.deepEqual(pages.map(told), [
      names.slice(0, 3).map((name) => [name, 1]),
      names.slice(3, 6).map((name) => [name, 1]),
      names.slice(6).map((name) => [name, 1]),
    ]);
    await set('later@example.com');
    const again = await follow(`&limit=3&after=${begin}`);
    assert.deepEqual([again.text, told(await follow(`&after=${after}`))], [pages[0]!.text, [['later@example.com', 1]]]);
  });

  test("tells one contact's events in the order of their versions", async () => {
    const after = afterOf(await follow());
    for (const [index, statusState] of ['UNSUBSCRIBED', 'SUBSCRIBED', 'UNSUBSCRIBED'].entries()) {
      // The clock may go back: versions do not.
      now += index === 1 ? -600_000 : 0;
      await set('carl@example.com', { subscriptionId: SERVICE, statusState });
    }
    now += 600_000;
    assert.deepEqual(
      told(await follow(`&after=${after}`)),
      [1, 2, 3].map((version) => ['carl@example.com', version]),
    );
  });

  test("tells no account of another's contacts", async () => {
    const [ours, theirs] = [afterOf(await follow()), afterOf(await server().get(EVENTS, { token: SECOND_TOKEN }))];
    await set('ours@example.com');
    await set('theirs@example.com', { subscriptionId: FOREIGN }, SECOND_TOKEN);
    assert.deepEqual(told(await follow(`&after=${ours}`)), [['ours@example.com', 1]]);
    assert.deepEqual(told(await follow(`&after=${theirs}`, SECOND_TOKEN)), [['theirs@example.com', 1]]);
  });

  test('has whoever wants to wait wait until there is something', async () => {
    const after = afterOf(await follow());
    const waiting = server().get(`${EVENTS}?wait=${LONG}&after=${after}`);
    const others = [1, 2, 3].map(() => server().get(`${EVENTS}?wait=${LONG}&after=${after}`));
    await set('theirs2@example.com', { subscriptionId: FOREIGN }, SECOND_TOKEN);
    await set('awaited@example.com');
    now += 1_001;
    for (const answer of await Promise.all([waiting, ...others])) {
      assert.deepEqual(told(answer), [['awaited@example.com', 1]]);
    }
  });

  test('answers who waited long enough without anything', async () => {
    const after = afterOf(await follow());
    const { status, json } = await server().get(`${EVENTS}?wait=1&after=${after}`);
    assert.deepEqual([status, json.results, json.hasMore], [200, [], false]);
  });

  test('is for those who manage the account', async () => {
    const token = tokenFor('communication_preferences.read_write');
    assertRefused(await server().get(EVENTS, { token }), {
      status: 403,
      category: 'MISSING_SCOPES',
      code: 'SCOPES_MISSING',
      message: /./,
    });
  });

  for (const [field, sent, message] of [
    ['limit', '0', '"limit" was 0. Allowed: a whole number from 1 to 1000.'],
    ['limit', '1001', '"limit" was 1001. Allowed: a whole number from 1 to 1000.'],
    ['limit', 'all', /^"limit" was "?all"?\. Allowed: /],
    ['wait', '31', '"wait" was 31. Allowed: a whole number from 0 to 30.'],
    ['wait', '-1', /^"wait" was "?-1"?\. Allowed: /],
    [
      'after',
      'yesterday',
      /^"after" was "yesterday", which is no place among the events\. Allowed: paging\.next\.after of the page before\.$/,
    ],
    ['after', '', /^"after" was "", which is no place/],
  ] as const) {
    test(`refuses ${field}=${sent}`, async () => {
      const answer = await server().get(`${EVENTS}?${field}=${sent}`);
      assertRefused(answer, { status: 400, category: 'VALIDATION_ERROR', code: 'FIELD_INVALID', in: field, message });
    });
  }
});

test('readers who wait are bounded in number; who goes away makes room, and who is left is answered when the server ends', async () => {
  const server = await startServer();
  /** On a connection of its own, which ends with the answer. */
  const ask = (signal?: AbortSignal) => {
    const headers = { authorization: `Bearer ${FULL_TOKEN}` };
    return get(`${server.url}${EVENTS}?wait=${LONG}`, { agent: false, headers, ...(signal && { signal }) });
  };
  const gone = new AbortController();
  setMaxListeners(MAX_WAITING_READERS, gone.signal);
  const leaving = Array.from({ length: MAX_WAITING_READERS }, () => once(ask(gone.signal), 'error'));
  while (server.app.admission.load.requests < MAX_WAITING_READERS) await setImmediate();
  assertRefused(await server.get(`${EVENTS}?wait=1`), {
    status: 503,
    category: 'SERVICE_UNAVAILABLE',
    code: 'OVERLOADED',
    message: 'More readers wait for events than this server takes on at once. Nothing was changed; try again shortly.',
  });
  assert.equal((await server.get(EVENTS)).status, 200);
  gone.abort();
  await Promise.all(leaving);
  while (server.app.admission.load.requests > 0) await setImmediate();
  const left = once(ask(), 'response') as Promise<[IncomingMessage]>;
  while (server.app.admission.load.requests === 0) await setImmediate();
  const closing = server.close();
  const [answer] = await left;
  assert.equal(answer.statusCode, 200);
  answer.resume();
  await closing;
});
