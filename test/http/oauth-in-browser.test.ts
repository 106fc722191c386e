/** Installing an app in a real Chromium: from the app's own site to signing in, to deciding, and back with a code. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { before, describe, test } from 'node:test';
import { setUpTotp } from '../../src/actions/manage-operators.ts';
import { focused } from '../pages/visits.ts';
import { checkAccessibility, openBrowser, type Page } from '../support/chromium.ts';
import { assertDone, codeOf, makeOperator, PASSWORD } from '../support/operators.ts';
import { endOfSuite, type Lifetime } from '../support/optio-process.ts';
import { FIRST_ACCOUNT, SECOND_ACCOUNT } from './support/accounts.ts';
import { SQLITE } from './support/engines.ts';
import { useServer } from './support/server.ts';

const EMAIL = 'grace@example.com';
const lifetime = endOfSuite();
const browser = await openBrowser(lifetime);

/** An app with a site of its own, whose page leads to Optio by a link, or in a pop-up. Its callback shows what it was sent. */
interface AppSite {
  readonly url: string;
  readonly callback: string;
  /** Where the page leads. */
  leadsTo: string;
}

async function openApp(t: Lifetime): Promise<AppSite> {
  const server = createServer((request, response) => {
    const page = request.url?.startsWith('/callback')
      ? `<h1>Back</h1><script>opener?.postMessage(location.search, '*')</script>`
      : `<h1>App</h1><a href="${app.leadsTo}">Connect</a>
<button onclick="open('${app.leadsTo}', 'optio', 'width=500,height=700')">Connect in a pop-up</button>
<output></output><script>onmessage = ({ data }) => { document.querySelector('output').textContent = data }</script>`;
    response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html><title>App</title>${page}`);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  t.after(() => server.close());
  // Another site than that of Optio, which is at 127.0.0.1.
  const url = `http://localhost:${(server.address() as { port: number }).port}`;
  const app: AppSite = { url, callback: `${url}/callback`, leadsTo: '' };
  return app;
}

describe('An operator installs an app', { skip: browser.missing }, () => {
  const server = useServer(SQLITE);
  let app: AppSite;
  let clientId: string;
  before(async () => {
    app = await openApp(lifetime);
    await makeOperator(server().context, EMAIL);
    const made = await server().post('/optio/v1/apps', { name: 'CRM', redirectUris: [app.callback] });
    assert.equal(made.status, 201, made.text);
    clientId = made.json.clientId;
    const asked = new URLSearchParams({
      client_id: clientId,
      redirect_uri: app.callback,
      scope: 'oauth communication_preferences.read',
      optional_scope: 'communication_preferences.write',
      state: 'some state',
    });
    app.leadsTo = `${server().url}/oauth/authorize?${asked}`.replaceAll('&', '&amp;');
  });

  const scopesIn = async (accountId: number) =>
    (await server().store.authorizations.findInstallation(accountId, clientId))?.scopes;
  async function assertBack(page: Page): Promise<void> {
    await page.waitForURL(`${app.callback}**`);
    const query = new URL(page.url()).searchParams;
    assert.equal(query.get('state'), 'some state');
    assert.match(query.get('code') ?? '', /^[\w-]+$/);
  }
  const press = async (page: Page, ...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };

  test('by keyboard alone, with a one-time code', async (t) => {
    const email = 'keys@example.com';
    await makeOperator(server().context, email);
    const { key } = assertDone(await setUpTotp(server().context, email));
    const page = await browser.page(t);
    await page.goto(app.url);
    await press(page, 'Tab', 'Enter');
    await page.waitForURL('**/oauth/sign-in?**');
    await checkAccessibility(page);
    await press(page, 'Tab', 'Tab');
    assert.equal(await focused(page), 'Email address');
    await page.keyboard.type(email);
    await press(page, 'Tab');
    await page.keyboard.type('not the password');
    await Promise.all([page.waitForEvent('load'), press(page, 'Enter')]);
    assert.equal(await focused(page), 'wrong', 'what was wrong is read first');
    await checkAccessibility(page);
    await press(page, 'Tab', 'Tab');
    assert.equal(await focused(page), 'Password');
    await page.keyboard.type(PASSWORD);
    await press(page, 'Tab');
    await page.keyboard.type(codeOf(key, Date.now()));
    await press(page, 'Tab');
    assert.equal(await focused(page), 'Sign in');
    await press(page, 'Enter');
    await page.waitForURL('**/oauth/consent/**');
    await checkAccessibility(page);
    await press(page, 'Tab', 'Tab');
    assert.equal(await focused(page), `Account ${FIRST_ACCOUNT}`);
    await press(page, 'ArrowDown', 'Tab');
    assert.equal(await focused(page), 'Subscribe contacts and unsubscribe them');
    await press(page, 'Space', 'Tab');
    assert.equal(await focused(page), 'Approve');
    await press(page, 'Tab');
    assert.equal(await focused(page), 'Refuse');
    await press(page, 'Shift+Tab', 'Enter');
    await assertBack(page);
    assert.deepEqual(await scopesIn(SECOND_ACCOUNT), ['communication_preferences.read']);
  });

  test('on a phone, without scripts, in Arabic, after a mistake', async (t) => {
    const page = await browser.page(t, { javascript: false, locale: 'ar', viewport: { width: 390, height: 844 } });
    await page.goto(app.url);
    await page.click('a');
    await page.fill('[name=email]', EMAIL);
    await page.fill('[name=password]', PASSWORD);
    await Promise.all([page.waitForURL('**/oauth/consent/**'), page.click('main button')]);
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
    await page.click('.approve button.main');
    assert.match(page.url(), /\/oauth\/consent\//, 'the browser asks for an account');
    await page.click(`label:has(input[value="${FIRST_ACCOUNT}"])`);
    await page.click('.approve button.main');
    await assertBack(page);
    const both = ['communication_preferences.read', 'communication_preferences.write'];
    assert.deepEqual(await scopesIn(FIRST_ACCOUNT), both);
  });

  test('in a pop-up, which tells the app what came of it', async (t) => {
    const page = await browser.page(t);
    await page.goto(app.url);
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.click('button')]);
    await popup.fill('[name=email]', EMAIL);
    await popup.fill('[name=password]', PASSWORD);
    await Promise.all([popup.waitForURL('**/oauth/consent/**'), popup.click('main button')]);
    await popup.click('text=Refuse');
    await page.waitForFunction('document.querySelector("output").textContent !== ""');
    const told = new URLSearchParams(await page.locator('output').innerText());
    assert.deepEqual([told.get('error'), told.get('state')], ['access_denied', 'some state']);
  });

  test('not where another site sends the form, though its browser is signed in', async (t) => {
    const page = await browser.page(t);
    await page.goto(`${server().url}/oauth/sign-in`);
    await page.fill('[name=email]', EMAIL);
    await page.fill('[name=password]', PASSWORD);
    await Promise.all([page.waitForURL('**/oauth/sign-in'), page.click('main button')]);
    await page.getByText('You are signed in as').waitFor();
    await page.goto(app.url);
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend',
      '<form method="post" action="${server().url}/oauth/sign-out"><button id="trap">Win</button></form>')`);
    await Promise.all([page.waitForURL('**/oauth/sign-out'), page.click('#trap')]);
    assert.equal(await page.locator('h1').innerText(), 'This form came from elsewhere');
    await page.goto(`${server().url}/oauth/sign-in`);
    assert.equal(await page.locator('h1').innerText(), 'You are signed in');
    await Promise.all([page.waitForURL('**/oauth/sign-out'), page.click('main button')]);
    assert.equal(await page.locator('h1').innerText(), 'You are signed out');
  });
});
