/** v3's own ways: one type at a time, and words that clients match on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRAND, BRAND_NEWS, INACTIVE, MARKETING, SERVICE, tokenFor } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { assertRefused, change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

const V3 = '/communication-preferences/v3';
const DATED = ['/communication-preferences/2025-09', '/communication-preferences/2026-09'];
const VALIDATION = { status: 400, category: 'VALIDATION_ERROR', in: 'subscriptionId' } as const;

onEveryEngine('v3', (engine) => {
  const server = useServer(engine);
  const ask = (emailAddress: string, fields: object = {}) => ({
    emailAddress,
    subscriptionId: String(MARKETING),
    ...fields,
  });
  const rowOf = async (address: string, id = MARKETING) => {
    const { json } = await server().get(`${V3}/status/email/${encodeURIComponent(address)}`);
    return json.subscriptionStatuses.find((row: { id: string }) => row.id === String(id));
  };

  test('definitions, as v4 lists them', async () => {
    const { json } = await server().get(`${V3}/definitions`);
    const { json: v4 } = await server().get(`${V4}/definitions`);
    assert.deepEqual(json, { subscriptionDefinitions: v4.results });
  });

  test('a contact whom nobody knows is not subscribed to anything', async () => {
    const { json } = await server().get(`${V3}/status/email/Nobody%40Example.com`);
    assert.equal(json.recipient, 'nobody@example.com');
    assert.equal(json.subscriptionStatuses.length, 4);
    assert.equal(
      JSON.stringify(json.subscriptionStatuses[0]),
      `{"id":"${MARKETING}","name":"Marketing Information","description":"Marketing offers and updates.","status":"NOT_SUBSCRIBED","sourceOfStatus":"SUBSCRIPTION_STATUS","brandId":null,"preferenceGroupName":null,"legalBasis":null,"legalBasisExplanation":null}`,
    );
  });

  test('subscribing answers the row and is what v4 reads', async () => {
    const evidence = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Ticked a box.' };
    const { status, json } = await server().post(`${V3}/subscribe`, ask('Ada@example.com', evidence));
    assert.equal(status, 200);
    assert.deepEqual([json.status, json.sourceOfStatus], ['SUBSCRIBED', 'SUBSCRIPTION_STATUS']);
    assert.deepEqual(await rowOf('ada@example.com'), json);
    const { json: v4 } = await server().get(`${statusesOf('ada@example.com')}?channel=EMAIL`);
    const { status: state, legalBasis, legalBasisExplanation } = v4.results[0];
    assert.deepEqual({ state, legalBasis, legalBasisExplanation }, { state: 'SUBSCRIBED', ...evidence });
  });

  test('a second time of the same is refused in the words that clients match on, and changes nothing', async () => {
    const { post, store } = server();
    await post(`${V3}/subscribe`, ask('twice@example.com'));
    const before = await countEvents(store);
    assertRefused(await post(`${V3}/subscribe`, ask('Twice@example.com')), {
      ...VALIDATION,
      code: 'ALREADY_SUBSCRIBED',
      message: `twice@example.com is already subscribed to subscription ${MARKETING}`,
    });
    assert.equal(await countEvents(store), before);
    assert.equal((await post(`${V3}/unsubscribe`, ask('twice@example.com'))).json.status, 'NOT_SUBSCRIBED');
    assertRefused(await post(`${V3}/unsubscribe`, ask('twice@example.com')), {
      ...VALIDATION,
      code: 'ALREADY_UNSUBSCRIBED',
      message: `twice@example.com is already unsubscribed from subscription ${MARKETING}`,
    });
  });

  test('who has unsubscribed is not subscribed again, from one type, a brand or the account', async () => {
    const { post, request } = server();
    const gone: Record<string, (address: string) => Promise<unknown>> = {
      'one@example.com': (address) => post(`${V3}/unsubscribe`, ask(address, { subscriptionId: BRAND_NEWS })),
      'brand@example.com': (address) =>
        request('POST', `${statusesOf(address)}/unsubscribe-all?channel=EMAIL&businessUnitId=${BRAND}`),
      'all@example.com': (address) => request('POST', `${statusesOf(address)}/unsubscribe-all?channel=EMAIL`),
    };
    const sources: unknown[] = [];
    for (const [address, leave] of Object.entries(gone)) {
      await leave(address);
      const row = await rowOf(address, BRAND_NEWS);
      sources.push([row.status, row.sourceOfStatus, row.brandId]);
      assertRefused(await post(`${V3}/subscribe`, ask(address, { subscriptionId: String(BRAND_NEWS) })), {
        ...VALIDATION,
        code: 'HAS_UNSUBSCRIBED',
        message: `Subscription ${BRAND_NEWS} for ${address} cannot be updated because they have unsubscribed`,
      });
    }
    assert.deepEqual(sources, [
      ['NOT_SUBSCRIBED', 'SUBSCRIPTION_STATUS', BRAND],
      ['NOT_SUBSCRIBED', 'BRAND_WIDE_STATUS', BRAND],
      ['NOT_SUBSCRIBED', 'PORTAL_WIDE_STATUS', BRAND],
    ]);
  });

  for (const base of DATED) {
    test(`${base.slice(-7)}: resubscribing brings back who has unsubscribed, and ends an opt-out`, async () => {
      const { post, request } = server();
      const address = `back${base.slice(-7)}@example.com`;
      await request('POST', `${statusesOf(address)}/unsubscribe-all?channel=EMAIL`);
      const { status, json } = await post(`${base}/resubscribe`, ask(address));
      assert.deepEqual([status, json.status, json.sourceOfStatus], [200, 'SUBSCRIBED', 'SUBSCRIPTION_STATUS']);
      const others = await rowOf(address, SERVICE);
      assert.deepEqual([others.status, others.sourceOfStatus], ['NOT_SUBSCRIBED', 'SUBSCRIPTION_STATUS']);
      assert.equal((await post(`${base}/resubscribe`, ask(address))).json.errors[0].code, 'ALREADY_SUBSCRIBED');
    });
  }

  test('resubscribe is not part of v3', async () => {
    assert.equal((await server().post(`${V3}/resubscribe`, ask('ada@example.com'))).status, 404);
  });

  test('a body without its fields is refused as HubSpot does', async () => {
    const message = (fields: string) =>
      `Invalid input JSON on line 1, column 2: Cannot build PublicUpdateSubscriptionStatusRequest, some of required attributes are not set [${fields}]`;
    const bodies: [object, string][] = [
      [{}, 'emailAddress, subscriptionId'],
      [{ emailAddress: 'ada@example.com' }, 'subscriptionId'],
      [{ subscriptionId: '1', legalBasis: 'NON_GDPR' }, 'emailAddress'],
    ];
    for (const [body, fields] of bodies) {
      assertRefused(await server().post(`${V3}/subscribe`, body), {
        status: 400,
        category: 'VALIDATION_ERROR',
        code: 'FIELD_REQUIRED',
        in: fields.split(', ')[0]!,
        message: message(fields),
      });
    }
  });

  test('what else is wrong is said as everywhere', async () => {
    const bad: [object, string, string][] = [
      [ask('nobody'), 'EMAIL_INVALID', 'emailAddress'],
      [ask('ada@example.com', { subscriptionId: '1x' }), 'FIELD_INVALID', 'subscriptionId'],
      [ask('ada@example.com', { subscriptionId: '999' }), 'SUBSCRIPTION_UNKNOWN', 'subscriptionId'],
      [ask('ada@example.com', { subscriptionId: INACTIVE }), 'SUBSCRIPTION_INACTIVE', 'subscriptionId'],
      [ask('ada@example.com', { legalBasis: 'BECAUSE' }), 'FIELD_INVALID', 'legalBasis'],
    ];
    for (const [body, code, field] of bad) {
      for (const name of ['subscribe', 'unsubscribe']) {
        const { status, json } = await server().post(`${V3}/${name}`, body);
        assert.deepEqual([status, json.errors[0].code, json.errors[0].in], [400, code, field]);
      }
    }
    const { json } = await server().get(`${V3}/status/email/nobody`);
    assert.deepEqual([json.errors[0].code, json.errors[0].in], ['EMAIL_INVALID', 'emailAddress']);
  });

  test('scopes are those of single reads and writes', async () => {
    const { get, post } = server();
    const read = { token: tokenFor('communication_preferences.read') };
    const write = { token: tokenFor('communication_preferences.write') };
    assert.equal((await get(`${V3}/status/email/ada%40example.com`, read)).status, 200);
    assert.equal((await get(`${V3}/status/email/ada%40example.com`, write)).status, 403);
    assert.equal((await post(`${V3}/unsubscribe`, ask('scopes@example.com'), write)).status, 200);
    assert.equal((await post(`${V3}/subscribe`, ask('scopes@example.com'), read)).status, 403);
  });
});

onEveryEngine('v3 with the data privacy settings on', (engine) => {
  const server = useServer(engine, { dataPrivacy: true });

  test('subscribing needs a legal basis, unless there is nothing to do anyway; unsubscribing never does', async () => {
    const { post } = server();
    const body = { emailAddress: 'ada@example.com', subscriptionId: MARKETING };
    const code = async (path: string, fields: object = {}) => {
      const { json } = await post(path, { ...body, ...fields });
      return json.errors?.[0].code ?? json.status;
    };
    assert.equal(await code(`${V3}/subscribe`), 'LEGAL_BASIS_REQUIRED');
    const evidence = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Ticked a box.' };
    assert.equal(await code(`${V3}/subscribe`, evidence), 'SUBSCRIBED');
    assert.equal(await code(`${V3}/subscribe`), 'ALREADY_SUBSCRIBED');
    assert.equal(await code(`${V3}/unsubscribe`), 'NOT_SUBSCRIBED');
    assert.equal(await code(`${V3}/subscribe`), 'HAS_UNSUBSCRIBED');
    assert.equal((await post(statusesOf('ada@example.com'), change({ statusState: 'NOT_SPECIFIED' }))).status, 400);
  });
});
