/** `/optio/v1/installations`: which apps may act for an account. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API_SCOPES } from '../../src/actions/manage-tokens.ts';
import { FIRST_ACCOUNT, FULL_TOKEN, SECOND_ACCOUNT, SECOND_APP, SECOND_TOKEN, tokenFor } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import * as installedApps from './support/installed-apps.ts';
import { type Answer, assertRefused, useServer } from './support/server.ts';

const iso = (instant: number) => new Date(instant).toISOString();
const READ = 'subscriptions-status-read';
const NOBODY = '5e0d3b52-7c2f-4a19-9f0e-2f6a1c1b7d11';
const UNKNOWN = { status: 404, category: 'OBJECT_NOT_FOUND', code: 'RESOURCE_UNKNOWN', message: 'resource not found' };

onEveryEngine('An installation', (engine) => {
  const now = Date.parse('2026-05-04T03:02:01.234Z');
  const server = useServer(engine, { clock: () => now });

  const call = (method: string, path: string, body?: unknown, token = FULL_TOKEN): Promise<Answer> =>
    server().request(method, `/optio/v1/${path}`, { body, token });
  const install = (body: unknown, token?: string) => call('POST', 'installations', body, token);
  const createApp = async (token?: string) => (await call('POST', 'apps', { name: 'CRM' }, token)).json;
  /** The id of the operator who approves is 7. */
  const approve = async (accountId: number, scope: string, app?: installedApps.TestApp) => {
    const approved = app ?? (await installedApps.createApp(server()));
    await installedApps.tokensByConsent(server(), approved, accountId, scope);
    return approved;
  };
  const namesIn = async (token: string): Promise<string[]> =>
    (await call('GET', 'installations', undefined, token)).json.results.map(({ clientId }: never) => clientId);

  test('is of an app of the account, which its id names, and of all of the API where no scope is', async () => {
    const { id, clientId } = await createApp();
    const created = await install({ appId: id });
    assert.equal(created.status, 201);
    assert.equal(created.headers.get('location'), `/optio/v1/installations/${clientId}`);
    assert.deepEqual(created.json, {
      clientId,
      appId: id,
      name: 'CRM',
      ownAccount: true,
      scopes: API_SCOPES,
      installedBy: null,
      installedAt: iso(now),
      updatedAt: iso(now),
    });
    assert.ok(!created.json.scopes.includes('optio.admin'));
    assert.deepEqual((await call('GET', `installations/${clientId}`)).json, created.json);
    assert.deepEqual((await call('GET', 'installations')).json.results.at(-1), created.json);
  });

  test('is replaced by another of the same app, and begins when the first one did', async () => {
    const { clientId } = await createApp();
    const first = (await install({ clientId, scopes: ['optio.admin', 'subscriptions-status-read'] })).json;
    assert.deepEqual(first.scopes, ['optio.admin', 'subscriptions-status-read']);
    const scopes = ['subscriptions-status-write'];
    const again = await install({ clientId, scopes: [...scopes, ...scopes] });
    assert.deepEqual([again.status, again.headers.get('location')], [200, null]);
    assert.deepEqual(again.json, { ...first, scopes, updatedAt: iso(now + 1) });
    assert.deepEqual(
      (await namesIn(FULL_TOKEN)).filter((name) => name === clientId),
      [clientId],
    );
  });

  test('is replaced by an approval, too, which is later however many there are in a moment', async () => {
    const [first, second] = [READ, 'subscriptions-status-write'];
    const app = await approve(FIRST_ACCOUNT, first);
    const path = `installations/${app.clientId}`;
    const approved = (await call('GET', path)).json;
    assert.deepEqual([approved.installedBy, approved.installedAt, approved.updatedAt], [7, iso(now), iso(now)]);
    await approve(FIRST_ACCOUNT, second, app);
    assert.deepEqual((await call('GET', path)).json, { ...approved, scopes: [second], updatedAt: iso(now + 1) });
    const byHand = await install({ clientId: app.clientId, scopes: [first] });
    assert.equal(byHand.status, 200);
    assert.deepEqual(byHand.json, { ...approved, installedBy: null, updatedAt: iso(now + 2) });
  });

  test('is of an app of another account, and in the account that it was approved for alone', async () => {
    const app = await approve(SECOND_ACCOUNT, READ);
    const path = `installations/${app.clientId}`;
    const { json } = await call('GET', path, undefined, SECOND_TOKEN);
    assert.deepEqual([json.ownAccount, json.appId, json.name, json.installedBy], [false, app.id, 'CRM', 7]);
    assert.ok((await namesIn(SECOND_TOKEN)).includes(app.clientId));
    assert.ok(!(await namesIn(FULL_TOKEN)).includes(app.clientId));
    for (const method of ['GET', 'DELETE']) assertRefused(await call(method, path), UNKNOWN);
    assert.equal((await call('GET', path, undefined, SECOND_TOKEN)).status, 200);
    assert.equal((await install({ appId: app.id })).status, 201);
    assert.equal((await call('DELETE', path)).status, 204);
    assert.equal((await call('GET', path, undefined, SECOND_TOKEN)).status, 200);
    // Whoever installs an app gets no hold on it.
    assert.equal((await call('GET', `apps/${app.id}`, undefined, SECOND_TOKEN)).status, 404);
    assert.equal((await call('DELETE', path, undefined, SECOND_TOKEN)).status, 204);
    assert.equal((await call('GET', path, undefined, SECOND_TOKEN)).status, 404);
  });

  test('of an app of another account takes an operator, be there one already or not', async () => {
    const app = await installedApps.createApp(server());
    const { clientId, id } = app;
    const refusal = (field: string) => ({
      status: 400,
      category: 'VALIDATION_ERROR',
      code: 'FIELD_INVALID',
      in: field,
      message: `"${field}" must name an app of this account. The app ${clientId} belongs to another account, and only an operator's consent installs it: have one open /oauth/authorize?client_id=${clientId} on this server, with the app's redirect_uri and scope.`,
    });
    assertRefused(await install({ clientId }, SECOND_TOKEN), refusal('clientId'));
    assert.ok(!(await namesIn(SECOND_TOKEN)).includes(clientId));
    await approve(SECOND_ACCOUNT, READ, app);
    const installed = await call('GET', `installations/${clientId}`, undefined, SECOND_TOKEN);
    assertRefused(await install({ clientId, scopes: ['optio.admin'] }, SECOND_TOKEN), refusal('clientId'));
    assertRefused(await install({ appId: id, scopes: ['optio.admin'] }, SECOND_TOKEN), refusal('appId'));
    const still = await call('GET', `installations/${clientId}`, undefined, SECOND_TOKEN);
    assert.deepEqual(still.json, installed.json);
  });

  test('ends, and is not there any more', async () => {
    const { clientId } = await createApp();
    await install({ clientId });
    const path = `installations/${clientId}`;
    const ended = await call('DELETE', path);
    assert.deepEqual([ended.status, ended.text], [204, '']);
    for (const method of ['GET', 'DELETE']) {
      const answer = await call(method, path);
      assertRefused(answer, UNKNOWN);
      assert.equal(answer.json.errors[0].message, `The app ${clientId} is not installed.`);
    }
    assert.ok(!(await namesIn(FULL_TOKEN)).includes(clientId));
  });

  test('names one app that is there', async () => {
    const { id, clientId } = await createApp();
    const invalid = { status: 400, category: 'VALIDATION_ERROR', code: 'FIELD_INVALID' };
    const refusals: [object, { in: string; message: string | RegExp }][] = [
      [{}, { in: 'clientId', message: '"clientId" must be there, or appId, which names an app of this account.' }],
      [
        { clientId, appId: id },
        { in: 'appId', message: /^"appId" must not be there beside clientId/ },
      ],
      [
        { clientId: NOBODY },
        { in: 'clientId', message: /^"clientId" was "5e0d3b52-\S+", which no app of this server has\. Allowed: / },
      ],
      [{ clientId: 'x'.repeat(37) }, { in: 'clientId', message: /^"clientId" / }],
      [{ clientId: 'x\0' }, { in: 'clientId', message: /^"clientId" / }],
      [
        { appId: SECOND_APP },
        {
          in: 'appId',
          message: '"appId" was 456, which this account does not have. Allowed: an id that GET /optio/v1/apps lists.',
        },
      ],
      [
        { clientId, scopes: [] },
        { in: 'scopes', message: /^"scopes" / },
      ],
      [
        { clientId, scopes: ['crm.objects.read'] },
        { in: 'scopes[0]', message: /Allowed: one of communication_/ },
      ],
    ];
    for (const [body, expected] of refusals) assertRefused(await install(body), { ...invalid, ...expected });
    assert.ok(!(await namesIn(FULL_TOKEN)).includes(clientId));
  });

  test('keeps the id of its app from being given to another app of the account', async () => {
    const app = await approve(SECOND_ACCOUNT, READ);
    const make = () => call('POST', 'apps', { name: 'x', id: app.id }, SECOND_TOKEN);
    const message = `There is an app with the id ${app.id} already. Allowed: an id that is free, or none for a random one.`;
    assertRefused(await make(), { status: 409, category: 'CONFLICT', code: 'ID_TAKEN', in: 'id', message });
    await call('DELETE', `installations/${app.clientId}`, undefined, SECOND_TOKEN);
    assert.equal((await make()).status, 201);
  });

  test('takes the scope optio.admin', async () => {
    const { clientId } = await createApp();
    const token = tokenFor('communication_preferences.read_write');
    for (const [method, path, body] of [
      ['GET', 'installations', undefined],
      ['POST', 'installations', { clientId }],
      ['GET', `installations/${clientId}`, undefined],
      ['DELETE', `installations/${clientId}`, undefined],
    ] as const) {
      assert.equal((await call(method, path, body, token)).json.category, 'MISSING_SCOPES', `${method} ${path}`);
    }
    assert.deepEqual(await server().store.authorizations.findInstallation(FIRST_ACCOUNT, clientId), null);
  });
});
