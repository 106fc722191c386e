/** Browsers that answer for others: requests for consent and the way back to the app belong to the browser and the session they began in. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { makeOperator, PASSWORD } from '../support/operators.ts';
import { FIRST_ACCOUNT, SECOND_ACCOUNT } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { createApp, type TestApp } from './support/installed-apps.ts';
import { type Fields, fieldsOf, type PageAnswer } from './support/links.ts';
import { ADMIN, READ, useTarget } from './support/oauth-attacks.ts';
import { BEHIND_PROXY, OperatorBrowser } from './support/operator-browser.ts';

const EMAIL = 'grace@example.com';
const HOUR_MS = 3_600_000;
const TO_FIRST: Fields = [['account', String(FIRST_ACCOUNT)]];
const CONSENT = 'optio_oauth_consent';
const RESUME = 'optio_oauth_resume';

onEveryEngine('A browser', (engine) => {
  const { server, saved, pass } = useTarget(engine, BEHIND_PROXY);
  let app: TestApp;
  before(async () => {
    await makeOperator(server().context, EMAIL);
    await makeOperator(server().context, 'mallory@example.com');
    app = await createApp(server());
  });
  const signedIn = async (email = EMAIL) => {
    const browser = new OperatorBrowser(server);
    await browser.signIn(email);
    return browser;
  };
  const asked = (browser: OperatorBrowser, state = 's') =>
    browser.askFor(app.clientId, { redirect_uri: 'https://app.example.com/oauth-callback', scope: READ, state });
  const resumeOf = (consent: string) => consent.replace('/consent/', '/authorize/');
  const approve = async (browser: OperatorBrowser, path: string): Promise<PageAnswer> => {
    const answer = await browser.sendForm(path, await browser.get(path), 'approve', TO_FIRST);
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };
  /** Something is shown to the person, and nobody is sent anywhere. */
  const assertStays = (answer: PageAnswer) => {
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.headers.get('location'), null);
  };
  const installedIn = (accountId: number) => server().store.authorizations.findInstallation(accountId, app.clientId);

  test('goes back to the app once, and no other browser does in its place', async () => {
    const browser = await signedIn();
    const path = await asked(browser);
    const answer = await approve(browser, path);
    const other = await signedIn('mallory@example.com');
    await asked(other);
    for (const stranger of [new OperatorBrowser(server), other]) {
      const { headers, status } = await stranger.get(resumeOf(path));
      assert.ok([303, 400].includes(status));
      assert.doesNotMatch(headers.get('location') ?? '', /code=/);
    }
    assert.match((await browser.goBack(answer)).searchParams.get('code')!, /./);
    assertStays(await browser.get(resumeOf(path)));
  });

  test('goes back with one code, however often it goes at the same moment', async () => {
    const browser = await signedIn();
    const path = await asked(browser);
    await approve(browser, path);
    const answers = await Promise.all(Array.from({ length: 10 }, () => browser.get(resumeOf(path))));
    const isCode = ({ headers }: PageAnswer) => /[?&]code=/.test(headers.get('location') ?? '');
    assert.equal(answers.filter(isCode).length, 1);
    for (const answer of answers) if (!isCode(answer)) assertStays(answer);
  });

  test('is not sent where the app has nobody sent any more', async () => {
    const browser = await signedIn();
    const { id, clientId } = await createApp(server());
    const query = { redirect_uri: 'https://app.example.com/oauth-callback', scope: READ };
    const path = await browser.askFor(clientId, query);
    const page = await browser.get(path);
    const redirectUris = ['https://app.example.com/elsewhere'];
    assert.equal((await server().request('PATCH', `/optio/v1/apps/${id}`, { body: { redirectUris } })).status, 200);
    for (const does of ['approve', 'refuse']) {
      assert.equal((await browser.sendForm(path, page, does, TO_FIRST)).status, 410);
    }
    assert.equal(await server().store.authorizations.findInstallation(FIRST_ACCOUNT, clientId), null);
  });

  test('is asked again where it goes on without an answer', async () => {
    const browser = await signedIn();
    const { status, headers } = await browser.get(resumeOf(await asked(browser)));
    assert.equal(status, 303);
    assert.match(headers.get('location')!, /^\/oauth\/consent\//);
  });

  test('that is in the middle of two requests answers each with its own', async () => {
    const browser = await signedIn();
    const one = await asked(browser, 'one');
    const cookiesOfOne = new Map(browser.cookies);
    const two = await asked(browser, 'two');
    assert.equal((await browser.get(one)).status, 410, 'with the cookies of the other');
    await approve(browser, two);
    const mixed = await browser.get(resumeOf(one));
    const { searchParams } = new URL(mixed.headers.get('location') ?? 'https://nowhere.example');
    assert.notEqual(searchParams.get('state'), 'one');
    for (const [name, value] of cookiesOfOne) browser.cookies.set(name, value);
    assert.equal((await browser.goBack(await approve(browser, one))).searchParams.get('state'), 'one');
  });

  test('cannot make up the cookies of a request', async () => {
    const victim = await signedIn();
    const path = await asked(victim);
    const uid = path.split('/').at(-1)!;
    await approve(victim, path);
    const thief = await signedIn('mallory@example.com');
    await asked(thief);
    const own = new Map(thief.cookies);
    const signature = own.get(`${RESUME}.sig`)!;
    for (const [value, sig] of [
      [uid, signature],
      [uid, ''],
      [uid, 'x'.repeat(signature.length)],
      [uid, own.get(`${CONSENT}.sig`)!],
      [uid, victim.cookies.get(`${CONSENT}.sig`)!],
      [`${uid}; ${RESUME}=x`, signature],
    ] as const) {
      thief.cookies.set(RESUME, value);
      thief.cookies.set(`${RESUME}.sig`, sig);
      assertStays(await thief.get(resumeOf(path)));
    }
    for (const sig of [own.get(`${CONSENT}.sig`)!, '', victim.cookies.get(`${RESUME}.sig`)!]) {
      thief.cookies.set(CONSENT, uid);
      thief.cookies.set(`${CONSENT}.sig`, sig);
      assert.equal((await thief.get(path)).status, 410);
    }
  });

  test("cannot answer another's request, even with a form of its own", async () => {
    const victim = await signedIn();
    const path = await asked(victim);
    const attacker = await signedIn('mallory@example.com');
    const own = await asked(attacker);
    const page = await attacker.get(own);
    const before = await installedIn(SECOND_ACCOUNT);
    const chosen: Fields = [
      ['account', String(SECOND_ACCOUNT)],
      ['scope', ADMIN],
    ];
    for (const does of ['approve', 'refuse']) {
      assert.equal((await attacker.sendForm(path, page, does, chosen)).status, 410);
    }
    // The victim's browser, made to send the attacker's form.
    const forged = [...fieldsOf(page, 'approve'), ...chosen];
    assert.equal((await victim.post(path, forged)).status, 403);
    assert.equal((await victim.post(path, forged, { 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await victim.post(path, forged, { origin: 'https://evil.example' })).status, 403);
    assert.deepEqual(await installedIn(SECOND_ACCOUNT), before);
    assert.equal((await victim.get(path)).status, 200, 'the request is still there for whom it is meant');
  });

  test('is signed in under a secret that nobody chose for it', async () => {
    const fixed = 'a'.repeat(64);
    const victim = new OperatorBrowser(server);
    victim.cookies.set('optio-session', fixed);
    await victim.signIn(EMAIL);
    assert.notEqual(victim.cookies.get('optio-session'), fixed);
    const attacker = new OperatorBrowser(server);
    attacker.cookies.set('optio-session', fixed);
    assert.match((await attacker.get('/oauth/sign-in')).text, /<h1>Sign in</);
    // Nor does the attacker's own session become the victim's.
    await attacker.signIn('mallory@example.com');
    victim.cookies.set('optio-session', attacker.cookies.get('optio-session')!);
    await victim.signIn(EMAIL);
    assert.match((await attacker.get('/oauth/sign-in')).text, /<h1>Sign in</, 'it ended with the sign-in');
  });

  test('decides nothing once its operator has signed out, or was signed out, or after its time', async () => {
    const browser = await signedIn();
    const path = await asked(browser);
    const page = await browser.get(path);
    const session = browser.cookies.get('optio-session')!;
    await browser.sendForm('/oauth/sign-out', page, 'sign-out');
    const count = saved.length;
    browser.cookies.set('optio-session', session);
    assert.equal((await browser.sendForm(path, page, 'approve', TO_FIRST)).status, 410);
    await browser.signIn(EMAIL);
    assert.equal((await browser.sendForm(path, page, 'approve', TO_FIRST)).status, 403, 'a form of the old session');
    pass(HOUR_MS / 2);
    assert.equal((await browser.get(path)).status, 410, 'a request is over after half an hour');
    const next = await asked(browser);
    const nextPage = await browser.get(next);
    const since = saved.length;
    pass(12 * HOUR_MS);
    assert.equal((await browser.sendForm(next, nextPage, 'approve', TO_FIRST)).status, 410);
    assert.equal(saved.length, since);
    assert.ok(saved.slice(count).every(({ kind }) => kind === 'Interaction'));
  });

  test('decides for the accounts that its operator has now, and once', async () => {
    const email = `narrowed-${engine.name}@example.com`;
    const operator = await makeOperator(server().context, email);
    const browser = await signedIn(email);
    const path = await asked(browser);
    const page = await browser.get(path);
    const before = await installedIn(SECOND_ACCOUNT);
    const narrowed = { ...operator, accountIds: [FIRST_ACCOUNT], updatedAt: operator.updatedAt + 1 };
    await server().store.operators.update(narrowed, operator.updatedAt);
    const there: Fields = [['account', String(SECOND_ACCOUNT)]];
    assert.equal((await browser.sendForm(path, page, 'approve', there)).status, 400);
    assert.deepEqual(await installedIn(SECOND_ACCOUNT), before);
    const refused = await browser.sendForm(path, page, 'refuse');
    const installed = await installedIn(FIRST_ACCOUNT);
    await browser.sendForm(path, page, 'approve', TO_FIRST);
    assert.deepEqual(await installedIn(FIRST_ACCOUNT), installed, 'what was refused is not approved any more');
    assert.equal((await browser.goBack(refused)).searchParams.get('error'), 'access_denied');
  });

  test('is sent nowhere but to a request of an app after signing in', async () => {
    const right: Fields = [
      ['email', EMAIL],
      ['password', PASSWORD],
    ];
    for (const url of [
      'https://evil.example/oauth/authorize?x',
      '//evil.example/oauth/authorize?x',
      '/\\evil.example',
      '/oauth/authorize@evil.example?x',
      '/oauth/authorize/../../evil?x',
      '/oauth/authorize',
      'javascript:alert(1)',
      '/oauth/authorize?x\r\nSet-Cookie: a=b',
    ]) {
      const browser = new OperatorBrowser(server);
      const answer = await browser.post(`/oauth/sign-in?continue=${encodeURIComponent(url)}`, right);
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, './sign-in'], url);
    }
  });
});
