/** Access tokens of a real identity provider, from the provider's token endpoint to what the ledger holds. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openIssuers } from '../../src/issuers/open-issuers.ts';
import type { CatalogStore, Store } from '../../src/storage/port.ts';
import { AUDIENCE, NOBODY_WATCHES, TestProvider, trust } from '../issuers/support/provider.ts';
import { FIRST_APP, FOREIGN, FULL_TOKEN, MARKETING, SECOND_APP, SECOND_TOKEN } from './support/accounts.ts';
import { onEveryEngine, SQLITE } from './support/engines.ts';
import { assertRefused, change, countEvents, statusesOf, useServer, V4 } from './support/server.ts';

const DEFINITIONS = `${V4}/definitions`;
const WRITE = 'communication_preferences.write';
const READ_WRITE = 'communication_preferences.read_write';

function useProvider(): () => TestProvider {
  let provider: TestProvider;
  before(async () => {
    provider = await TestProvider.start();
  });
  after(() => provider.stop());
  return () => provider;
}

onEveryEngine('a token of the identity provider', (engine) => {
  const provider = useProvider();
  const server = useServer(engine, { issuers: () => openIssuers(trust(provider().issuer), NOBODY_WATCHES) });

  test('changes what its account holds, in the name of its app', async () => {
    const token = await provider().token('newsletter', READ_WRITE);
    const path = statusesOf('issued@example.com');
    assert.equal((await server().post(path, change(), { token })).status, 200);
    const { json } = await server().get(`${path}?channel=EMAIL`);
    const written = json.results.find(({ subscriptionId }: { subscriptionId: number }) => subscriptionId === MARKETING);
    assert.equal(written.source, `Public status API, App ID:${FIRST_APP}`);
  });

  test("reaches its own account's contacts and no other's", async () => {
    const first = await provider().token('newsletter', READ_WRITE);
    const second = await provider().token('second-newsletter', READ_WRITE);
    const path = statusesOf('both@example.com');
    const explained = change({ legalBasis: 'NON_GDPR', legalBasisExplanation: 'known to the first alone' });
    assert.equal((await server().post(path, explained, { token: first })).status, 200);
    const seen = await server().get(`${path}?channel=EMAIL`, { token: second });
    assert.deepEqual(
      seen.json.results.map((row: { subscriptionId: number; status: string }) => [row.subscriptionId, row.status]),
      [[FOREIGN, 'NOT_SPECIFIED']],
    );
    assert.ok(!seen.text.includes('known to the first alone'));
    const events = await countEvents(server().store);
    assertRefused(await server().post(path, change(), { token: second }), {
      status: 400,
      category: 'VALIDATION_ERROR',
      code: 'SUBSCRIPTION_UNKNOWN',
      in: 'subscriptionId',
      message: /39644612/,
    });
    assert.equal(await countEvents(server().store), events);
    await server().post(path, change({ subscriptionId: FOREIGN }), { token: second });
    const own = await server().get(`${path}?channel=EMAIL`, { token: SECOND_TOKEN });
    assert.equal(own.json.results[0].source, `Public status API, App ID:${SECOND_APP}`);
  });

  test('grants the scopes that it has, and no others', async () => {
    const token = await provider().token('newsletter', WRITE);
    assert.equal((await server().post(statusesOf('a@example.com'), change(), { token })).status, 200);
    for (const path of [DEFINITIONS, '/optio/v1/account']) {
      const refused = await server().get(path, { token });
      assert.equal(refused.status, 403);
      assert.equal(refused.json.errors[0].code, 'SCOPES_MISSING');
    }
  });

  test('without an account is refused', async () => {
    assertRefused(await server().get(DEFINITIONS, { token: await provider().token('homeless', READ_WRITE) }), {
      status: 401,
      category: 'INVALID_AUTHENTICATION',
      code: 'TOKEN_INVALID',
      in: 'Authorization',
      message: /^Authentication credentials not found\. /,
    });
  });

  test('for another server is refused, and says why', async () => {
    const token = await provider().token('newsletter', READ_WRITE, 'https://elsewhere.example.com');
    const answer = await server().get(DEFINITIONS, { token });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
    assert.equal(
      answer.json.errors[0].message,
      `The access token is refused. It is not made out to this server: its audience (aud) is not ${AUDIENCE}.`,
    );
    assert.ok(!answer.text.includes(token));
  });

  test('stands beside tokens of this server, which are taken as before', async () => {
    for (const token of [FULL_TOKEN, SECOND_TOKEN]) {
      assert.equal((await server().get(DEFINITIONS, { token })).status, 200);
    }
    assert.equal((await server().get(DEFINITIONS, { token: 'pat-eu1-nobody' })).json.errors[0].code, 'TOKEN_UNKNOWN');
  });
});

describe('the operator says what tokens mean', () => {
  const provider = useProvider();
  const scopesOf = {
    prefix: 'api:',
    map: { subscriber_admin: ['communication_preferences.read_write', 'optio.admin'] },
  };
  const cases = [
    { what: 'one account and one app for all', fields: { account: 1001, app: FIRST_APP }, status: 200 },
    { what: 'an account that does not exist', fields: { account: 999, app: FIRST_APP }, status: 401 },
    { what: 'an app that the account does not have', fields: { app: SECOND_APP }, status: 401 },
    { what: 'accounts by a map', fields: { account: { claim: 'client_id', map: { newsletter: 1001 } } }, status: 200 },
    { what: 'a map without the value', fields: { account: { claim: 'client_id', map: { other: 1001 } } }, status: 401 },
    { what: 'a map that the value is not in', fields: { account: { claim: 'hub_id', map: { a: 1001 } } }, status: 401 },
    { what: 'a claim that no token has', fields: { account: { claim: ['realm', 'hub_id'] } }, status: 401 },
    { what: 'a client id that is no app', fields: { app: { claim: 'client_id' } }, status: 401 },
    { what: 'scopes with a prefix that these lack', fields: { scopes: scopesOf }, status: 403 },
    {
      what: 'another name for scopes',
      fields: { scopes: { claim: 'client_id', map: { newsletter: [READ_WRITE] } } },
      status: 200,
    },
    { what: 'another kind of signature', fields: { algorithms: ['ES256'] }, status: 401 },
    { what: 'the kind of signature that the provider has', fields: { algorithms: ['RS256'] }, status: 200 },
  ];
  for (const { what, fields, status } of cases) {
    describe(what, () => {
      const server = useServer(SQLITE, {
        issuers: () => openIssuers(trust(provider().issuer, fields), NOBODY_WATCHES),
      });
      test(`is answered ${status}`, async () => {
        const token = await provider().token('newsletter', READ_WRITE);
        const answer = await server().get(DEFINITIONS, { token });
        assert.equal(answer.status, status, answer.text);
      });
    });
  }
});

describe('in the steady state', () => {
  const provider = useProvider();
  const asked: string[] = [];
  const server = useServer(SQLITE, {
    issuers: () => openIssuers(trust(provider().issuer), NOBODY_WATCHES),
    wrapStore: (store) => countingCatalog(store, asked),
  });

  test('a token costs no query, and its issuer is not asked again', async () => {
    const token = await provider().token('newsletter', READ_WRITE);
    assert.equal((await server().get(DEFINITIONS, { token })).status, 200);
    const [queries, requests] = [asked.length, provider().asked.length];
    for (let request = 0; request < 20; request += 1) {
      assert.equal((await server().get(DEFINITIONS, { token })).status, 200);
    }
    assert.deepEqual(asked.slice(queries), []);
    assert.equal(provider().asked.length, requests);
  });

  test('an app that is created later is found, with tokens from before', async () => {
    const token = await provider().token('newsletter', 'optio.admin');
    assert.equal((await server().get('/optio/v1/account', { token })).status, 200);
    assert.equal((await server().post('/optio/v1/apps', { name: 'Another' }, { token })).status, 201);
    assert.equal((await server().get('/optio/v1/account', { token })).status, 200);
  });
});

/** Writes down what the catalog is asked, but for the revision, which is asked by the clock. */
function countingCatalog(store: Store, asked: string[]): Store {
  const catalog = new Proxy(store.catalog, {
    get: (target, name) => {
      const method = target[name as keyof CatalogStore];
      if (name === 'revision' || typeof method !== 'function') return method.bind(target);
      return (...args: never[]) => {
        asked.push(String(name));
        return (method as (...all: never[]) => unknown).apply(target, args);
      };
    },
  });
  return { ...store, catalog, ping: () => store.ping(), close: () => store.close() };
}
