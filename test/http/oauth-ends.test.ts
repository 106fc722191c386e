/** What was given out ends in time: for every process, by every way there is, and never half. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createDatabase, stopOwnServer } from '../support/database.ts';
import { Belongings, makeFolder, runOptio } from '../support/optio-process.ts';
import { until } from '../support/worker-processes.ts';
import { FIRST_ACCOUNT, FULL_TOKEN } from './support/accounts.ts';
import { type Engine, onEveryEngine } from './support/engines.ts';
import { askForTokens, codeByConsent, createApp, type TestApp, tokensByConsent } from './support/installed-apps.ts';
import { assertOAuthError, postForm, READ, redeem, refresh, statusWith, useTarget } from './support/oauth-attacks.ts';
import { startServer, type TestServer } from './support/server.ts';

const MINUTE_MS = 60_000;
const CREDENTIALS = { grant_type: 'client_credentials' };

/** A database of which there may be several servers. */
const SHARED: readonly Engine[] = [
  {
    name: 'SQLite',
    create: async () => {
      const folders = new Belongings();
      return { databaseUrl: `sqlite:${join(await makeFolder(folders), 'optio.db')}`, drop: () => folders.end() };
    },
  },
  { name: 'PostgreSQL', create: createDatabase },
];

for (const engine of SHARED) {
  describe(`Two servers on one database, on ${engine.name}`, () => {
    let one: TestServer;
    let other: TestServer;
    let databaseUrl: string;
    let drop: () => Promise<void>;
    let app: TestApp;
    before(async () => {
      ({ databaseUrl, drop } = await engine.create());
      one = await startServer({ databaseUrl });
      other = await startServer({ databaseUrl, isPrepared: true });
      app = await createApp(one);
    });
    after(async () => {
      await one.close();
      await other.close();
      await drop();
    });

    const byConsent = () => tokensByConsent(one, app, FIRST_ACCOUNT, READ);
    const statuses = (token: string) => Promise.all([statusWith(one, token), statusWith(other, token)]);
    const untilEnded = (token: string, why: string) =>
      until(async () => (await statuses(token)).every((status) => status === 401), `${why} ends the token everywhere`);
    const proof = () => ({ client_id: app.clientId, client_secret: app.secret });
    const uninstall = (server: TestServer) =>
      server.request('DELETE', `/optio/v1/installations/${app.clientId}`, { token: FULL_TOKEN });

    test('both refuse an access token once it is ended at one of them', async () => {
      const ways: [string, (given: { access_token: string; refresh_token: string }) => Promise<unknown>][] = [
        ['revoking it', ({ access_token: token }) => postForm(one, '/oauth/v3/token/revoke', { ...proof(), token })],
        [
          'revoking the refresh token',
          ({ refresh_token: token }) => postForm(one, '/oauth/v3/token/revoke', { ...proof(), token }),
        ],
        [
          'ending the refresh token',
          ({ refresh_token }) => one.request('DELETE', `/oauth/v1/refresh-tokens/${refresh_token}`, { token: null }),
        ],
        [
          'using the refresh token twice',
          async ({ refresh_token }) => {
            await refresh(one, app, refresh_token);
            await refresh(other, app, refresh_token);
          },
        ],
        ['uninstalling', () => uninstall(one)],
        [
          'uninstalling by the command line',
          async () => {
            const args = ['app', 'uninstall', String(app.id), '--account', String(FIRST_ACCOUNT)];
            const ended = await runOptio(args, { cwd: '/', env: { OPTIO_DATABASE_URL: databaseUrl } });
            assert.deepEqual([ended.code, ended.stderr], [0, '']);
          },
        ],
      ];
      for (const [why, end] of ways) {
        const given = await byConsent();
        assert.deepEqual(await statuses(given.access_token), [200, 200], why);
        await end(given);
        await untilEnded(given.access_token, why);
        for (const server of [one, other]) {
          assertOAuthError(await refresh(server, app, given.refresh_token), 400, 'invalid_grant');
          const looked = await postForm(server, '/oauth/v3/token/introspect', {
            ...proof(),
            token: given.access_token,
          });
          assert.deepEqual(looked.json, { active: false });
        }
      }
    });

    test('what is given out while the app is being uninstalled never lasts', async () => {
      for (let round = 0; round < 5; round += 1) {
        const given = await byConsent();
        const code = (await codeByConsent(other, app, FIRST_ACCOUNT, { scope: READ }))!;
        const asking = [
          refresh(other, app, given.refresh_token),
          redeem(one, app, code),
          ...[one, other, one, other].map((server) => askForTokens(server, app, CREDENTIALS)),
        ];
        const removed = uninstall(round % 2 === 0 ? one : other);
        const answers = await Promise.all(asking);
        assert.equal((await removed).status, 204);
        for (const { status, json, text } of answers) {
          assert.ok([200, 400].includes(status), text);
          if (status === 200) await untilEnded(json.access_token, 'uninstalling');
          else assert.match(json.error, /^(?:invalid_grant|unauthorized_client)$/);
        }
        await untilEnded(given.access_token, 'uninstalling');
      }
    });

    test('one code, brought to both at the same moment, gives at most one pair, and that does not last', async () => {
      const code = (await codeByConsent(one, app, FIRST_ACCOUNT, { scope: READ }))!;
      const servers = Array.from({ length: 10 }, () => [one, other]).flat();
      const answers = await Promise.all(servers.map((server) => redeem(server, app, code)));
      const given = answers.filter(({ status }) => status === 200);
      assert.ok(given.length <= 1);
      for (const { json } of given) await untilEnded(json.access_token, 'using the code again');
    });
  });
}

