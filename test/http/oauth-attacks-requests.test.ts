/** Requests for consent that try to end up elsewhere, with more, or without anybody asked. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { makeOperator } from '../support/operators.ts';
import { FIRST_ACCOUNT } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { CALLBACK, codeByConsent, createApp, type TestApp } from './support/installed-apps.ts';
import type { PageAnswer } from './support/links.ts';
import { ADMIN, CHALLENGE, READ, redeem, useTarget } from './support/oauth-attacks.ts';
import { BEHIND_PROXY, OperatorBrowser } from './support/operator-browser.ts';
import { RawClient } from './support/raw-client.ts';

const EMAIL = 'grace@example.com';
const JUNK = Array.from({ length: 1_200 }, () => 'a').join('&');

onEveryEngine('A request for consent', (engine) => {
  const { server, saved } = useTarget(engine, BEHIND_PROXY);
  let app: TestApp;
  let browser: OperatorBrowser;
  before(async () => {
    await makeOperator(server().context, EMAIL);
    app = await createApp(server());
    browser = new OperatorBrowser(server);
    await browser.signIn(EMAIL);
  });
  const ask = (parameters: Record<string, string>, more = ''): Promise<PageAnswer> => {
    const query = new URLSearchParams({ client_id: app.clientId, redirect_uri: CALLBACK, scope: READ, ...parameters });
    return browser.get(`/oauth/authorize?${query}${more}`);
  };
  /** Nobody is sent anywhere, nobody is asked, nothing is stored. */
  const assertStays = (answer: PageAnswer, count: number) => {
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.headers.get('location'), null);
    assert.match(answer.headers.get('content-type')!, /^text\/html/);
    assert.equal(saved.length, count);
  };
  /** The app is told, at the place that it is registered with; nobody is asked, nothing is stored. */
  const assertTold = (answer: PageAnswer, count: number, error: string | RegExp) => {
    assert.equal(answer.status, 303, answer.text);
    const url = new URL(answer.headers.get('location')!);
    assert.equal(url.origin + url.pathname, CALLBACK);
    // What would have been answered with tokens is refused where these would be, behind the #.
    const told = url.hash === '' ? url.searchParams : new URLSearchParams(url.hash.slice(1));
    assert.match(told.get('error')!, new RegExp(error));
    for (const name of ['code', 'access_token', 'id_token']) assert.equal(told.get(name), null);
    assert.equal(saved.length, count);
  };

  test('goes to no redirect URI but one that is registered, letter by letter', async () => {
    const count = saved.length;
    for (const redirect_uri of [
      'https://APP.example.com/oauth-callback',
      'HTTPS://app.example.com/oauth-callback',
      'https://app.example.com/OAuth-Callback',
      `${CALLBACK}/`,
      `${CALLBACK}?`,
      `${CALLBACK}#`,
      `${CALLBACK}#@evil.example`,
      `${CALLBACK}?next=https://evil.example`,
      `${CALLBACK}/../../evil`,
      'https://app.example.com/x/../oauth-callback',
      'https://app.example.com/./oauth-callback',
      'https://app.example.com//oauth-callback',
      'https://app.example.com/%6fauth-callback',
      'https://app.example.com/oauth-callback%00',
      'https://app.example.com:443/oauth-callback',
      'https://app.example.com:8443/oauth-callback',
      'http://app.example.com/oauth-callback',
      'https://user@app.example.com/oauth-callback',
      'https://app.example.com@evil.example/oauth-callback',
      'https://app.example.com.evil.example/oauth-callback',
      'https://evil.app.example.com/oauth-callback',
      'https://*.example.com/oauth-callback',
      'https://app.example.com\\@evil.example/oauth-callback',
      '//app.example.com/oauth-callback',
      '/oauth-callback',
      ` ${CALLBACK}`,
      `${CALLBACK}\r\nLocation: https://evil.example`,
      `${CALLBACK}\0`,
      'javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'urn:ietf:wg:oauth:2.0:oob',
      `${CALLBACK} https://evil.example`,
      'https://evil.example',
      '',
    ]) {
      assertStays(await ask({ redirect_uri }), count);
      assertStays(await ask({ redirect_uri, prompt: 'none' }), count);
    }
    assertStays(await ask({}, `&redirect_uri=${encodeURIComponent('https://evil.example')}`), count);
    assertStays(await ask({}, `&redirect_uri=${encodeURIComponent(CALLBACK)}`), count);
  });

  test('goes to a program on the own machine at its own address and port alone', async () => {
    const own = 'http://127.0.0.1:7777/cb';
    const { clientId: client_id } = (await server().post('/optio/v1/apps', { name: 'Desk', redirectUris: [own] })).json;
    const count = saved.length;
    for (const host of [
      'localhost:7777',
      '[::1]:7777',
      '127.0.0.1:7778',
      '127.0.0.1',
      '127.1:7777',
      '2130706433:7777',
      '0.0.0.0:7777',
    ]) {
      assertStays(await ask({ client_id, redirect_uri: `http://${host}/cb` }), count);
    }
    assertStays(await ask({ client_id, redirect_uri: own.replace('http:', 'https:') }), count);
    assert.match((await ask({ client_id, redirect_uri: own })).headers.get('location')!, /^\/oauth\/consent\//);
  });

  test('is of one app that there is', async () => {
    const count = saved.length;
    for (const client_id of [
      '',
      '\0',
      'x',
      app.clientId.toUpperCase(),
      `${app.clientId}\0`,
      '1'.repeat(5_000),
      '\ud800',
    ]) {
      assertStays(await ask({ client_id }), count);
    }
    const other = await createApp(server());
    assertStays(await ask({}, `&client_id=${other.clientId}`), count);
  });

  test('gives out nothing but codes', async () => {
    const count = saved.length;
    for (const response_type of [
      'token',
      'id_token',
      'code token',
      'code id_token',
      'id_token token',
      'none',
      'CODE',
      ' ',
    ]) {
      for (const nonce of ['', 'n']) assertTold(await ask({ response_type, nonce }), count, 'unsupported|invalid');
    }
    assertTold(await ask({}, '&response_type=code&response_type=token'), count, 'invalid_request');
    for (const response_mode of ['web_message', 'jwt', 'query.jwt', 'form_post.jwt', 'nonsense']) {
      assertTold(await ask({ response_mode }), count, 'unsupported|invalid');
    }
  });

  test('takes along nothing that it was not seen with', async () => {
    const count = saved.length;
    const request = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`;
    assertTold(await ask({ request }), count, 'request_not_supported');
    assertTold(await ask({ request_uri: 'https://evil.example/request' }), count, 'request_uri_not_supported');
    assertTold(await ask({ registration: '{}' }), count, 'registration_not_supported');
    for (const name of ['scope', 'optional_scope', 'state', 'prompt', 'code_challenge']) {
      assertTold(await ask({ [name]: READ }, `&${name}=${ADMIN}`), count, 'invalid_request');
    }
  });

  test('is put to somebody, or refused: nobody is asked silently', async () => {
    const count = saved.length;
    assertTold(await ask({ prompt: 'none' }), count, 'interaction_required');
    assertTold(await new OperatorBrowser(server).get(browserPath('&prompt=none')), count, 'interaction_required');
    for (const trick of ['&prompt=none?', '&prompt=none+consent', '&prompt=none&prompt=consent', '&prompt=NONE']) {
      const answer = await new OperatorBrowser(server).get(browserPath(trick));
      if (answer.headers.get('location')?.startsWith(CALLBACK)) assertTold(answer, count, 'invalid_request');
      else assert.match(answer.headers.get('location')!, /^\/oauth\/sign-in\?/);
    }
    assert.equal(saved.length, count);
  });
  const browserPath = (more: string) =>
    `/oauth/authorize?${new URLSearchParams({ client_id: app.clientId, redirect_uri: CALLBACK, scope: READ })}${more}`;

  test('may not weaken the proof of its code', async () => {
    const count = saved.length;
    for (const parameters of [
      { code_challenge: CHALLENGE },
      { code_challenge: CHALLENGE, code_challenge_method: 'plain' },
      { code_challenge: CHALLENGE, code_challenge_method: 's256' },
      { code_challenge: CHALLENGE, code_challenge_method: 'S512' },
      { code_challenge_method: 'S256' },
      { code_challenge: 'short', code_challenge_method: 'S256' },
      { code_challenge: `${CHALLENGE}é`, code_challenge_method: 'S256' },
      { code_challenge: 'x'.repeat(200), code_challenge_method: 'S256' },
    ]) {
      assertTold(await ask(parameters as Record<string, string>), count, 'invalid_request');
    }
  });

  test('comes to nothing with scopes that nobody can give alone, and never to an identity', async () => {
    const count = saved.length;
    for (const scope of ['openid', 'no.such.scope', 'openid offline_access profile email', ' ', '']) {
      assertTold(await ask({ scope }), count, 'invalid_scope');
    }
    for (const scope of [`openid ${READ} offline_access profile email`, `${READ} openid`]) {
      const code = await codeByConsent(server(), app, FIRST_ACCOUNT, { scope, optional_scope: ADMIN });
      const { json } = await redeem(server(), app, code!);
      assert.equal(json.id_token, undefined);
      assert.deepEqual(json.scopes, [READ]);
    }
  });

  test('whose every scope is left out is refused, and takes nothing from what was installed', async () => {
    const { authorizations } = server().store;
    const before = await authorizations.findInstallation(FIRST_ACCOUNT, app.clientId);
    assert.deepEqual(before?.scopes, [READ]);
    assert.equal(await codeByConsent(server(), app, FIRST_ACCOUNT, { optional_scope: ADMIN }), null);
    assert.deepEqual(await authorizations.findInstallation(FIRST_ACCOUNT, app.clientId), before);
  });

  test('in other words for the same path is read all the same', async () => {
    const asked = { client_id: app.clientId, redirect_uri: CALLBACK, state: 's' };
    const query = `${new URLSearchParams(asked)}&scope=openid+${READ}&unknown_scope=made.up`;
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const target of [
      `http://evil.example/oauth/authorize?${query}`,
      `/oauth/%61uthorize?${query}`,
      `/oauth/authorize?${query}&${JUNK}&scope=${ADMIN}`,
      `/oauth/authorize?${JUNK}&${query}`,
      `/oauth/authorize#?${query}`,
      `//evil.example/oauth/authorize?${query}`,
    ]) {
      const count = saved.length;
      const client = await RawClient.connect(server().url);
      client.send(`GET ${target} HTTP/1.1\r\nHost: evil.example\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`);
      await client.closed;
      assert.match(client.received, /^HTTP\/1\.1 (?:303|400|404) /, target);
      assert.doesNotMatch(client.received, /location: (?!\/oauth\/|https:\/\/app\.example\.com\/)/i, target);
      for (const { document } of saved.slice(count))
        assert.doesNotMatch(document, /"scope":"[^"]*openid|made\.up/, target);
    }
  });
});
