/** Codes and tokens that were stolen, used again, or used by another app: refused, and what they gave is ended. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { FIRST_ACCOUNT, SECOND_ACCOUNT, SECOND_TOKEN } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { codeByConsent, createApp, type TestApp, tokensByConsent } from './support/installed-apps.ts';
import {
  ADMIN,
  assertOAuthError,
  CHALLENGE,
  postForm,
  READ,
  redeem,
  refresh,
  statusWith,
  useTarget,
  VERIFIER,
  WRITE,
} from './support/oauth-attacks.ts';

const MINUTE_MS = 60_000;
const CROWD = Array.from({ length: 20 });

onEveryEngine('A stolen code', (engine) => {
  const { server, saved, pass } = useTarget(engine);
  let app: TestApp;
  before(async () => {
    app = await createApp(server());
  });
  const code = async (parameters = {}) =>
    (await codeByConsent(server(), app, FIRST_ACCOUNT, { scope: READ, ...parameters }))!;

  test('is good once; used again, it ends what it gave', async () => {
    for (const later of [0, 2 * MINUTE_MS]) {
      const used = await code();
      const given = await redeem(server(), app, used);
      assert.equal(await statusWith(server(), given.json.access_token), 200);
      pass(later);
      assertOAuthError(await redeem(server(), app, used), 400, 'invalid_grant');
      assert.equal(await statusWith(server(), given.json.access_token), 401);
      assertOAuthError(await refresh(server(), app, given.json.refresh_token), 400, 'invalid_grant');
      assertOAuthError(await redeem(server(), app, used), 400, 'invalid_grant');
    }
  });

  test('used by twenty at the same moment gives nobody anything that lasts', async () => {
    const used = await code();
    const answers = await Promise.all(CROWD.map(() => redeem(server(), app, used)));
    const given = answers.filter(({ status }) => status === 200);
    assert.ok(given.length <= 1);
    for (const answer of answers) if (!given.includes(answer)) assertOAuthError(answer, 400, 'invalid_grant');
    for (const { json } of given) {
      assert.equal(await statusWith(server(), json.access_token), 401);
      assertOAuthError(await refresh(server(), app, json.refresh_token), 400, 'invalid_grant');
    }
  });

  test('is refused to another app, and with another redirect URI, and stays good for its own', async () => {
    const used = await code();
    const other = await createApp(server(), SECOND_TOKEN);
    const count = saved.length;
    assertOAuthError(await redeem(server(), other, used), 400, 'invalid_grant');
    assertOAuthError(await redeem(server(), { ...other, clientId: app.clientId }, used), 401, 'invalid_client');
    for (const redirect_uri of ['https://app.example.com/', 'https://evil.example/cb', `${'x'.repeat(5_000)}`]) {
      assertOAuthError(await redeem(server(), app, used, { redirect_uri }), 400, 'invalid_grant');
    }
    assertOAuthError(await redeem(server(), app, used, { redirect_uri: '' }), 400, 'invalid_request');
    assert.equal(saved.length, count, 'nothing was given out');
    assert.equal((await redeem(server(), app, used)).status, 200);
  });

  test('is good for a minute', async () => {
    const used = await code();
    const count = saved.length;
    pass(MINUTE_MS);
    assertOAuthError(await redeem(server(), app, used), 400, 'invalid_grant');
    assert.equal(saved.length, count);
  });

  test('needs the verifier of its challenge', async () => {
    const challenged = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    const used = await code(challenged);
    const count = saved.length;
    for (const code_verifier of ['', 'x'.repeat(43), CHALLENGE, VERIFIER.toLowerCase(), `${VERIFIER}A`]) {
      assertOAuthError(await redeem(server(), app, used, { code_verifier }), 400, 'invalid_grant');
    }
    for (const code_verifier of [
      'x',
      'x'.repeat(42),
      'x'.repeat(129),
      `${VERIFIER} `,
      `${VERIFIER}ü`,
      '\0'.repeat(43),
    ]) {
      const answer = await redeem(server(), app, used, { code_verifier });
      assert.match(answer.json.error, /^invalid_(?:grant|request)$/);
      assertOAuthError(answer, 400, answer.json.error);
    }
    assert.equal(saved.length, count);
    assert.equal((await redeem(server(), app, used, { code_verifier: VERIFIER })).status, 200);
  });

  test('that was asked for without a challenge is refused with a verifier: the challenge was taken out', async () => {
    const used = await code();
    assertOAuthError(await redeem(server(), app, used, { code_verifier: VERIFIER }), 400, 'invalid_grant');
  });

  test('is no bearer token, and no refresh token', async () => {
    const used = await code();
    assert.equal(await statusWith(server(), used), 401);
    assertOAuthError(await refresh(server(), app, used), 400, 'invalid_grant');
    assert.equal((await redeem(server(), app, used)).status, 200, 'which does it no harm');
  });
});

onEveryEngine('A stolen token', (engine) => {
  const { server, saved } = useTarget(engine);
  let app: TestApp;
  before(async () => {
    app = await createApp(server());
  });
  const tokens = (scope = READ) => tokensByConsent(server(), app, FIRST_ACCOUNT, scope);

  test('that was used to refresh ends everything when it is used again', async () => {
    const first = await tokens();
    const second = (await refresh(server(), app, first.refresh_token)).json;
    const third = (await refresh(server(), app, second.refresh_token)).json;
    assertOAuthError(await refresh(server(), app, first.refresh_token), 400, 'invalid_grant');
    for (const { access_token, refresh_token } of [first, second, third]) {
      assert.equal(await statusWith(server(), access_token), 401);
      assertOAuthError(await refresh(server(), app, refresh_token), 400, 'invalid_grant');
    }
  });

  test('used to refresh by twenty at the same moment gives nobody anything that lasts', async () => {
    const first = await tokens();
    const answers = await Promise.all(CROWD.map(() => refresh(server(), app, first.refresh_token)));
    const given = answers.filter(({ status }) => status === 200);
    assert.ok(given.length <= 1);
    for (const answer of answers) if (!given.includes(answer)) assertOAuthError(answer, 400, 'invalid_grant');
    for (const { access_token, refresh_token } of [first, ...given.map(({ json }) => json)]) {
      assert.equal(await statusWith(server(), access_token), 401);
      assertOAuthError(await refresh(server(), app, refresh_token), 400, 'invalid_grant');
    }
  });

  test('is not refreshed to more scopes than were approved', async () => {
    const { refresh_token } = await tokens(`${READ} ${WRITE}`);
    const count = saved.length;
    for (const scope of [
      ADMIN,
      `${READ} ${ADMIN}`,
      'openid',
      'offline_access',
      'no.such.scope',
      `${READ} no.such`,
      READ.toUpperCase(),
    ]) {
      assertOAuthError(await refresh(server(), app, refresh_token, { scope }), 400, 'invalid_scope');
    }
    for (const scope of [' ', `${READ}  ${READ}`, `${READ}\n${ADMIN}`, `"${READ}"`, `${READ}\0`]) {
      assertOAuthError(await refresh(server(), app, refresh_token, { scope }), 400, 'invalid_scope');
    }
    const fields = { client_id: app.clientId, client_secret: app.secret, grant_type: 'refresh_token', refresh_token };
    const twice = `${new URLSearchParams(fields)}&scope=${READ}&scope=${ADMIN}`;
    assertOAuthError(await postForm(server(), '/oauth/v1/token', twice), 400, 'invalid_request');
    assert.equal(saved.length, count);
    const narrowed = await refresh(server(), app, refresh_token, { scope: `${READ} ${READ}` });
    assert.deepEqual(narrowed.json.scopes, [READ]);
    const whole = await refresh(server(), app, narrowed.json.refresh_token, { scope: '' });
    assert.deepEqual(whole.json.scopes.toSorted(), [READ, WRITE]);
  });

  test('is taken as what it is alone', async () => {
    const { access_token, refresh_token } = await tokens();
    assert.equal(await statusWith(server(), refresh_token), 401);
    assertOAuthError(await refresh(server(), app, access_token), 400, 'invalid_grant');
    assertOAuthError(await redeem(server(), app, refresh_token), 400, 'invalid_grant');
    for (const token of [access_token.toUpperCase(), `${access_token}x`, access_token.slice(1), `${access_token}=`]) {
      assert.equal(await statusWith(server(), token), 401);
    }
    assert.equal(await statusWith(server(), access_token), 200);
  });

  test('is refused to another app, which can neither look at it nor end it', async () => {
    const { access_token, refresh_token } = await tokens();
    const other = await createApp(server(), SECOND_TOKEN);
    const proof = { client_id: other.clientId, client_secret: other.secret };
    assertOAuthError(await refresh(server(), other, refresh_token), 400, 'invalid_grant');
    for (const token of [access_token, refresh_token]) {
      for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
        const form = { ...proof, token, token_type_hint: hint };
        const looked = await postForm(server(), '/oauth/v3/token/introspect', form);
        assert.deepEqual([looked.status, looked.json], [200, { active: false }]);
        const ended = await postForm(server(), '/oauth/v3/token/revoke', form);
        assert.deepEqual([ended.status, ended.text], [200, ''], 'as for a token that is none');
      }
    }
    assert.equal(await statusWith(server(), access_token), 200);
    assert.equal((await refresh(server(), app, refresh_token)).status, 200);
  });

  test('acts in its own account, whatever the request names', async () => {
    const { access_token: token } = await tokens(`${READ} ${WRITE}`);
    const there = await tokensByConsent(server(), app, SECOND_ACCOUNT, READ);
    for (const header of ['x-account-id', 'x-hubspot-portal-id', 'hub_id']) {
      const query = `portalId=${SECOND_ACCOUNT}&hub_id=${SECOND_ACCOUNT}&accountId=${SECOND_ACCOUNT}`;
      const path = `/communication-preferences/v4/definitions?${query}`;
      const { json } = await server().get(path, { token, headers: { [header]: String(SECOND_ACCOUNT) } });
      const ids = json.results.map(({ id }: { id: string }) => id);
      const own = await server().get('/communication-preferences/v4/definitions');
      assert.deepEqual(
        ids,
        own.json.results.map(({ id }: { id: string }) => id),
      );
    }
    assert.equal((await server().get('/optio/v1/apps', { token })).json.category, 'MISSING_SCOPES');
    assert.equal(there.hub_id, SECOND_ACCOUNT);
  });
});
