/**
 * Every operation of HubSpot's OAuth files, in good and bad ways, on both engines. The test server holds each answer against
 * its file; this suite fails where an operation was never answered well, or never refused.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_ACCOUNT } from '../http/support/accounts.ts';
import { onEveryEngine } from '../http/support/engines.ts';
import { createApp, type TestApp, tokensByConsent } from '../http/support/installed-apps.ts';
import { type Answer, statusesOf, useServer } from '../http/support/server.ts';
import { OAUTH_FAMILIES, operationOf, operations, pathOf } from './hubspot-spec.ts';

const READ = 'subscriptions-status-read';
const CREDENTIALS = { grant_type: 'client_credentials' };

onEveryEngine("HubSpot's OAuth files", (engine) => {
  const answers: Answer[] = [];
  const server = useServer(engine, { onAnswer: (answer) => answers.push(answer) });

  const form = (path: string, fields: Readonly<Record<string, string>>) =>
    server().post(path, new URLSearchParams(fields).toString(), {
      token: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const as = (app: TestApp, fields: Readonly<Record<string, string>>) => ({
    client_id: app.clientId,
    client_secret: app.secret,
    ...fields,
  });
  const consented = async () => {
    const app = await createApp(server());
    return { app, tokens: await tokensByConsent(server(), app, FIRST_ACCOUNT, READ) };
  };
  const opens = async (token: string) =>
    (await server().get(`${statusesOf('ada@example.com')}?channel=EMAIL`, { token })).status === 200;

  for (const family of OAUTH_FAMILIES) {
    const path = `${pathOf(family)}/token`;

    test(`${family}: tokens for a refresh token, for credentials, for nothing`, async () => {
      const { app, tokens } = await consented();
      const { refresh_token } = tokens;
      const refreshed = await form(path, as(app, { grant_type: 'refresh_token', refresh_token }));
      assert.partialDeepStrictEqual(refreshed.json, {
        ...{ token_type: 'bearer', hub_id: FIRST_ACCOUNT, user_id: 7, scopes: [READ], scope: READ, expires_in: 1_800 },
        token_use: 'access_token',
      });
      assert.ok(await opens(refreshed.json.access_token));
      await server().post('/optio/v1/installations', { clientId: app.clientId, scopes: [READ] });
      const given = await form(path, as(app, CREDENTIALS));
      assert.deepEqual(
        [given.json.token_use, given.json.user_id, given.json.refresh_token],
        ['client_credentials', 0, undefined],
      );
      const refusals = [
        [{ ...as(app, CREDENTIALS), client_secret: 'another' }, 401, 'invalid_client'],
        [as(app, { grant_type: 'refresh_token', refresh_token: 'none' }), 400, 'invalid_grant'],
        [as(app, { grant_type: 'authorization_code', code: 'none', redirect_uri: 'x' }), 400, 'invalid_grant'],
        [as(app, { ...CREDENTIALS, scope: 'optio.admin' }), 400, 'invalid_scope'],
        [as(app, { grant_type: 'password' }), 400, 'unsupported_grant_type'],
        [as(app, {}), 400, 'invalid_request'],
      ] as const;
      for (const [fields, status, error] of refusals) {
        const refused = await form(path, fields);
        assert.deepEqual([refused.status, refused.json.error], [status, error], refused.text);
        assert.equal(refused.json.message, refused.json.error_description);
      }
    });
  }

  for (const family of OAUTH_FAMILIES.filter((each) => each !== 'oauth-v1')) {
    const base = `${pathOf(family)}/token`;

    test(`${family}: tokens are looked at and ended`, async () => {
      const { app, tokens } = await consented();
      const look = (token: string) => form(`${base}/introspect`, as(app, { token }));
      const access = (await look(tokens.access_token)).json;
      assert.partialDeepStrictEqual(access, {
        ...{ active: true, token_use: 'access_token', hub_id: FIRST_ACCOUNT, client_id: app.clientId, scopes: [READ] },
        ...{ sub: `${FIRST_ACCOUNT}.7`, scope: READ, iss: server().url },
      });
      assert.equal(access.exp - access.iat, 1_800);
      assert.equal((await look(tokens.refresh_token)).json.token_use, 'refresh_token');
      assert.deepEqual((await look('none')).json, { active: false });
      const stranger = await createApp(server());
      const shown = as(stranger, { token: tokens.access_token });
      assert.deepEqual((await form(`${base}/introspect`, shown)).json, { active: false });
      assert.equal((await form(`${base}/introspect`, { token: tokens.access_token })).status, 400);
      assert.equal((await form(`${base}/introspect`, as(app, {}))).status, 400);
      assert.equal((await form(`${base}/revoke`, as(app, {}))).status, 400);
      assert.equal((await form(`${base}/revoke`, as(app, { token: tokens.refresh_token }))).status, 200);
      assert.deepEqual((await look(tokens.refresh_token)).json, { active: false });
      assert.equal(await opens(tokens.access_token), false);
    });
  }

  test('v1: what a token is, and the end of a refresh token', async () => {
    const { app, tokens } = await consented();
    const access = `/oauth/v1/access-tokens/${tokens.access_token}`;
    const refresh = `/oauth/v1/refresh-tokens/${tokens.refresh_token}`;
    const bare = { token: null };
    const { json } = await server().get(access, bare);
    assert.deepEqual([json.app_id, json.token_type, json.hub_id], [app.id, 'access', FIRST_ACCOUNT]);
    assert.deepEqual([json.signed_access_token.scopes, json.signed_access_token.appId], [READ, app.id]);
    assert.partialDeepStrictEqual((await server().get(refresh, bare)).json, {
      ...{ token: tokens.refresh_token, client_id: app.clientId, token_type: 'refresh', scopes: [READ] },
    });
    assert.equal((await server().request('DELETE', refresh, bare)).status, 204);
    for (const path of [access, refresh]) assert.equal((await server().get(path, bare)).status, 404);
    assert.equal((await server().request('DELETE', refresh, bare)).status, 404);
    assert.equal(await opens(tokens.access_token), false);
  });

  test("v1: credentials in the URL, where logs keep them, are not taken, although HubSpot's file has them there", async () => {
    const { app, tokens } = await consented();
    const query = new URLSearchParams({ client_secret: app.secret, refresh_token: tokens.refresh_token });
    const fields = { grant_type: 'refresh_token', client_id: app.clientId };
    const refused = await form(`/oauth/v1/token?${query}`, fields);
    assert.deepEqual([refused.status, refused.json.error], [401, 'invalid_client'], refused.text);
  });

  test('every operation was answered well, and every one was refused', () => {
    const seen = new Set(
      answers.map(({ method, path, status }) => `${operationOf(method, path)} ${status < 400 ? 'well' : 'refused'}`),
    );
    for (const operation of OAUTH_FAMILIES.flatMap(operations)) {
      for (const end of ['well', 'refused']) assert.ok(seen.has(`${operation} ${end}`), `${operation}: never ${end}`);
    }
  });
});
