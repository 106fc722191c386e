import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ROUTES } from '../../src/http/routes.ts';
import { type Answer, endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';

describe('The management API', () => {
  let server: OptioServer;
  const suite = endOfSuite();
  before(async () => {
    const cwd = await makeFolder(suite);
    server = await OptioServer.start(suite, { cwd, args: ['--database-url', 'sqlite::memory:'] });
  });

  const call = (method: string, path: string, body?: unknown, token?: string): Promise<Answer> =>
    server.request(method, `/optio/v1/${path}`, { body, ...(token && { token }) });

  function assertRefused(answer: Answer, status: number, code: string, field?: string): void {
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.equal(answer.body.status, 'error');
    assert.equal(answer.body.errors[0].code, code);
    assert.equal(answer.body.errors[0].in, field);
    assert.equal(answer.headers.get('x-hubspot-correlation-id'), answer.body.correlationId);
  }

  test('needs the scope optio.admin', async () => {
    const { body } = await call('POST', 'tokens', { name: 'crm' });
    assert.ok(!body.scopes.includes('optio.admin'));
    const paths = ['account', 'definitions', 'brands', 'apps', 'tokens'];
    for (const path of paths) assertRefused(await call('GET', path, undefined, body.token), 403, 'SCOPES_MISSING');
    assertRefused(await call('GET', 'account', undefined, 'pat-opt1-nobody'), 401, 'TOKEN_UNKNOWN', 'Authorization');
  });

  test('shows the account and changes its settings', async () => {
    const { body: account } = await call('GET', 'account');
    assert.deepEqual([account.dataPrivacy, account.mailRule], [false, 'opt-in']);
    const patched = await call('PATCH', 'account', { dataPrivacy: true, name: 'Acme' });
    assert.equal(patched.status, 200);
    assert.deepEqual(patched.body, { ...account, dataPrivacy: true, name: 'Acme', updatedAt: patched.body.updatedAt });
    const [definition] = (await call('GET', 'definitions')).body.results;
    const write = await server.request('POST', '/communication-preferences/v4/statuses/a@example.com', {
      body: { subscriptionId: definition.id, statusState: 'SUBSCRIBED', channel: 'EMAIL' },
    });
    assertRefused(write, 400, 'LEGAL_BASIS_REQUIRED', 'legalBasis');
    assert.equal((await call('PATCH', 'account', { dataPrivacy: false })).body.dataPrivacy, false);
    assert.equal((await call('PATCH', 'account', {})).body.name, 'Acme');
    assertRefused(await call('PATCH', 'account', { name: ' ' }), 400, 'FIELD_INVALID', 'name');
    assertRefused(await call('PATCH', 'account', { dataPrivacy: 'on' }), 400, 'FIELD_INVALID', 'dataPrivacy');
    assertRefused(await call('PATCH', 'account', { mailRule: 'everybody' }), 400, 'FIELD_INVALID', 'mailRule');
    const ruled = await call('PATCH', 'account', { mailRule: 'unless-opted-out' });
    assert.deepEqual([ruled.body.mailRule, ruled.body.name], ['unless-opted-out', 'Acme']);
    assert.equal((await call('PATCH', 'account', { mailRule: 'opt-in' })).body.mailRule, 'opt-in');
  });

  test('starts with three default definitions, and creates, changes and deactivates others', async () => {
    const { body: before } = await call('GET', 'definitions');
    assert.deepEqual(
      before.results.map(({ name, purpose, isInternal }: never) => [name, purpose, isInternal]),
      [
        ['Marketing Information', 'Marketing', false],
        ['Customer Service Communication', 'Service', true],
        ['One to One', 'Sales', true],
      ],
    );
    const created = await call('POST', 'definitions', { id: '39644612', name: ' Offers ', description: 'Ours.' });
    assert.equal(created.status, 201);
    const location = created.headers.get('location');
    assert.equal(location, '/optio/v1/definitions/39644612');
    const found = await server.request('GET', location);
    assert.deepEqual(found.body, created.body);
    const { createdAt, updatedAt, ...rest } = created.body;
    assert.equal(createdAt, updatedAt);
    assert.deepEqual(rest, {
      id: 39_644_612,
      businessUnitId: 0,
      name: 'Offers',
      description: 'Ours.',
      purpose: 'Marketing',
      communicationMethod: 'Email',
      isActive: true,
      isDefault: false,
      isInternal: false,
      translations: [],
    });
    const patched = await call('PATCH', 'definitions/39644612', { isActive: false, purpose: 'Sales', id: 5 });
    assert.equal(patched.status, 200);
    assert.deepEqual({ ...patched.body, updatedAt }, { ...created.body, isActive: false, purpose: 'Sales' });
    assert.ok(patched.body.updatedAt > updatedAt);
    const same = await call('PATCH', 'definitions/39644612', { isActive: false });
    assert.deepEqual(same.body, patched.body);
  });

  test('gives a new definition to the v4 API at once', async () => {
    const { body } = await call('POST', 'definitions', { name: 'At once' });
    const path = '/communication-preferences/v4/statuses/b@example.com?channel=EMAIL';
    const { body: statuses } = await server.request('GET', path);
    assert.ok(statuses.results.some((row: { subscriptionId: number }) => row.subscriptionId === body.id));
  });

  test('refuses definitions that cannot be', async () => {
    const post = (body: unknown) => call('POST', 'definitions', body);
    assertRefused(await post({}), 400, 'FIELD_REQUIRED', 'name');
    assertRefused(await post({ name: '' }), 400, 'FIELD_INVALID', 'name');
    assertRefused(await post({ name: 'x'.repeat(201) }), 400, 'FIELD_INVALID', 'name');
    assertRefused(await post({ name: 'bell\u0007' }), 400, 'FIELD_INVALID', 'name');
    assertRefused(await post({ name: 'x', purpose: ' ' }), 400, 'FIELD_INVALID', 'purpose');
    assertRefused(await post({ name: 'x', id: 0 }), 400, 'FIELD_INVALID', 'id');
    assertRefused(await post({ name: 'x', id: 2 ** 53 }), 400, 'FIELD_INVALID', 'id');
    assertRefused(await post({ name: 'x', businessUnitId: 4711 }), 400, 'BUSINESS_UNIT_UNKNOWN', 'businessUnitId');
    assert.equal((await post({ name: 'x', id: 77 })).status, 201);
    assertRefused(await post({ name: 'y', id: 77 }), 409, 'ID_TAKEN', 'id');
    assertRefused(
      await call('PATCH', 'definitions/77', { businessUnitId: 4711 }),
      400,
      'FIELD_INVALID',
      'businessUnitId',
    );
    assertRefused(await call('PATCH', 'definitions/78', { name: 'z' }), 404, 'RESOURCE_UNKNOWN');
    assertRefused(await call('GET', 'definitions/78'), 404, 'RESOURCE_UNKNOWN');
    assertRefused(await call('GET', 'definitions/abc'), 400, 'FIELD_INVALID', 'definitionId');
    assertRefused(await call('GET', 'definitions?businessUnitId=4711'), 400, 'BUSINESS_UNIT_UNKNOWN', 'businessUnitId');
    assertRefused(await call('DELETE', 'definitions/77'), 405, 'METHOD_NOT_ALLOWED');
  });

  test('translates definitions, one language at a time', async () => {
    const { body: definition } = await call('POST', 'definitions', { name: 'Newsletter' });
    const path = `definitions/${definition.id}/translations`;
    const put = await call('PUT', `${path}/de-at`, { name: 'Neuigkeiten', description: 'Einmal im Monat.' });
    assert.equal(put.status, 200);
    assert.deepEqual(
      put.body.translations.map(({ languageCode, name, description }: never) => [languageCode, name, description]),
      [['de-at', 'Neuigkeiten', 'Einmal im Monat.']],
    );
    const again = await call('PUT', `${path}/de-AT`, { name: 'Rundbrief' });
    assert.equal(again.body.translations.length, 1);
    assert.equal(again.body.translations[0].languageCode, 'de-AT');
    assert.equal(again.body.translations[0].createdAt, put.body.translations[0].createdAt);
    const { body: v4 } = await server.request(
      'GET',
      '/communication-preferences/v4/definitions?includeTranslations=true',
    );
    const listed = v4.results.find((each: { id: string }) => each.id === String(definition.id));
    assert.equal(listed.subscriptionTranslations[0].name, 'Rundbrief');
    assertRefused(await call('PUT', `${path}/no_language_at_all`, { name: 'x' }), 400, 'FIELD_INVALID', 'languageCode');
    assertRefused(await call('PUT', `${path}/fr`, {}), 400, 'FIELD_REQUIRED', 'name');
    assertRefused(await call('PUT', 'definitions/1/translations/fr', { name: 'x' }), 404, 'RESOURCE_UNKNOWN');
    const removed = await call('DELETE', `${path}/de-AT`);
    assert.equal(removed.status, 204);
    assert.equal(removed.body, null);
    assertRefused(await call('DELETE', `${path}/de-AT`), 404, 'RESOURCE_UNKNOWN');
  });

  test('creates, lists and renames brands', async () => {
    const created = await call('POST', 'brands', { name: 'Outdoor', id: 12 });
    assert.equal(created.status, 201);
    assert.equal(created.headers.get('location'), '/optio/v1/brands/12');
    assert.deepEqual((await call('GET', 'brands/12')).body, created.body);
    assert.equal((await call('PATCH', 'brands/12', { name: 'Indoor' })).body.name, 'Indoor');
    const { body } = await call('GET', 'brands');
    assert.deepEqual(
      body.results.map((brand: { id: number }) => brand.id),
      [0, 12],
    );
    assertRefused(await call('POST', 'brands', { name: 'Other', id: 12 }), 409, 'ID_TAKEN', 'id');
    assertRefused(await call('PATCH', 'brands/13', { name: 'x' }), 404, 'RESOURCE_UNKNOWN');
    const definition = await call('POST', 'definitions', { name: 'Tents', businessUnitId: 12 });
    assert.equal(definition.body.businessUnitId, 12);
    assert.equal((await call('GET', 'definitions?businessUnitId=12')).body.results.length, 1);
  });

  test('creates apps, whose tokens name them', async () => {
    const created = await call('POST', 'apps', { name: 'CRM', id: 1201 });
    assert.equal(created.status, 201);
    assert.deepEqual((await call('GET', 'apps/1201')).body, created.body);
    assert.equal((await call('GET', 'apps')).body.results.length, 2);
    assertRefused(await call('GET', 'apps/1'), 404, 'RESOURCE_UNKNOWN');
    assertRefused(await call('POST', 'tokens', { name: 'which app' }), 400, 'FIELD_REQUIRED', 'appId');
    assertRefused(await call('POST', 'tokens', { name: 'no app', appId: 1 }), 400, 'FIELD_INVALID', 'appId');
    const { body: token } = await call('POST', 'tokens', { name: 'crm', appId: 1201 });
    const [definition] = (await call('GET', 'definitions')).body.results;
    const write = await server.request('POST', '/communication-preferences/v4/statuses/c@example.com', {
      token: token.token,
      body: { subscriptionId: definition.id, statusState: 'UNSUBSCRIBED', channel: 'EMAIL' },
    });
    assert.equal(write.body.results[0].source, 'Public status API, App ID:1201');
  });

  test('creates tokens, shows each secret once, and revokes them at once', async () => {
    const appId = 1201;
    const expiresAt = '2999-01-31T12:00:00+01:00';
    const scopes = ['communication_preferences.read', 'optio.admin'];
    const created = await call('POST', 'tokens', { name: 'audit', appId, scopes, expiresAt });
    assert.equal(created.status, 201);
    const { token, ...kept } = created.body;
    assert.match(token, /^pat-opt1-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(kept.hint, token.slice(-4));
    assert.deepEqual(kept.scopes, scopes);
    assert.equal(kept.expiresAt, '2999-01-31T11:00:00.000Z');
    const listed = await call('GET', 'tokens', undefined, token);
    assert.deepEqual(
      listed.body.results.find(({ id }: { id: string }) => id === kept.id),
      kept,
    );
    assert.ok(!JSON.stringify(listed.body).includes(token));
    assert.deepEqual((await server.request('GET', created.headers.get('location')!)).body, kept);
    assert.equal((await call('DELETE', `tokens/${kept.id}`)).status, 204);
    assertRefused(await call('GET', 'tokens', undefined, token), 401, 'TOKEN_UNKNOWN', 'Authorization');
    const { revokedAt } = (await call('GET', `tokens/${kept.id}`)).body;
    assert.equal((await call('DELETE', `tokens/${kept.id}`)).status, 204);
    assert.equal((await call('GET', `tokens/${kept.id}`)).body.revokedAt, revokedAt);
    assertRefused(await call('DELETE', 'tokens/not-a-uuid'), 404, 'RESOURCE_UNKNOWN');
  });

  test('refuses tokens that cannot be', async () => {
    const post = (body: object) => call('POST', 'tokens', { name: 'x', appId: 1201, ...body });
    assertRefused(await post({ scopes: ['everything'] }), 400, 'FIELD_INVALID', 'scopes[0]');
    assertRefused(await post({ scopes: [] }), 400, 'FIELD_INVALID', 'scopes');
    assertRefused(await post({ expiresAt: 'tomorrow' }), 400, 'FIELD_INVALID', 'expiresAt');
    assertRefused(await post({ expiresAt: '2001-01-01T00:00:00Z' }), 400, 'FIELD_INVALID', 'expiresAt');
    assertRefused(await post({ name: '' }), 400, 'FIELD_INVALID', 'name');
  });

  test('is described in /openapi.json', async () => {
    const { body } = await server.request('GET', '/openapi.json');
    const operations = Object.entries(body.paths).filter(([path]) => path.startsWith('/optio/v1/'));
    const served = ROUTES.filter(({ path }) => path.startsWith('/optio/v1/'));
    assert.equal(operations.flatMap(([, methods]) => Object.keys(methods as object)).length, served.length);
    const get = body.paths['/optio/v1/definitions/{definitionId}'].get;
    assert.equal(get.parameters[0].schema.type, 'integer');
    assert.deepEqual(get.security, [{ token: ['optio.admin'] }]);
    assert.ok(body.components.schemas.IssuedToken);
  });
});

test('An account never sees or changes what belongs to another', async (t) => {
  const cwd = await makeFolder(t);
  const server = await OptioServer.start(t, { cwd });
  const run = async (...args: string[]) => JSON.parse((await runOptio([...args, '--json'], { cwd })).stdout);
  const other = await run('account', 'create', '--name', 'Other', '--id', '4242');
  const { token, id: tokenId } = await run('token', 'create', '--account', '4242', '--scope', 'optio.admin');
  const theirs = await run('definition', 'create', '--account', '4242', '--name', 'Theirs', '--id', '31');
  const brand = await run('brand', 'create', '--account', '4242', '--name', 'Theirs', '--id', '32');
  const app = await run('app', 'create', '--account', '4242', '--name', 'Theirs', '--id', '33');

  assert.equal((await server.request('GET', '/optio/v1/account', { token })).body.id, other.id);
  assert.equal((await server.request('GET', '/optio/v1/definitions', { token })).body.results.length, 4);
  const mine = (method: string, path: string, body?: unknown) => server.request(method, `/optio/v1/${path}`, { body });
  for (const list of ['definitions', 'brands', 'apps', 'tokens']) {
    const ids = (await mine('GET', list)).body.results.map((each: { id: unknown }) => each.id);
    for (const id of [theirs.id, brand.id, app.id, tokenId]) assert.ok(!ids.includes(id));
  }
  const reaching: [string, string, unknown?][] = [
    ['GET', 'definitions/31'],
    ['PATCH', 'definitions/31', { name: 'Mine' }],
    ['PUT', 'definitions/31/translations/de', { name: 'Meins' }],
    ['GET', 'brands/32'],
    ['PATCH', 'brands/32', { name: 'Mine' }],
    ['GET', 'apps/33'],
    ['GET', `tokens/${tokenId}`],
    ['DELETE', `tokens/${tokenId}`],
  ];
  for (const [method, path, body] of reaching) assert.equal((await mine(method, path, body)).status, 404, path);
  assert.equal((await mine('POST', 'definitions', { name: 'x', businessUnitId: 32 })).status, 400);
  assert.equal((await mine('POST', 'tokens', { name: 'x', appId: 33 })).status, 400);
  assert.equal((await server.request('GET', '/optio/v1/account', { token })).status, 200);
  // The same id may be in use in both.
  assert.equal((await mine('POST', 'definitions', { name: 'Mine', id: 31 })).status, 201);
});
