/** What the OAuth endpoints say while the database is away, or goes away in the middle: 503, and never that a token is none. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Store, StoreUnavailable } from '../../src/storage/port.ts';
import { makeOperator } from '../support/operators.ts';
import { withMethodsOf } from '../support/tampered-store.ts';
import { FIRST_ACCOUNT } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { askForTokens, codeByConsent, createApp, type TestApp, tokensByConsent } from './support/installed-apps.ts';
import type { Fields } from './support/links.ts';
import { postForm, READ, redeem, refresh } from './support/oauth-attacks.ts';
import { BEHIND_PROXY, OperatorBrowser } from './support/operator-browser.ts';
import { type Answer, useServer } from './support/server.ts';

const EMAIL = 'grace@example.com';

onEveryEngine('While the database is away', (engine) => {
  /** How many calls of the store still reach it. */
  let callsLeft = Number.POSITIVE_INFINITY;
  /** What happens just before a grant is stored. */
  let beforeGrant: (() => Promise<unknown>) | null = null;
  const goingAway = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...sent: unknown[]) => {
          callsLeft -= 1;
          if (callsLeft < 0) throw new StoreUnavailable('the connection ended', { cause: { code: 'ECONNRESET' } });
          return value.apply(target, sent);
        };
      },
    });
  const wrapStore = (store: Store): Store => {
    const parts = {
      authorizations: goingAway(
        withMethodsOf(store.authorizations, {
          save: async (item) => {
            if (item.kind === 'Grant') await beforeGrant?.();
            return store.authorizations.save(item);
          },
        }),
      ),
      operators: goingAway(store.operators),
      serverSecrets: goingAway(store.serverSecrets),
    };
    return withMethodsOf(store, parts);
  };
  const server = useServer(engine, { ...BEHIND_PROXY, wrapStore });
  const whileAway = async <Value>(work: () => Promise<Value>, calls = 0): Promise<Value> => {
    callsLeft = calls;
    return work().finally(() => {
      callsLeft = Number.POSITIVE_INFINITY;
    });
  };
  const assertAway = ({ status, headers, json, text }: Answer) => {
    assert.equal(status, 503, text);
    const { error, error_description, status: kind, category } = json;
    assert.deepEqual([error, kind, category], ['temporarily_unavailable', 'error', 'SERVICE_UNAVAILABLE']);
    assert.match(error_description, /^The database cannot be reached/);
    assert.deepEqual([headers.get('retry-after'), headers.get('cache-control')], ['1', 'no-store']);
  };
  let app: TestApp;
  before(async () => {
    await makeOperator(server().context, EMAIL);
    app = await createApp(server());
  });

  test('an app is told so, whatever it asks for, and may ask again', async () => {
    const given = await tokensByConsent(server(), app, FIRST_ACCOUNT, READ);
    const code = (await codeByConsent(server(), app, FIRST_ACCOUNT, { scope: READ }))!;
    const form = { client_id: app.clientId, client_secret: app.secret, token: given.access_token };
    const infos = ['access-tokens', 'refresh-tokens'].map((kind) => `/oauth/v1/${kind}/${given.refresh_token}`);
    for (const ask of [
      () => redeem(server(), app, code),
      () => refresh(server(), app, given.refresh_token),
      () => askForTokens(server(), app, { grant_type: 'client_credentials' }),
      () => postForm(server(), '/oauth/v3/token/introspect', form),
      () => postForm(server(), '/oauth/v3/token/revoke', form),
      ...infos.map((path) => () => server().get(path, { token: null })),
      () => server().request('DELETE', infos[1]!, { token: null }),
    ]) {
      assertAway(await whileAway(ask));
    }
    assert.equal((await redeem(server(), app, code)).status, 200);
    assert.equal((await refresh(server(), app, given.refresh_token)).status, 200);
  });

  test('a request that it breaks off anywhere is told so, too, and gives out nothing', async () => {
    const asks = [
      async () => {
        const code = (await codeByConsent(server(), app, FIRST_ACCOUNT, { scope: READ }))!;
        return () => redeem(server(), app, code);
      },
      async () => {
        const { refresh_token } = await tokensByConsent(server(), app, FIRST_ACCOUNT, READ);
        return () => refresh(server(), app, refresh_token);
      },
      async () => () => askForTokens(server(), app, { grant_type: 'client_credentials' }),
      async () => {
        const { access_token: token } = await tokensByConsent(server(), app, FIRST_ACCOUNT, READ);
        const form = { client_id: app.clientId, client_secret: app.secret, token };
        return () => postForm(server(), '/oauth/v3/token/introspect', form);
      },
    ];
    for (const prepare of asks) {
      let calls = 0;
      for (let isWhole = false; !isWhole; calls += 1) {
        const ask = await prepare();
        const answer = await whileAway(ask, calls);
        isWhole = answer.status === 200;
        if (!isWhole) assertAway(answer);
      }
      assert.ok(calls > 3, 'it was broken off at several places');
    }
  });

  test('a person is told that it did not work just now', async () => {
    const browser = new OperatorBrowser(server);
    await browser.signIn(EMAIL);
    const query = { redirect_uri: 'https://app.example.com/oauth-callback', scope: READ };
    const path = await browser.askFor(app.clientId, query);
    const page = await browser.get(path);
    const chosen: Fields = [['account', String(FIRST_ACCOUNT)]];
    const authorize = `/oauth/authorize?${new URLSearchParams({ client_id: app.clientId, ...query })}`;
    for (const visit of [
      () => browser.get(path),
      () => browser.get(authorize),
      () => browser.get(path.replace('/consent/', '/authorize/')),
      () => browser.sendForm(path, page, 'approve', chosen),
      () =>
        browser.post('/oauth/sign-in', [
          ['email', EMAIL],
          ['password', 'x'],
        ]),
    ]) {
      for (const calls of [0, 1]) {
        const answer = await whileAway(visit, calls);
        assert.equal(answer.status, 503, answer.text);
        assert.match(answer.text, /<h1>That did not work just now</);
        assert.equal(answer.headers.get('location'), null);
      }
    }
    assert.equal((await whileAway(() => browser.get(`${authorize}&prompt=none`))).status, 503);
    assert.equal((await browser.sendForm(path, page, 'approve', chosen)).status, 200);
  });

  test('an app that is uninstalled in the middle of its consent is not let in', async () => {
    const browser = new OperatorBrowser(server);
    await browser.signIn(EMAIL);
    const query = { redirect_uri: 'https://app.example.com/oauth-callback', scope: READ };
    const chosen: Fields = [['account', String(FIRST_ACCOUNT)]];
    const uninstall = () => server().request('DELETE', `/optio/v1/installations/${app.clientId}`);
    const first = await browser.askFor(app.clientId, query);
    beforeGrant = uninstall;
    assert.equal((await browser.sendForm(first, await browser.get(first), 'approve', chosen)).status, 410);
    beforeGrant = null;
    const second = await browser.askFor(app.clientId, query);
    const answer = await browser.sendForm(second, await browser.get(second), 'approve', chosen);
    await uninstall();
    const back = await browser.goBack(answer);
    assert.deepEqual([back.searchParams.get('error'), back.searchParams.get('code')], ['access_denied', null]);
  });
});
