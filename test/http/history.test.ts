import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerEvent } from '../../src/domain/ledger.ts';
import type { Store } from '../../src/storage/port.ts';
import { tamper } from '../support/tampered-store.ts';
import {
  BRAND,
  BRAND_NEWS,
  FIRST_APP,
  INACTIVE,
  MARKETING,
  SALES,
  SECOND_TOKEN,
  SERVICE,
  tokenFor,
} from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { makeLinks, send } from './support/links.ts';
import {
  type Answer,
  assertRefused,
  change,
  countEvents,
  statusesOf,
  subscriberOf,
  useServer,
} from './support/server.ts';
import { FIRST_BY_APP } from './support/told-events.ts';

const ALL = '/unsubscribe-all?channel=EMAIL';
const START = Date.parse('2026-03-01T00:00:00.000Z');
const DAY_MS = 86_400_000;

function historyOf(address: string, query = ''): string {
  return subscriberOf(address, `/history${query}`);
}

function thenOf(address: string, query = ''): string {
  return subscriberOf(address, `/statuses${query}`);
}

function assertInvalid(answer: Answer, field: string, message: RegExp, code = 'FIELD_INVALID'): void {
  assertRefused(answer, { status: 400, category: 'VALIDATION_ERROR', code, in: field, message });
}

interface Changed {
  changes: { subscriptionId: number; from: string; to: string }[];
}
const shortOf = ({ changes }: Changed) => changes.map(({ subscriptionId, from, to }) => [subscriptionId, from, to]);

