/** Operators sign in and out by their pages, and nobody else does it with their browsers. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setUpTotp } from '../../src/actions/manage-operators.ts';
import { type Store, StoreUnavailable } from '../../src/storage/port.ts';
import { assertDone, codeOf, makeOperator, PASSWORD } from '../support/operators.ts';
import { withMethodsOf } from '../support/tampered-store.ts';
import { onEveryEngine, SQLITE } from './support/engines.ts';
import { type Fields, fieldsOf, type PageAnswer } from './support/links.ts';
import { BEHIND_PROXY, OperatorBrowser } from './support/operator-browser.ts';
import { useServer } from './support/server.ts';

const EMAIL = 'grace@example.com';
const RIGHT: Fields = [
  ['email', EMAIL],
  ['password', PASSWORD],
];
const WRONG: Fields = [
  ['email', EMAIL],
  ['password', 'a wrong horse'],
];
type Headers = Readonly<Record<string, string>>;

const GERMAN = { 'accept-language': 'de-AT' };

onEveryEngine('the sign-in page', (engine) => {
  const server = useServer(engine, BEHIND_PROXY);
  const browser = () => new OperatorBrowser(server);
  before(() => makeOperator(server().context, EMAIL));

  test('signs in who is right, says who that is, and signs out again', async () => {
    const visitor = browser();
    assert.match((await visitor.get('/oauth/sign-in')).text, /<h1>Sign in<\/h1>/);
    const answer = await visitor.post('/oauth/sign-in', RIGHT);
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), './sign-in');
    const page = await visitor.get('/oauth/sign-in', GERMAN);
    assert.match(page.text, /Sie sind angemeldet als <bdi[^>]*>grace@example\.com</);
    const before = [...visitor.cookies];
    const out = await visitor.sendForm('/oauth/sign-out', page, 'sign-out');
    assert.equal(out.status, 200);
    assert.match(out.text, /<h1>Sie sind abgemeldet<\/h1>/);
    assert.deepEqual([...visitor.cookies], []);
    const thief = browser();
    for (const [name, value] of before) thief.cookies.set(name, value);
    assert.match((await thief.get('/oauth/sign-in')).text, /<h1>Sign in<\/h1>/, 'the session is over for everybody');
  });

  test('tells the same of a wrong password and of nobody, and shows no password again', async () => {
    const unknown: Fields = [['email', 'nobody@example.com'], WRONG[1]!];
    const [one, other] = [
      await browser().post('/oauth/sign-in', WRONG),
      await browser().post('/oauth/sign-in', unknown),
    ];
    assert.deepEqual([one.status, other.status], [403, 403]);
    assert.equal(one.text.replaceAll(EMAIL, '@'), other.text.replaceAll('nobody@example.com', '@'));
    assert.match(one.text, /<title>Please check: Sign in – Optio<\/title>/);
    assert.match(one.text, /id="wrong"[^>]*>That did not match\./);
    assert.match(one.text, /value="grace@example\.com"/);
    assert.doesNotMatch(one.text, /a wrong horse/);
    assert.equal(one.headers.get('set-cookie'), null);
  });

  test('takes the one-time code of who has set one up, with spaces or without', async () => {
    const email = 'totp@example.com';
    await makeOperator(server().context, email);
    const { key } = assertDone(await setUpTotp(server().context, email));
    const fields = (code: string): Fields => [['email', email], RIGHT[1]!, ['code', code]];
    assert.equal((await browser().post('/oauth/sign-in', fields(''))).status, 403);
    assert.equal((await browser().post('/oauth/sign-in', fields('000000'))).status, 403);
    const code = codeOf(key, Date.now());
    const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
    assert.equal((await browser().post('/oauth/sign-in', fields(spaced))).status, 303);
    assert.equal((await browser().post('/oauth/sign-in', fields(code))).status, 403, 'a code is good once');
  });

  test('keeps out who tries too often, and says how long', async () => {
    const visitor = browser();
    for (let tries = 0; tries < 5; tries++) {
      assert.equal((await visitor.post('/oauth/sign-in', WRONG)).status, 403);
    }
    const answer = await visitor.post('/oauth/sign-in', RIGHT);
    assert.equal(answer.status, 429);
    assert.match(answer.text, /Too many tries\. Please wait 15 minutes/);
    assert.ok(Number(answer.headers.get('retry-after')) > 840);
    assert.equal(answer.headers.get('set-cookie'), null);
    assert.equal((await browser().post('/oauth/sign-in', RIGHT)).status, 303, 'elsewhere the operator gets in');
  });
});

describe('signing in', () => {
  const server = useServer(SQLITE, BEHIND_PROXY);
  const browser = () => new OperatorBrowser(server);
  const at = async <Value>(url: string, work: () => Promise<Value>): Promise<Value> => {
    const { site } = server().context;
    const { url: before } = site;
    site.url = url;
    return work().finally(() => {
      site.url = before;
    });
  };
  before(() => makeOperator(server().context, EMAIL));

  test('gives a cookie that no script reads and no other site sends; over https no other host sets it', async () => {
    const plain = await browser().post('/oauth/sign-in', RIGHT);
    assert.match(
      plain.headers.get('set-cookie')!,
      /^optio-session=[0-9a-f]{64}; Path=\/; Max-Age=43(?:200|199); HttpOnly; SameSite=Lax$/,
    );
    await at('https://optio.example/mail', async () => {
      const visitor = browser();
      const secure = await visitor.post('/oauth/sign-in', RIGHT);
      assert.match(
        secure.headers.get('set-cookie')!,
        /^__Host-optio-session=[0-9a-f]{64}; Path=\/; Max-Age=43\d{3}; HttpOnly; SameSite=Lax; Secure$/,
      );
      assert.match((await visitor.get('/oauth/sign-in')).text, /You are signed in as/);
      visitor.cookies.set('optio-session', visitor.cookies.get('__Host-optio-session')!);
      visitor.cookies.delete('__Host-optio-session');
      assert.match(
        (await visitor.get('/oauth/sign-in')).text,
        /<h1>Sign in</,
        'the plain name counts for nothing there',
      );
    });
  });

  test('ends the session that the browser had before', async () => {
    const visitor = browser();
    await visitor.signIn(EMAIL);
    const earlier = visitor.cookies.get('optio-session')!;
    await visitor.signIn(EMAIL);
    assert.notEqual(visitor.cookies.get('optio-session'), earlier);
    visitor.cookies.set('optio-session', earlier);
    assert.match((await visitor.get('/oauth/sign-in')).text, /<h1>Sign in</);
  });

  test('is on pages that are kept, indexed and framed by nobody, and say where their forms come from', async () => {
    const { headers, text } = await browser().get('/oauth/sign-in');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('referrer-policy'), 'same-origin');
    assert.match(text, /<meta name="referrer" content="same-origin">/);
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-robots-tag'), 'noindex, nofollow');
    assert.equal(headers.get('cross-origin-opener-policy'), null, 'apps open them in pop-ups');
    assert.match(headers.get('content-security-policy')!, /frame-ancestors 'none'/);
    assert.doesNotMatch(headers.get('content-security-policy')!, /unsafe|\*|https?:/);
    assert.equal(headers.get('set-cookie'), null);
  });

  test('goes on to the request of an app, in the language that was chosen', async () => {
    const request = '/oauth/authorize?client_id=1&state=%7B%22a%22%3A1%7D&scope=a%20b';
    const path = `/oauth/sign-in?continue=${encodeURIComponent(request)}`;
    const page = await browser().get(`${path}&lang=fr`);
    assert.match(page.text, /<html lang="fr"/);
    assert.match(page.text, /Une application demande/);
    const action = /<form [^>]*action="([^"]+)"/.exec(page.text)![1]!;
    assert.equal(new URL(action, `${server().url}/oauth/sign-in`).href, server().url + path);
    assert.match(page.text, /href="\.\/sign-in\?continue=[^"&]+&amp;lang=de"/);
    const wrong = await browser().post(path, WRONG);
    assert.ok(wrong.text.includes(`action="${action}"`), 'where it goes on is kept');
    const answer = await browser().post(path, RIGHT);
    assert.equal(answer.status, 303);
    assert.equal(
      new URL(answer.headers.get('location')!, `${server().url}/oauth/sign-in`).href,
      server().url + request,
    );
  });

  test('goes on below the path that the site has, too', async () => {
    await at('https://example.com/optio', async () => {
      for (const request of ['/optio/oauth/authorize?x=1', '/oauth/authorize?x=1']) {
        const answer = await browser().post(`/oauth/sign-in?continue=${encodeURIComponent(request)}`, RIGHT);
        const led = new URL(answer.headers.get('location')!, 'https://example.com/optio/oauth/sign-in');
        assert.equal(led.href, 'https://example.com/optio/oauth/authorize?x=1');
      }
    });
  });

  test('goes on to nothing else, whatever is asked', async () => {
    const others = [
      ...['https://evil.example/oauth/authorize?x', '//evil.example/oauth/authorize?x', '/\\evil.example', '/oauth'],
      ...['/oauth/authorize', '/oauth/authorize/../../l/x?y', '/oauth/authorize@evil.example?x', '/optio/v1/apps'],
      ...['javascript:alert(1)//oauth/authorize?x', ' /oauth/authorize?x', '/oauth/authorize?x\r\nSet-Cookie: a=b'],
      ...['/oauth/authorize?x y', '/OAUTH/AUTHORIZE?x', './authorize?x', 'oauth/authorize?x', '/oauth/authorize?ü', ''],
    ];
    for (const other of others) {
      const path = `/oauth/sign-in?continue=${encodeURIComponent(other)}`;
      const page = await browser().get(path);
      assert.match(page.text, /action="\.\/sign-in"/, other);
      const answer = await browser().post(path, RIGHT);
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, './sign-in'], other);
      assert.doesNotMatch(answer.headers.get('set-cookie')!, /a=b/);
    }
    const twice = `/oauth/sign-in?continue=https://evil.example&continue=${encodeURIComponent('/oauth/authorize?x')}`;
    assert.equal((await browser().post(twice, RIGHT)).headers.get('location'), './sign-in');
  });

  test("is not done by another site's form", async () => {
    const foreign: Headers[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: server().url.replace('http:', 'https:').replace(/:\d+$/, ':1') },
      { 'sec-fetch-site': 'cross-site', origin: server().url },
      { 'sec-fetch-site': 'same-site', origin: 'https://app.optio.example' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const answer = await browser().post('/oauth/sign-in', RIGHT, headers);
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.match(answer.text, /<h1>This form came from elsewhere<\/h1>/);
      assert.equal(answer.headers.get('set-cookie'), null);
    }
    const own: Headers[] = [
      { origin: server().url },
      { 'sec-fetch-site': 'same-origin', origin: 'null' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of own) {
      assert.equal((await browser().post('/oauth/sign-in', RIGHT, headers)).status, 303, JSON.stringify(headers));
    }
    await at('https://optio.example', async () => {
      assert.equal((await browser().post('/oauth/sign-in', RIGHT, { origin: 'https://optio.example' })).status, 303);
    });
  });

  test('ends only by a form that this very session was shown', async () => {
    const [visitor, other] = [browser(), browser()];
    await visitor.signIn(EMAIL);
    await other.signIn(EMAIL);
    const theirs = fieldsOf(await other.get('/oauth/sign-in'), 'sign-out');
    const isIn = async () => /You are signed in as/.test((await visitor.get('/oauth/sign-in')).text);
    for (const fields of [[], [['csrf', '']], [['csrf', 'x'.repeat(43)]], theirs] as Fields[]) {
      const answer = await visitor.post('/oauth/sign-out', fields);
      assert.equal(answer.status, 403);
      assert.ok(await isIn());
    }
    const page = await visitor.get('/oauth/sign-in');
    const foreign: PageAnswer = await visitor.post('/oauth/sign-out', fieldsOf(page, 'sign-out'), { origin: 'null' });
    assert.equal(foreign.status, 403);
    assert.ok(await isIn());
    assert.equal((await visitor.sendForm('/oauth/sign-out', page, 'sign-out')).status, 200);
    assert.ok(!(await isIn()));
    assert.match((await visitor.post('/oauth/sign-out', [])).text, /You are signed out/, 'again, nothing happens');
  });
});

describe('while the database does not answer', () => {
  const failing = () => Promise.reject(new StoreUnavailable('away'));
  const wrapStore = (store: Store) => {
    const operators = withMethodsOf(store.operators, { findSession: failing, countTries: failing });
    return withMethodsOf(store, { operators });
  };
  const server = useServer(SQLITE, { ...BEHIND_PROXY, wrapStore });

  test('a page says so, and where to try again', async () => {
    const browser = new OperatorBrowser(server);
    browser.cookies.set('optio-session', 'x');
    const path = `/oauth/sign-in?continue=${encodeURIComponent('/oauth/authorize?client_id=1')}`;
    const answers = [
      await browser.post(path, RIGHT, GERMAN),
      await browser.get('/oauth/authorize?client_id=1&x="', GERMAN),
      await browser.get('/oauth/consent/abc', GERMAN),
    ];
    const again = answers.map(({ status, text, headers }) => {
      assert.equal(status, 503);
      assert.equal(headers.get('retry-after'), '1');
      assert.match(text, /<h1>Das hat gerade nicht geklappt<\/h1>/);
      return /class="next"><a href="([^"]+)"/.exec(text)![1]!;
    });
    assert.deepEqual(again, [
      './sign-in?continue=%2Foauth%2Fauthorize%3Fclient_id%3D1&amp;lang=de',
      './authorize?client_id=1&amp;x=%22&amp;lang=de',
      './abc?lang=de',
    ]);
  });
});
