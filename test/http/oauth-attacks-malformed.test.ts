/** What no client should send to the OAuth endpoints: refused in the words of RFC 6749 and of HubSpot, and never a fault of the server. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { pino } from 'pino';
import { makeOperator, PASSWORD } from '../support/operators.ts';
import { FIRST_ACCOUNT, FULL_TOKEN } from './support/accounts.ts';
import { onEveryEngine, SQLITE } from './support/engines.ts';
import { codeByConsent, createApp, type TestApp, tokensByConsent } from './support/installed-apps.ts';
import {
  assertOAuthError,
  FORM,
  postForm,
  READ,
  redeem,
  refresh,
  statusWith,
  useTarget,
} from './support/oauth-attacks.ts';
import { BEHIND_PROXY, OperatorBrowser } from './support/operator-browser.ts';
import { RawClient } from './support/raw-client.ts';

const POSTS = [
  '/oauth/v1/token',
  '/oauth/v3/token',
  '/oauth/2026-03/token',
  '/oauth/v3/token/introspect',
  '/oauth/2026-03/token/introspect',
  '/oauth/v3/token/revoke',
  '/oauth/2026-03/token/revoke',
];
const CREDENTIALS = 'grant_type=client_credentials';

onEveryEngine('What cannot be understood', (engine) => {
  const { server, saved } = useTarget(engine);
  let app: TestApp;
  let proof: string;
  before(async () => {
    app = await createApp(server());
    await server().post('/optio/v1/installations', { clientId: app.clientId, scopes: [READ] });
    proof = `${new URLSearchParams({ client_id: app.clientId, client_secret: app.secret })}`;
  });

  test('is refused by every endpoint', async () => {
    const whole = `${proof}&${CREDENTIALS}&token=x`;
    const json = JSON.stringify({
      client_id: app.clientId,
      client_secret: app.secret,
      grant_type: 'client_credentials',
    });
    const count = saved.length;
    const cases: [type: string, body: string | Uint8Array][] = [
      ['application/json', json],
      ['application/json', '{'],
      ['multipart/form-data; boundary=x', `--x\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\nx\r\n--x--`],
      ['multipart/form-data', whole],
      ['text/plain', whole],
      ['application/x-www-form-urlencoded-not', whole],
      ['nonsense', whole],
      ['', whole],
      [FORM, `${whole}&x=${'y'.repeat(100_000)}`],
      [FORM, `x=${'y'.repeat(100_000)}`],
      [FORM, '&'.repeat(100_000)],
      [FORM, ''],
      [FORM, '\0'],
      [FORM, '%'],
      [FORM, '%00=%00&client_id=%00&client_secret=%00&grant_type=%00&token=%00'],
      [FORM, `client_id=%FF%FE&client_secret=%FF&${CREDENTIALS}`],
      [FORM, new Uint8Array([0xff, 0xfe, 0x3d, 0x00, 0x80])],
      [FORM, '[object Object]'],
      [FORM, '__proto__[client_id]=x&constructor=y'],
      [FORM, `${whole}&client_id=${app.clientId}`],
      [FORM, `${whole}&client_secret=${app.secret}`],
      [FORM, `client_id[]=${app.clientId}&client_secret[]=${app.secret}&${CREDENTIALS}&token=x`],
      [FORM, `${Array.from({ length: 10_000 }, (_, index) => `p${index}=v`).join('&')}`],
    ];
    for (const path of POSTS) {
      for (const [type, body] of cases) {
        const answer = await postForm(server(), path, body, { 'content-type': type });
        const error = answer.status === 401 ? 'invalid_client' : 'invalid_request';
        assert.ok([400, 401, 415].includes(answer.status), `${path} ${type}: ${answer.status}`);
        assertOAuthError(answer, answer.status, error);
      }
    }
    assert.equal(saved.length, count);
  });

  test('is what is there twice', async () => {
    const count = saved.length;
    for (const name of ['grant_type', 'scope', 'client_id', 'client_secret']) {
      const answer = await postForm(
        server(),
        '/oauth/v1/token',
        `${proof}&${CREDENTIALS}&scope=${READ}&${name}=${READ}`,
      );
      assertOAuthError(answer, 400, 'invalid_request', /twice/);
    }
    for (const path of ['/oauth/v3/token/introspect', '/oauth/v3/token/revoke']) {
      assertOAuthError(await postForm(server(), path, `${proof}&token=x&token=y`), 400, 'invalid_request', /twice/);
      assertOAuthError(await postForm(server(), path, proof), 400, 'invalid_request', /token/);
    }
    assert.equal(saved.length, count);
  });

  test('is what is encoded otherwise', async () => {
    for (const encoding of ['gzip', 'br', 'nonsense']) {
      const body = new Uint8Array([0x1f, 0x8b, 0x08, 0x00, 0x00]);
      const answer = await postForm(server(), '/oauth/v1/token', body, { 'content-encoding': encoding });
      assertOAuthError(answer, 400, 'invalid_request');
    }
  });

  test('is a token that could be none', async () => {
    for (const token of ['x', '%00', '%FF', 'x'.repeat(10_000), '..%2F..%2Fetc', '%F0%9F%92%A9', "'%20OR%201=1%20--"]) {
      for (const [method, kind] of [
        ['GET', 'access'],
        ['GET', 'refresh'],
        ['DELETE', 'refresh'],
      ]) {
        const answer = await server().request(method!, `/oauth/v1/${kind}-tokens/${token}`, { token: null });
        assert.ok([400, 404].includes(answer.status), `${method} ${token}: ${answer.status}`);
        assert.equal(answer.json.status, 'error');
      }
      assert.equal(await statusWith(server(), token), 401);
      const looked = await postForm(server(), '/oauth/v3/token/introspect', `${proof}&token=${token}`);
      assert.deepEqual([looked.status, looked.json], [200, { active: false }]);
      assert.equal((await postForm(server(), '/oauth/v3/token/revoke', `${proof}&token=${token}`)).status, 200);
    }
  });

  test('is another method: it is said which there are', async () => {
    for (const path of [...POSTS, '/oauth/authorize', '/oauth/consent/x', '/oauth/v1/access-tokens/x']) {
      for (const method of ['HEAD', 'PUT', 'PATCH', 'OPTIONS', 'DELETE']) {
        const answer = await server().request(method, path, { token: null });
        if (method === 'HEAD' && !POSTS.includes(path)) continue;
        assert.equal(answer.status, 405, `${method} ${path}`);
        assert.match(answer.headers.get('allow')!, POSTS.includes(path) ? /^POST$/ : /^GET, HEAD/);
        assert.equal(answer.headers.get('access-control-allow-origin'), null);
        if (method !== 'HEAD') assert.equal(answer.json.category, 'METHOD_NOT_ALLOWED');
      }
    }
  });
});

describe('Who asks for headers alone', () => {
  const { server } = useTarget(SQLITE, BEHIND_PROXY);

  test('is answered as who asks for the page', async () => {
    await makeOperator(server().context, 'grace@example.com');
    const browser = new OperatorBrowser(server);
    await browser.signIn('grace@example.com');
    const cookie = `optio-session=${browser.cookies.get('optio-session')}`;
    for (const path of ['/oauth/authorize', '/oauth/authorize?client_id=x', '/oauth/authorize/x', '/oauth/consent/x']) {
      for (const headers of [{}, { cookie }]) {
        const visit = (method: string) => fetch(`${server().url}${path}`, { method, headers, redirect: 'manual' });
        const [whole, head] = [await visit('GET'), await visit('HEAD')];
        assert.equal(head.status, whole.status, path);
        assert.ok(head.status < 500);
      }
    }
  });
});

describe('Too much', () => {
  const { server } = useTarget(SQLITE, BEHIND_PROXY);

  test('in a body is refused before it is read', async () => {
    const answer = await postForm(server(), '/oauth/v1/token', 'x'.repeat(1_048_577));
    assert.deepEqual(
      [answer.status, answer.json.error, answer.json.errors[0].code],
      [413, 'invalid_request', 'BODY_TOO_LARGE'],
    );
  });

  test('in headers is refused', async () => {
    for (const header of ['Authorization: Bearer ', 'Authorization: Basic ', 'Cookie: ', 'X-Forwarded-For: ']) {
      for (const target of ['POST /oauth/v1/token', 'GET /oauth/authorize', 'GET /oauth/sign-in']) {
        const client = await RawClient.connect(server().url);
        client.send(`${target} HTTP/1.1\r\nHost: optio\r\n${header}${'x'.repeat(17_000)}\r\n\r\n`);
        assert.deepEqual(await client.answers(1), [431]);
        await client.closed;
      }
    }
  });

  test('in cookies is none of ours', async () => {
    const cookie = Array.from({ length: 500 }, (_, index) => `optio-session=${index}`).join('; ');
    for (const path of ['/oauth/sign-in', '/oauth/consent/x', '/oauth/authorize/x', '/oauth/authorize?client_id=x']) {
      const answer = await fetch(`${server().url}${path}`, { headers: { cookie }, redirect: 'manual' });
      assert.ok([200, 303, 400, 410].includes(answer.status), `${path}: ${answer.status}`);
    }
  });
});

describe('What the log is told', () => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const { server } = useTarget(SQLITE, { ...BEHIND_PROXY, logger });

  test('is no secret and no address, whatever is tried', async () => {
    await makeOperator(server().context, 'grace@example.com');
    const app = await createApp(server());
    const browser = new OperatorBrowser(server);
    await browser.signIn('grace@example.com');
    const code = (await codeByConsent(server(), app, FIRST_ACCOUNT, { scope: READ }))!;
    const { access_token, refresh_token } = await tokensByConsent(server(), app, FIRST_ACCOUNT, READ);
    const session = browser.cookies.get('optio-session')!;
    const wrong = { ...app, secret: 'a-wrong-secret' };
    const page = await browser.get(`/oauth/authorize?client_id=${app.clientId}&code_challenge=a-challenge`);
    assert.equal(page.status, 400);
    for (const token of [access_token, refresh_token, code]) {
      await redeem(server(), wrong, token);
      await refresh(server(), app, token, { scope: 'optio.admin' });
      await server().get(`/oauth/v1/access-tokens/${token}`, { token });
      await postForm(server(), '/oauth/v1/token', `client_secret=${app.secret}&code=${token}`, { 'content-type': 'x' });
    }
    const secrets = [access_token, refresh_token, code, session, app.secret, 'a-wrong-secret', 'a-challenge', PASSWORD];
    assert.ok(lines.length > 10, 'the log says that there were requests');
    for (const secret of [...secrets, FULL_TOKEN, 'grace@example.com']) {
      assert.ok(!lines.join('\n').includes(secret), secret);
    }
  });
});