after(stopOwnServer);

onEveryEngine('An access token', (engine) => {
  const { server, pass } = useTarget(engine, { tokenRules: { accessTokenSeconds: 60, rotateRefreshTokens: false } });

  test('lasts as long as the operator of the server says, and then is told to have expired', async () => {
    const app = await createApp(server());
    const given = await tokensByConsent(server(), app, FIRST_ACCOUNT, READ);
    assert.equal((given as unknown as { expires_in: number }).expires_in, 60);
    const own = (await askForTokens(server(), app, CREDENTIALS)).json;
    for (const { access_token } of [given, own]) assert.equal(await statusWith(server(), access_token), 200);
    pass(MINUTE_MS);
    const proof = { client_id: app.clientId, client_secret: app.secret };
    for (const { access_token: token } of [given, own]) {
      const answer = await server().get('/communication-preferences/v4/definitions', { token });
      assert.deepEqual([answer.status, answer.json.category], [401, 'EXPIRED_AUTHENTICATION']);
      assert.match(answer.json.message, /^The OAuth token used to make this call expired \d+ second\(s\) ago\.$/);
      assert.equal((await server().get(`/oauth/v1/access-tokens/${token}`, { token: null })).status, 404);
      const looked = await postForm(server(), '/oauth/v3/token/introspect', { ...proof, token });
      assert.deepEqual(looked.json, { active: false });
    }
  });

  test('is had anew with the same refresh token, where refresh tokens are kept', async () => {
    const app = await createApp(server());
    const given = await tokensByConsent(server(), app, FIRST_ACCOUNT, READ);
    for (let round = 0; round < 3; round += 1) {
      const { json } = await refresh(server(), app, given.refresh_token);
      assert.equal(json.refresh_token, given.refresh_token);
      assert.equal(await statusWith(server(), json.access_token), 200);
      pass(400 * 86_400_000);
      assert.equal(await statusWith(server(), json.access_token), 401);
    }
    const crowd = await Promise.all(Array.from({ length: 20 }, () => refresh(server(), app, given.refresh_token)));
    assert.ok(crowd.every(({ status }) => status === 200));
    assert.equal(
      (await server().request('DELETE', `/oauth/v1/refresh-tokens/${given.refresh_token}`, { token: null })).status,
      204,
    );
    for (const { json } of crowd) assert.equal(await statusWith(server(), json.access_token), 401);
  });
});
