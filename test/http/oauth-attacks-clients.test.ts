/** Who pretends to be an app: refused as RFC 6749 has it, and given nothing. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { FIRST_ACCOUNT, FULL_TOKEN, SECOND_TOKEN } from './support/accounts.ts';
import { onEveryEngine, SQLITE } from './support/engines.ts';
import { createApp, type TestApp, tokensByConsent } from './support/installed-apps.ts';
import { ADMIN, assertOAuthError, postForm, READ, refresh, statusWith, useTarget } from './support/oauth-attacks.ts';

const TOKEN = '/oauth/v1/token';
const DAY_MS = 86_400_000;
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

onEveryEngine('An app', (engine) => {
  const { server, saved, pass } = useTarget(engine);
  let app: TestApp;
  let other: TestApp;
  before(async () => {
    app = await createApp(server());
    other = await createApp(server(), SECOND_TOKEN);
    for (const [token, { clientId }] of [
      [FULL_TOKEN, app],
      [SECOND_TOKEN, other],
    ] as const) {
      assert.equal(
        (await server().post('/optio/v1/installations', { clientId, scopes: [READ] }, { token })).status,
        201,
      );
    }
  });
  const ask = (fields: Record<string, string>, headers = {}) =>
    postForm(server(), TOKEN, { grant_type: 'client_credentials', ...fields }, headers);
  const rotate = async (oldUntil: string) => {
    const path = `/optio/v1/apps/${app.id}/rotate-secret`;
    return (await server().post(path, { oldUntil })).json.clientSecret as string;
  };

  test('is who knows its secret, in the form or as Basic', async () => {
    const { clientId: client_id, secret: client_secret } = app;
    assert.equal((await ask({ client_id, client_secret })).status, 200);
    assert.equal((await ask({}, basic(client_id, client_secret))).status, 200);
    assert.equal((await ask({ client_id }, basic(client_id, client_secret))).status, 200);
  });

  test('is not who knows another one, or something like it', async () => {
    const count = saved.length;
    const client_id = app.clientId;
    const right = app.secret;
    for (const client_secret of [
      other.secret,
      right.toUpperCase(),
      right.slice(0, -1),
      `${right}x`,
      ` ${right}`,
      `${right}\0`,
      right.slice(-4),
      'secrets-are-kept-as-hashes',
      'null',
      'undefined',
      'x'.repeat(40_000),
    ]) {
      assertOAuthError(await ask({ client_id, client_secret }), 401, 'invalid_client');
      const answer = await ask(
        {},
        client_secret.length > 999 ? basic(client_id, 'x') : basic(client_id, client_secret),
      );
      // Basic is of visible characters; what is not could not be understood.
      if (client_secret.includes('\0')) assertOAuthError(answer, 400, 'invalid_request');
      else {
        assertOAuthError(answer, 401, 'invalid_client');
        assert.match(answer.headers.get('www-authenticate')!, /^Basic realm="http/);
      }
    }
    for (const id of ['nobody', client_id.toUpperCase(), `${client_id}\0`, `${client_id} `, '%', "' OR 1=1 --"]) {
      assertOAuthError(await ask({ client_id: id, client_secret: right }), 401, 'invalid_client');
    }
    assertOAuthError(await ask({ client_id }), 401, 'invalid_client');
    assertOAuthError(await ask({ client_id, client_secret: '' }), 401, 'invalid_client');
    assertOAuthError(await ask({ client_secret: right }), 400, 'invalid_request');
    assertOAuthError(await ask({}), 400, 'invalid_request');
    assert.equal(saved.length, count);
  });

  test('proves itself by one mechanism, which is no header for bearers and no query', async () => {
    const count = saved.length;
    const { clientId: client_id, secret: client_secret } = app;
    const proof = { client_id, client_secret };
    assertOAuthError(await ask(proof, basic(client_id, client_secret)), 400, 'invalid_request');
    assertOAuthError(await ask(proof, basic(other.clientId, other.secret)), 400, 'invalid_request');
    assertOAuthError(await ask({ client_id: other.clientId }, basic(client_id, client_secret)), 400, 'invalid_request');
    assertOAuthError(await ask(proof, { authorization: `Bearer ${FULL_TOKEN}` }), 400, 'invalid_request');
    assertOAuthError(await ask({ client_id }, { authorization: `Bearer ${client_secret}` }), 400, 'invalid_request');
    assertOAuthError(await ask(proof, { authorization: `Bearer ${'x'.repeat(14_000)}` }), 400, 'invalid_request');
    const query = new URLSearchParams({ grant_type: 'client_credentials', ...proof });
    assertOAuthError(await postForm(server(), `${TOKEN}?${query}`, ''), 400, 'invalid_request');
    const inQuery = new URLSearchParams({ client_secret });
    const answer = await postForm(server(), `${TOKEN}?${inQuery}`, { grant_type: 'client_credentials', client_id });
    assertOAuthError(answer, 401, 'invalid_client');
    const assertion = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"sub":"${client_id}"}`).toString('base64url')}.`;
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const asserted = await ask({ client_id, client_assertion: assertion, client_assertion_type: type });
    assertOAuthError(asserted, 401, 'invalid_client');
    assert.equal(saved.length, count);
  });

  test('is told when its Basic header cannot be read', async () => {
    const count = saved.length;
    const { clientId, secret } = app;
    const encoded = Buffer.from(`${clientId}:${secret}`).toString('base64');
    for (const authorization of [
      'Basic',
      'Basic ',
      `Basic  ${encoded}`,
      `Basic ${encoded} x`,
      `Basic ${encoded}!`,
      'Basic %%%',
      `Basic ${Buffer.from(clientId).toString('base64')}`,
      `Basic ${Buffer.from(`${clientId}:`).toString('base64')}`,
      `Basic ${Buffer.from(`${clientId}:%ZZ`).toString('base64')}`,
      `Basic ${Buffer.from(`${clientId}:%00`).toString('base64')}`,
      `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0xff]).toString('base64')}`,
      `Basic ${Buffer.from(':').toString('base64')}`,
      `Digest ${encoded}`,
      `Negotiate ${encoded}`,
    ]) {
      const answer = await ask({}, { authorization });
      assert.match(answer.json.error, /^invalid_(?:request|client)$/, authorization);
      assertOAuthError(answer, answer.json.error === 'invalid_client' ? 401 : 400, answer.json.error);
    }
    assert.equal(saved.length, count);
  });

  test('has the secrets that were not exchanged, for as long as they last', async () => {
    const client_id = app.clientId;
    const first = app.secret;
    const second = await rotate(new Date(Date.now() + DAY_MS).toISOString());
    const statusOf = async (client_secret: string) => (await ask({ client_id, client_secret })).status;
    assert.deepEqual([await statusOf(first), await statusOf(second)], [200, 200]);
    pass(DAY_MS);
    assert.deepEqual([await statusOf(first), await statusOf(second)], [401, 200]);
    const third = await rotate('now');
    assert.deepEqual([await statusOf(second), await statusOf(third)], [401, 200]);
    app = { ...app, secret: third };
  });

  test('without a secret, or not installed in its own account, is given nothing', async () => {
    const count = saved.length;
    const { clientId } = (await server().post('/optio/v1/apps', { name: 'Bare' })).json;
    for (const client_secret of ['', 'x', 'null', 'secrets-are-kept-as-hashes']) {
      assertOAuthError(await ask({ client_id: clientId, client_secret }), 401, 'invalid_client');
    }
    const fresh = await createApp(server());
    const answer = await ask({ client_id: fresh.clientId, client_secret: fresh.secret });
    assertOAuthError(answer, 400, 'unauthorized_client');
    for (const { idHash } of saved.slice(count)) {
      assert.equal(await server().store.authorizations.findAccessToken(idHash), null);
    }
  });

  test('gets no more by its own credentials than what it is installed with', async () => {
    const proof = { client_id: app.clientId, client_secret: app.secret };
    const refused = [
      ADMIN,
      `${READ} ${ADMIN}`,
      'openid',
      'offline_access',
      'no.such',
      `${READ} no.such`,
      `${READ}\n${ADMIN}`,
    ];
    for (const scope of refused) {
      assertOAuthError(await ask({ ...proof, scope }), 400, 'invalid_scope');
    }
    const given = await ask({ ...proof, scope: '' });
    assert.deepEqual(given.json.scopes, [READ]);
    assert.equal(given.json.refresh_token, undefined);
  });

  test('is refused what this server has no such thing of', async () => {
    const { access_token } = await tokensByConsent(server(), app, FIRST_ACCOUNT, READ);
    const count = saved.length;
    const proof = { client_id: app.clientId, client_secret: app.secret };
    for (const grant_type of [
      'password',
      'implicit',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:openid:params:grant-type:ciba',
      '__proto__',
      'constructor',
    ]) {
      const fields = {
        ...proof,
        grant_type,
        assertion: 'x',
        username: 'a',
        password: 'b',
        subject_token: access_token,
      };
      assertOAuthError(await ask(fields), 400, 'unsupported_grant_type');
    }
    assertOAuthError(await ask({ ...proof, grant_type: '' }), 400, 'invalid_request');
    assertOAuthError(await refresh(server(), app, ''), 400, 'invalid_request');
    assert.equal(saved.length, count);
  });
});

describe('The endpoints for apps', () => {
  const { server } = useTarget(SQLITE);

  test('keep every answer with a token out of caches, and give none to pages of other sites', async () => {
    const app = await createApp(server());
    const tokens = await tokensByConsent(server(), app, FIRST_ACCOUNT, READ);
    const proof = { client_id: app.clientId, client_secret: app.secret };
    const refreshed = await refresh(server(), app, tokens.refresh_token);
    const { access_token: token, refresh_token } = refreshed.json;
    const answers = [
      refreshed,
      await postForm(server(), '/oauth/v3/token/introspect', { ...proof, token }),
      await postForm(server(), '/oauth/2026-03/token/introspect', { ...proof, token: refresh_token }),
      await server().get(`/oauth/v1/access-tokens/${token}`, { token: null }),
      await server().get(`/oauth/v1/refresh-tokens/${refresh_token}`, { token: null }),
    ];
    for (const { status, path, headers } of answers) {
      assert.equal(status, 200, path);
      assert.match(headers.get('cache-control') ?? '', /no-store/, path);
      assert.equal(headers.get('set-cookie'), null);
    }
    const origin = { origin: 'https://evil.example' };
    const fields = { grant_type: 'refresh_token', refresh_token, ...proof };
    for (const path of ['/oauth/v1/token', '/oauth/v3/token/introspect']) {
      const answer = await postForm(server(), path, { ...fields, token }, origin);
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
      assertOAuthError(answer, 400, 'invalid_request');
    }
    assert.equal(await statusWith(server(), token), 200);
  });
});