onEveryEngine('the history of a contact', (engine) => {
  let now = START;
  const server = useServer(engine, { clock: () => now });
  const post = async (address: string, fields: object) => {
    now += DAY_MS;
    const answer = await server().post(statusesOf(address), change({ ...fields }));
    assert.equal(answer.status, 200, answer.text);
  };
  const optOut = async (address: string, brand = '') => {
    now += DAY_MS;
    assert.equal((await server().request('POST', `${statusesOf(address)}${ALL}${brand}`)).status, 200);
  };

  test('tells every change, newest first, with what held before and after, and why', async () => {
    const ada = 'Ada@example.com';
    const evidence = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Asked for it at the fair.' };
    await post(ada, evidence);
    await optOut(ada);
    await post(ada, { subscriptionId: SERVICE });
    const { status, json, text } = await server().get(historyOf(ada));
    assert.equal(status, 200, text);
    assert.deepEqual(Object.keys(json), ['results']);
    const [back, out, first] = json.results;
    assert.deepEqual(first, {
      eventId: first.eventId,
      version: 1,
      occurredAt: new Date(START + DAY_MS).toISOString(),
      type: 'STATUS_SET',
      channel: 'EMAIL',
      businessUnitId: 0,
      subscriptionId: MARKETING,
      changes: [
        {
          subscriptionId: MARKETING,
          subscriptionName: 'Marketing Information',
          from: 'NOT_SPECIFIED',
          to: 'SUBSCRIBED',
        },
      ],
      ...FIRST_BY_APP,
      ...evidence,
      hash: first.hash,
    });
    assert.match(first.hash, /^[0-9a-f]{64}$/);
    assert.deepEqual([out.type, out.businessUnitId, out.subscriptionId], ['OPTED_OUT_OF_ALL', null, null]);
    assert.deepEqual([out.previousEventId, out.version], [first.eventId, 2]);
    assert.deepEqual(shortOf(out), [
      [MARKETING, 'SUBSCRIBED', 'UNSUBSCRIBED'],
      ...[SERVICE, SALES, INACTIVE, BRAND_NEWS].map((id) => [id, 'NOT_SPECIFIED', 'UNSUBSCRIBED']),
    ]);
    assert.deepEqual(back.endedOptOuts, [{ businessUnitId: null }]);
    assert.deepEqual(shortOf(back), [[SERVICE, 'UNSUBSCRIBED', 'SUBSCRIBED']]);
  });

  test('new evidence alone is a change of its own', async () => {
    await post('evidence@example.com', {});
    await post('evidence@example.com', { legalBasis: 'NON_GDPR', legalBasisExplanation: 'From abroad.' });
    const [newest] = (await server().get(historyOf('evidence@example.com'))).json.results;
    assert.deepEqual(shortOf(newest), [[MARKETING, 'SUBSCRIBED', 'SUBSCRIBED']]);
    assert.equal(newest.legalBasis, 'NON_GDPR');
  });

  test('what contacts did by themselves comes with the page and the evidence', async () => {
    const address = 'page@example.com';
    await post(address, {});
    const { unsubscribeSingleUrl } = await makeLinks(server(), address, { subscriptionId: MARKETING });
    const oneClick = [['List-Unsubscribe', 'One-Click']] as const;
    const clicked = await send(unsubscribeSingleUrl, oneClick, { 'user-agent': 'Mail program 1.0' });
    assert.equal(clicked.status, 200);
    const [event] = (await server().get(historyOf(address))).json.results;
    assert.deepEqual([event.appId, event.page, event.source], [null, 'one-click', 'One-click unsubscribe']);
    assert.equal(event.evidence.request.userAgent, 'Mail program 1.0');
    assert.deepEqual(shortOf(event), [[MARKETING, 'SUBSCRIBED', 'UNSUBSCRIBED']]);
  });

  test('goes on from page to page, whatever is added meanwhile', async () => {
    const address = 'pages@example.com';
    for (let count = 0; count < 7; count++) {
      await post(address, { statusState: count % 2 === 0 ? 'SUBSCRIBED' : 'UNSUBSCRIBED' });
    }
    const versions: number[] = [];
    let after = '';
    do {
      const { json } = await server().get(historyOf(address, `?limit=3${after}`));
      versions.push(...json.results.map(({ version }: { version: number }) => version));
      after = json.paging ? `&after=${json.paging.next.after}` : '';
      if (after !== '')
        await post(address, {
          subscriptionId: SALES,
          statusState: versions.length > 3 ? 'SUBSCRIBED' : 'UNSUBSCRIBED',
        });
    } while (after !== '');
    assert.deepEqual(versions, [7, 6, 5, 4, 3, 2, 1]);
    const all = await server().get(historyOf(address));
    assert.equal(all.json.results.length, 9);
    assert.equal(all.json.paging, undefined);
    const exact = await server().get(historyOf(address, '?limit=9'));
    assert.equal(exact.json.paging, undefined);
  });

  test('an address that is not known has an empty one, and asking changes nothing', async () => {
    const before = await countEvents(server().store);
    assert.deepEqual((await server().get(historyOf('nobody@example.com'))).json, { results: [] });
    assert.equal(await countEvents(server().store), before);
  });

  test('refuses what it cannot make sense of, and another account sees nothing of it', async () => {
    await post('mine@example.com', {});
    const other = await server().get(historyOf('mine@example.com'), { token: SECOND_TOKEN });
    assert.deepEqual(other.json, { results: [] });
    for (const limit of ['0', '101', '-1', 'all']) {
      assertInvalid(
        await server().get(historyOf('a@example.com', `?limit=${limit}`)),
        'limit',
        /Allowed: a whole number/,
      );
    }
    for (const after of ['', 'nonsense', 'AAAAAAAAAAAAAAAAAAAAAA']) {
      const answer = await server().get(historyOf('mine@example.com', `?after=${after}`));
      assertInvalid(answer, 'after', /no place in this contact's history/);
    }
    assertInvalid(await server().get(historyOf('nobody')), 'subscriberIdString', /no e-mail address/, 'EMAIL_INVALID');
    for (const scope of ['communication_preferences.read', 'subscriptions-status-read', 'optio.admin'] as const) {
      const token = tokenFor(scope);
      for (const path of [historyOf('a@example.com'), thenOf('a@example.com')]) {
        assert.equal((await server().get(path, { token })).status, 200);
      }
    }
    const writer = await server().get(historyOf('a@example.com'), {
      token: tokenFor('communication_preferences.write'),
    });
    assert.deepEqual([writer.status, writer.json.category], [403, 'MISSING_SCOPES']);
  });

  test('what held at an instant is told by the ledger', async () => {
    const address = 'then@example.com';
    await post(address, { legalBasis: 'NON_GDPR', legalBasisExplanation: 'Said so.' });
    const subscribed = now;
    await optOut(address, `&businessUnitId=${BRAND}`);
    await post(address, { statusState: 'UNSUBSCRIBED' });
    const [last, out, first] = (await server().get(historyOf(address))).json.results;
    const at = async (ms: number, query = '') => {
      const asOf = encodeURIComponent(new Date(ms).toISOString());
      const { status, json, text } = await server().get(thenOf(address, `?asOf=${asOf}${query}`));
      assert.equal(status, 200, text);
      return json.results;
    };
    const told = (rows: { subscriptionId: number; status: string; decidedBy: string }[]) =>
      rows.map(({ subscriptionId, status, decidedBy }) => [subscriptionId, status, decidedBy]);
    const others = [SERVICE, SALES, INACTIVE].map((id) => [id, 'NOT_SPECIFIED', null]);
    const news = [BRAND_NEWS, 'NOT_SPECIFIED', null];
    assert.deepEqual(told(await at(subscribed - 1)), [[MARKETING, 'NOT_SPECIFIED', null], ...others, news]);
    const rows = await at(subscribed);
    assert.deepEqual(told(rows), [[MARKETING, 'SUBSCRIBED', first.eventId], ...others, news]);
    assert.deepEqual(rows[0], {
      businessUnitId: 0,
      channel: 'EMAIL',
      subscriberIdString: address,
      subscriptionId: MARKETING,
      subscriptionName: 'Marketing Information',
      isActive: true,
      status: 'SUBSCRIBED',
      source: `Public status API, App ID:${FIRST_APP}`,
      legalBasis: 'NON_GDPR',
      legalBasisExplanation: 'Said so.',
      timestamp: new Date(subscribed).toISOString(),
      decidedBy: first.eventId,
    });
    const brand = await at(subscribed + DAY_MS, `&businessUnitId=${BRAND}`);
    assert.deepEqual(told(brand), [[BRAND_NEWS, 'UNSUBSCRIBED', out.eventId]]);
    const present = (await server().get(thenOf(address))).json;
    assert.deepEqual(told(present.results)[0], [MARKETING, 'UNSUBSCRIBED', last.eventId]);
    assert.equal(present.asOf, new Date(now).toISOString());
  });

  test('a type that was created since is left out, and one that was deactivated since is listed', async () => {
    const made = await server().post('/optio/v1/definitions', { name: 'New' });
    await server().request('PATCH', `/optio/v1/definitions/${made.json.id}`, { body: { isActive: false } });
    const idsAt = async (ms: number) => {
      const { json } = await server().get(thenOf('a@example.com', `?asOf=${new Date(ms).toISOString()}`));
      return json.results.map(({ subscriptionId }: { subscriptionId: number }) => subscriptionId);
    };
    assert.ok(!(await idsAt(now - 1)).includes(made.json.id));
    now += 1;
    assert.ok((await idsAt(now)).includes(made.json.id));
  });

  test('an instant to come, and what is none, is refused', async () => {
    for (const asOf of [new Date(now + 1).toISOString(), 'yesterday', '2026-13-01', '2026-01-01T00:00:00']) {
      const answer = await server().get(thenOf('a@example.com', `?asOf=${encodeURIComponent(asOf)}`));
      assertInvalid(answer, 'asOf', /Allowed: (?:an instant up to now, 2026|ISO 8601 with an offset)/);
    }
    const unknown = await server().get(thenOf('a@example.com', '?businessUnitId=5'));
    assertInvalid(unknown, 'businessUnitId', /was 5/, 'BUSINESS_UNIT_UNKNOWN');
  });
});

onEveryEngine('a ledger that does not hold', (engine) => {
  let spoil: (events: LedgerEvent[]) => LedgerEvent[] = (events) => events;
  const server = useServer(engine, {
    wrapStore: (store: Store) =>
      tamper(store, (real) => ({ history: async (ref, limit) => spoil(await real.history(ref, limit)) })),
  });

  test('is told of, and nothing else: neither what is left of it nor what the row says', async () => {
    const address = 'ada@example.com';
    for (const statusState of ['SUBSCRIBED', 'UNSUBSCRIBED', 'SUBSCRIBED']) {
      await server().post(statusesOf(address), change({ statusState }));
    }
    const spoils: ((events: LedgerEvent[]) => LedgerEvent[])[] = [
      (events) => events.slice(1),
      (events) => events.slice(0, -1),
      () => [],
      ([newest, ...older]) => [{ ...newest!, body: newest!.body.replace('"SUBSCRIBED"', '"UNSUBSCRIBED"') }, ...older],
    ];
    for (const each of spoils) {
      spoil = each;
      for (const path of [historyOf(address), thenOf(address)]) {
        const { status, json } = await server().get(path);
        assert.deepEqual([status, json.errors[0].code], [500, 'LEDGER_BROKEN']);
      }
    }
    spoil = (events) => events;
    assert.equal((await server().get(historyOf(address))).json.results.length, 3);
  });

  test('where the texts were erased it holds, and says so', async () => {
    const address = 'erased@example.com';
    await server().post(
      statusesOf(address),
      change({ legalBasis: 'NON_GDPR', legalBasisExplanation: 'Said so on the phone.' }),
    );
    spoil = (events) => events.map((event) => ({ ...event, personal: null }));
    const [event] = (await server().get(historyOf(address))).json.results;
    spoil = (events) => events;
    assert.deepEqual([event.erased, event.legalBasis, event.legalBasisExplanation], [true, 'NON_GDPR', null]);
  });
});
