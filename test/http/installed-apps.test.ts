/** What an app that is installed may do: in which account, in what, and until when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_ACCOUNT, FOREIGN, FULL_TOKEN, MARKETING, SECOND_ACCOUNT, SECOND_TOKEN } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { askForTokens, createApp, type TestApp, tokensByConsent } from './support/installed-apps.ts';
import { change, statusesOf, useServer, V4 } from './support/server.ts';

const READ = 'subscriptions-status-read';
const READ_WRITE = 'communication_preferences.read_write';
const CREDENTIALS = { grant_type: 'client_credentials' };

onEveryEngine('An installed app', (engine) => {
  const server = useServer(engine);

  const install = (app: TestApp, scopes: readonly string[]) =>
    server().post('/optio/v1/installations', { clientId: app.clientId, scopes });
  const uninstall = (app: TestApp, token = FULL_TOKEN) =>
    server().request('DELETE', `/optio/v1/installations/${app.clientId}`, { token });
  const ask = (app: TestApp, fields: Record<string, string> = CREDENTIALS) => askForTokens(server(), app, fields);
  const read = async (token: string) =>
    (await server().get(`${statusesOf('ada@example.com')}?channel=EMAIL`, { token })).status;

  test('gets tokens by its credentials, with the scopes that it is installed with at most', async () => {
    const app = await createApp(server());
    assert.deepEqual([(await ask(app)).status, (await ask(app)).json.error], [400, 'unauthorized_client']);
    await install(app, [READ, 'subscriptions-definition-read']);
    const given = await ask(app);
    assert.deepEqual([given.status, given.json.hub_id], [200, FIRST_ACCOUNT]);
    assert.deepEqual(given.json.scopes.toSorted(), ['subscriptions-definition-read', READ]);
    assert.equal(await read(given.json.access_token), 200);
    const write = await server().post(statusesOf('ada@example.com'), change(), { token: given.json.access_token });
    assert.deepEqual([write.status, write.json.category], [403, 'MISSING_SCOPES']);
    assert.deepEqual((await ask(app, { ...CREDENTIALS, scope: READ })).json.scopes, [READ]);
    assert.equal((await ask(app, { ...CREDENTIALS, scope: READ_WRITE })).json.error, 'invalid_scope');
  });

  test('is installed again: its tokens keep their scopes, and new ones have the new scopes', async () => {
    const app = await createApp(server());
    await install(app, [READ]);
    const before = (await ask(app)).json.access_token;
    await install(app, ['subscriptions-definition-read']);
    const after = (await ask(app)).json.access_token;
    assert.deepEqual([await read(before), await read(after)], [200, 403]);
  });

  test('is uninstalled: its tokens end at once, and it gets no others', async () => {
    const app = await createApp(server());
    await install(app, [READ]);
    const { access_token } = (await ask(app)).json;
    assert.equal(await read(access_token), 200);
    await uninstall(app);
    assert.equal(await read(access_token), 401);
    assert.equal((await ask(app)).json.error, 'unauthorized_client');
    await install(app, [READ]);
    assert.equal(await read(access_token), 401);
  });

  test('acts in the account that it was installed in, and in no other, its own neither', async () => {
    const app = await createApp(server());
    const { access_token: token, hub_id } = await tokensByConsent(server(), app, SECOND_ACCOUNT, READ_WRITE);
    assert.equal(hub_id, SECOND_ACCOUNT);
    const path = statusesOf('there@example.com');
    assert.equal((await server().post(path, change({ subscriptionId: MARKETING }), { token })).status, 400);
    assert.equal((await server().post(path, change({ subscriptionId: FOREIGN }), { token })).status, 200);
    const there = await server().get(`${path}?channel=EMAIL`, { token: SECOND_TOKEN });
    assert.deepEqual(
      there.json.results.map(({ subscriptionId, status, source }: Record<string, unknown>) => [
        subscriptionId,
        status,
        source,
      ]),
      [[FOREIGN, 'SUBSCRIBED', `Public status API, App ID:${app.id}`]],
    );
    const here = await server().get(`${path}?channel=EMAIL`);
    for (const { status } of here.json.results) assert.equal(status, 'NOT_SPECIFIED');
    const seen = await server().get(`${V4}/definitions`, { token });
    assert.deepEqual(
      seen.json.results.map(({ id }: { id: string }) => id),
      [String(FOREIGN)],
    );
    // Its secret is not its installation: in its own account nobody approved.
    assert.equal((await ask(app)).json.error, 'unauthorized_client');
  });

  test('is uninstalled in one account, and goes on in the other', async () => {
    const app = await createApp(server());
    const here = await tokensByConsent(server(), app, FIRST_ACCOUNT, READ);
    const there = await tokensByConsent(server(), app, SECOND_ACCOUNT, READ);
    const listed = await server().get(`/optio/v1/installations/${app.clientId}`, { token: SECOND_TOKEN });
    assert.deepEqual([listed.json.installedBy, listed.json.ownAccount, listed.json.scopes], [7, false, [READ]]);
    assert.equal((await uninstall(app, SECOND_TOKEN)).status, 204);
    assert.deepEqual([await read(here.access_token), await read(there.access_token)], [200, 401]);
    const refresh = ({ refresh_token }: { refresh_token: string }) =>
      ask(app, { grant_type: 'refresh_token', refresh_token });
    assert.equal((await refresh(there)).json.error, 'invalid_grant');
    const { access_token } = (await refresh(here)).json;
    assert.equal(await read(access_token), 200);
  });
});
