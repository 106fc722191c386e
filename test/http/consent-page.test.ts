/** What an operator is asked when an app wants to act for an account, and what the answer does. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { makeOperator } from '../support/operators.ts';
import { FIRST_ACCOUNT, SECOND_ACCOUNT, SECOND_TOKEN } from './support/accounts.ts';
import { onEveryEngine, SQLITE } from './support/engines.ts';
import { type Fields, fieldsOf } from './support/links.ts';
import { BEHIND_PROXY, CALLBACK, OperatorBrowser } from './support/operator-browser.ts';
import { type TestServer, useServer } from './support/server.ts';

const EMAIL = 'grace@example.com';
const ASKED = {
  scope: 'oauth communication_preferences.read crm.objects.contacts.read',
  optional_scope: 'communication_preferences.write optio.admin',
  state: 'a b&c',
};
const TO_FIRST: Fields = [['account', String(FIRST_ACCOUNT)]];

interface TestApp {
  readonly id: number;
  readonly name: string;
  readonly clientId: string;
}

async function makeApp(server: TestServer, name: string, token?: string): Promise<TestApp> {
  const fields = { name, redirectUris: [CALLBACK] };
  const { status, json, text } = await server.post('/optio/v1/apps', fields, token === undefined ? {} : { token });
  assert.equal(status, 201, text);
  return { ...json, id: Number(json.id) };
}

async function signedInBrowser(server: () => TestServer, email = EMAIL): Promise<OperatorBrowser> {
  const browser = new OperatorBrowser(server);
  await browser.signIn(email);
  return browser;
}

onEveryEngine('consent', (engine) => {
  const server = useServer(engine, BEHIND_PROXY);
  let app: TestApp;
  before(async () => {
    await makeOperator(server().context, EMAIL);
    app = await makeApp(server(), 'CRM <Sync>');
  });
  const installations = (accountId: number) => server().store.authorizations.listInstallations(accountId);

  test('shows which app asks for what, whose it is, where it goes back to, and who is asked', async () => {
    const browser = await signedInBrowser(server);
    const { status, text, headers } = await browser.get(await browser.askFor(app.clientId, ASKED));
    assert.equal(status, 200);
    assert.equal(headers.get('cross-origin-opener-policy'), null);
    assert.match(text, /<h1><bdi>CRM &lt;Sync&gt;<\/bdi> asks for access<\/h1>/);
    assert.match(text, /belongs to the account <bdi>Account 1001<\/bdi>/);
    for (const id of [FIRST_ACCOUNT, SECOND_ACCOUNT]) {
      assert.match(text, new RegExp(`<input type="radio" name="account" value="${id}"[^>]* required`));
    }
    assert.match(text, /See all types of email, and what each contact gets<.*>communication_preferences\.<wbr>read</);
    assert.match(text, /name="scope" value="communication_preferences\.write"[^>]* checked/);
    assert.match(text, /name="scope" value="optio\.admin"(?![^>]* checked)/);
    assert.match(text, /With <code[^>]*>optio\.<wbr>admin<\/code> the app can do everything/);
    assert.match(text, /not available on this server: <bdi>crm\.objects\.contacts\.read<\/bdi>\./);
    assert.match(text, /go back to <strong[^>]*>crm\.example<\/strong>/);
    assert.match(text, /signed in as <bdi[^>]*>grace@example\.com</);
    assert.deepEqual(await installations(FIRST_ACCOUNT), [], 'looking at it installs nothing');
  });

  test('approved, the app is installed with what was left ticked, and the browser goes back with a code', async () => {
    const browser = await signedInBrowser(server);
    const path = await browser.askFor(app.clientId, ASKED);
    const page = await browser.get(path);
    const scope: Fields = [...TO_FIRST, ['scope', 'communication_preferences.write']];
    const answer = await browser.sendForm(path, page, 'approve', scope);
    assert.equal(answer.status, 200);
    assert.match(answer.text, /<h1>Going back to <bdi>CRM/);
    const url = await browser.goBack(answer);
    assert.equal(url.origin + url.pathname, CALLBACK);
    assert.equal(url.searchParams.get('state'), ASKED.state);
    assert.match(url.searchParams.get('code')!, /^[\w-]+$/);
    const [installed, ...others] = await installations(FIRST_ACCOUNT);
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(installed, {
      ...{ accountId: FIRST_ACCOUNT, clientId: app.clientId, appId: app.id },
      scopes: ['communication_preferences.read', 'communication_preferences.write'],
    });
    assert.equal((await browser.get(path)).status, 410, 'it is decided once');
    assert.equal((await browser.sendForm(path, page, 'approve', TO_FIRST)).status, 410);
  });

  test('refused, nothing is installed, and the app is told', async () => {
    const browser = await signedInBrowser(server);
    const refused = await makeApp(server(), 'Refused');
    const path = await browser.askFor(refused.clientId, ASKED);
    const answer = await browser.sendForm(path, await browser.get(path), 'refuse');
    const url = await browser.goBack(answer);
    assert.equal(url.searchParams.get('error'), 'access_denied');
    assert.equal(url.searchParams.get('state'), ASKED.state);
    assert.ok((await installations(FIRST_ACCOUNT)).every(({ clientId }) => clientId !== refused.clientId));
  });

  test('an app of another account is installed, too, unless its id is taken there', async () => {
    const theirs = await makeApp(server(), 'Theirs', SECOND_TOKEN);
    const browser = await signedInBrowser(server);
    const path = await browser.askFor(theirs.clientId, ASKED);
    const page = await browser.get(path);
    assert.match(page.text, /belongs to the account <bdi>Account 2002</);
    await browser.goBack(await browser.sendForm(path, page, 'approve', TO_FIRST));
    assert.ok((await installations(FIRST_ACCOUNT)).some(({ appId }) => appId === theirs.id));

    const twin = await makeApp(server(), 'Twin', SECOND_TOKEN);
    const own = await server().post('/optio/v1/apps', { name: 'Own', id: twin.id });
    assert.equal(own.status, 201, own.text);
    const again = await browser.askFor(twin.clientId, ASKED);
    const chosen: Fields = [...TO_FIRST, ['scope', 'communication_preferences.write']];
    const answer = await browser.sendForm(again, await browser.get(again), 'approve', chosen);
    assert.equal(answer.status, 409);
    assert.match(answer.text, /<bdi>Account 1001<\/bdi> already has another app with the same ID, so <bdi>Twin</);
    const kept = fieldsOf(answer, 'approve').filter(([name]) => ['account', 'scope'].includes(name));
    assert.deepEqual(kept, [...TO_FIRST, ['scope', 'communication_preferences.write']]);
    const elsewhere: Fields = [['account', String(SECOND_ACCOUNT)]];
    assert.equal((await browser.sendForm(again, answer, 'approve', elsewhere)).status, 200);
  });
});

describe('consent is given', () => {
  const server = useServer(SQLITE, BEHIND_PROXY);
  let app: TestApp;
  before(async () => {
    await makeOperator(server().context, EMAIL);
    await makeOperator(server().context, 'first@example.com', { accountIds: [FIRST_ACCOUNT] });
    await makeOperator(server().context, 'second@example.com', { accountIds: [SECOND_ACCOUNT] });
    app = await makeApp(server(), 'CRM');
  });
  const installed = async () =>
    (
      await Promise.all(
        [FIRST_ACCOUNT, SECOND_ACCOUNT].map((id) => server().store.authorizations.listInstallations(id)),
      )
    ).flat().length;

  test('for an account that the operator may act for, and that was chosen', async () => {
    const count = await installed();
    const browser = await signedInBrowser(server, 'first@example.com');
    const path = await browser.askFor(app.clientId, ASKED);
    const page = await browser.get(path);
    assert.match(page.text, /It would act for the account <strong><bdi>Account 1001/);
    assert.doesNotMatch(page.text, /radio|2002/);
    for (const account of [String(SECOND_ACCOUNT), '', '0', '1001 ', 'NaN', '1e3']) {
      const answer = await browser.sendForm(path, page, 'approve', [['account', account]]);
      assert.equal(answer.status, 400, account);
    }
    assert.equal(await installed(), count);
    assert.equal((await browser.sendForm(path, page, 'approve')).status, 200);
    assert.equal(await installed(), count + 1);
  });

  test('by a choice: where there are several accounts, none is taken for granted', async () => {
    const browser = await signedInBrowser(server);
    const path = await browser.askFor(app.clientId, ASKED);
    const answer = await browser.sendForm(path, await browser.get(path), 'approve');
    assert.equal(answer.status, 400);
    assert.match(answer.text, /id="wrong"[^>]*>Please choose an account\./);
  });

  test('by a form that this very session was shown, for this request', async () => {
    const browser = await signedInBrowser(server);
    const path = await browser.askFor(app.clientId, ASKED);
    const page = await browser.get(path);
    const window = new OperatorBrowser(server);
    window.cookies.set('optio-session', browser.cookies.get('optio-session')!);
    const other = await window.get(await window.askFor(app.clientId, ASKED));
    const colleague = await signedInBrowser(server, 'first@example.com');
    const theirs = await colleague.get(await colleague.askFor(app.clientId, ASKED));
    const count = await installed();
    const proofs = [other, theirs].map((each) => new Map(fieldsOf(each, 'approve')).get('csrf')!);
    for (const proof of ['', 'x', ...proofs]) {
      const answer = await browser.sendForm(path, page, 'approve', [...TO_FIRST, ['csrf', proof]]);
      assert.equal(answer.status, 403);
      assert.match(answer.text, /you have signed in anew/);
    }
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await browser.post(path, [...fieldsOf(page, 'approve'), ...TO_FIRST], headers);
      assert.equal(answer.status, 403);
      assert.match(answer.text, /came from elsewhere/);
    }
    assert.equal(await installed(), count);
  });

  test('in the browser that the app sent here, by who is signed in', async () => {
    const browser = await signedInBrowser(server);
    const path = await browser.askFor(app.clientId, ASKED);
    const page = await browser.get(path);
    const count = await installed();
    const elsewhere = await signedInBrowser(server);
    browser.cookies.delete('optio-session');
    for (const answer of [
      await elsewhere.get(path),
      await elsewhere.sendForm(path, page, 'approve', TO_FIRST),
      await elsewhere.get('/oauth/consent/nothing'),
      await elsewhere.get('/oauth/consent/%00%F0%9F%92%A9'),
      await browser.get(path),
      await browser.sendForm(path, page, 'approve', TO_FIRST),
    ]) {
      assert.equal(answer.status, 410);
      assert.match(answer.text, /<h1>This request is over<\/h1>/);
    }
    assert.equal(await installed(), count);
  });

  test('for no account by who may act for none: they can only go back, or sign out', async () => {
    const { store } = server();
    const operator = await makeOperator(server().context, 'none@example.com', { accountIds: [FIRST_ACCOUNT] });
    await store.operators.update(
      { ...operator, accountIds: [], updatedAt: operator.updatedAt + 1 },
      operator.updatedAt,
    );
    const browser = await signedInBrowser(server, 'none@example.com');
    const path = await browser.askFor(app.clientId, ASKED);
    const page = await browser.get(path);
    assert.match(page.text, /<h1>There is no account to choose<\/h1>/);
    const approved: Fields = [['do', 'approve'], ...TO_FIRST];
    assert.equal((await browser.sendForm(path, page, 'refuse', approved)).status, 400);
    const url = await browser.goBack(await browser.sendForm(path, page, 'refuse'));
    assert.equal(url.searchParams.get('error'), 'access_denied');
    await browser.sendForm('/oauth/sign-out', page, 'sign-out');
    assert.equal(browser.cookies.has('optio-session'), false);
  });

  test('after signing in, to which an app sends whoever has not', async () => {
    const browser = new OperatorBrowser(server);
    const asked = `/oauth/authorize?${new URLSearchParams({ client_id: app.clientId, redirect_uri: CALLBACK, ...ASKED })}`;
    const sent = await browser.get(asked);
    assert.equal(sent.status, 303);
    const signIn = sent.headers.get('location')!;
    assert.equal(signIn, `/oauth/sign-in?continue=${encodeURIComponent(asked)}`);
    const right: Fields = [
      ['email', EMAIL],
      ['password', 'correct horse battery staple'],
    ];
    const answer = await browser.post(signIn, right);
    const next = new URL(answer.headers.get('location')!, `${server().url}/oauth/sign-in`);
    assert.equal(next.pathname + next.search, asked);
    assert.match((await browser.get(asked)).headers.get('location')!, /\/oauth\/consent\//);
  });

  test('to nobody whose address is another one: a request that cannot go back is told to the person', async () => {
    const browser = await signedInBrowser(server);
    const wrong = { client_id: app.clientId, redirect_uri: 'https://evil.example/cb' };
    const answer = await browser.get(`/oauth/authorize?${new URLSearchParams(wrong)}`, { 'accept-language': 'de' });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get('location'), null);
    assert.match(answer.text, /<h1>Diese Anfrage kann nicht beantwortet werden<\/h1>/);
    assert.match(answer.text, /lang="en"[^>]*><code[^>]*>\w+<\/code>: .+redirect_uri/);
  });
});
