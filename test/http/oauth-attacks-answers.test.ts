/** What the authorization server says of itself, and the ways by which a code comes back to the app. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { makeOperator } from '../support/operators.ts';
import { FIRST_ACCOUNT } from './support/accounts.ts';
import { SQLITE } from './support/engines.ts';
import { CALLBACK, createApp, type TestApp } from './support/installed-apps.ts';
import type { Fields, PageAnswer } from './support/links.ts';
import { READ, useTarget } from './support/oauth-attacks.ts';
import { BEHIND_PROXY, OperatorBrowser } from './support/operator-browser.ts';

const EMAIL = 'grace@example.com';

describe('Who this server is', () => {
  const { server } = useTarget(SQLITE, BEHIND_PROXY);

  test('is not said by the client', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '8443',
      forwarded: 'host=evil.example;proto=https',
      'x-original-url': '/oauth/none/jwks',
      'x-http-method-override': 'DELETE',
    };
    const asked = await server().get('/.well-known/oauth-authorization-server', { token: null, headers });
    assert.equal(asked.json.issuer, server().url);
    assert.equal(asked.json.token_endpoint, `${server().url}/oauth/v1/token`);
    assert.doesNotMatch(asked.text, /evil|8443|openid|id_token|jwks/);
    const app = await createApp(server());
    const query = new URLSearchParams({ client_id: app.clientId, redirect_uri: CALLBACK, scope: READ, prompt: 'none' });
    const sent = await fetch(`${server().url}/oauth/authorize?${query}`, { headers, redirect: 'manual' });
    assert.equal(new URL(sent.headers.get('location')!).searchParams.get('iss'), server().url);
  });
});

describe('A request for consent, whatever way its answer takes', () => {
  const { server } = useTarget(SQLITE, BEHIND_PROXY);
  let app: TestApp;
  let browser: OperatorBrowser;
  before(async () => {
    await makeOperator(server().context, EMAIL);
    app = await createApp(server());
    browser = new OperatorBrowser(server);
    await browser.signIn(EMAIL);
  });
  /** Where the browser is led once the operator has approved. */
  const answered = async (response_mode: string): Promise<PageAnswer> => {
    const state = '"><script>alert(1)</script>';
    const path = await browser.askFor(app.clientId, { redirect_uri: CALLBACK, scope: READ, response_mode, state });
    const chosen: Fields = [['account', String(FIRST_ACCOUNT)]];
    assert.equal((await browser.sendForm(path, await browser.get(path), 'approve', chosen)).status, 200);
    return browser.get(path.replace('/consent/', '/authorize/'));
  };

  test('is answered by a page that runs no script but its own, and nobody frames or keeps', async () => {
    const query = { client_id: app.clientId, redirect_uri: CALLBACK, scope: READ, prompt: 'none' };
    const refused = await browser.get(
      `/oauth/authorize?${new URLSearchParams({ ...query, response_mode: 'form_post' })}`,
    );
    const given = await answered('form_post');
    assert.match(given.text, /name="code" value="[\w-]{43}"/);
    assert.match(refused.text, /name="error" value="interaction_required"/);
    for (const { headers, text } of [given, refused]) {
      assert.match(text, new RegExp(`<form method="post" action="${CALLBACK}">`));
      assert.doesNotMatch(text, /<script>alert/);
      const policy = headers.get('content-security-policy')!;
      assert.match(policy, /default-src 'none'.*script-src 'sha256-[^']+'.*frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/);
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
    }
  });

  test('is answered at the redirect URI, behind ? or #', async () => {
    for (const [mode, mark] of [
      ['query', '?'],
      ['fragment', '#'],
    ] as const) {
      const { status, headers } = await answered(mode);
      assert.equal(status, 303);
      assert.ok(headers.get('location')!.startsWith(`${CALLBACK}${mark}code=`), mode);
    }
  });
});
