/** `/optio/v1/apps`: where users are sent back to, and client secrets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashSecret } from '../../src/actions/hash-secret.ts';
import { FIRST_ACCOUNT, FIRST_APP, FULL_TOKEN, SECOND_TOKEN } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { type Answer, assertRefused, useServer } from './support/server.ts';

const HOUR = 3_600_000;
const CALLBACK = 'https://app.example.com/oauth-callback';
const iso = (instant: number) => new Date(instant).toISOString();

onEveryEngine('An app', (engine) => {
  let now = Date.parse('2026-05-04T03:02:01.234Z');
  const server = useServer(engine, { clock: () => now });

  const call = (method: string, path = '', body?: unknown, token = FULL_TOKEN): Promise<Answer> =>
    server().request(method, `/optio/v1/apps${path}`, { body, token });
  const create = async (fields: object = {}) => (await call('POST', '', { name: 'CRM', ...fields })).json;

  test('has a client id of its own, and no secret yet', async () => {
    const [one, two] = [await create({ redirectUris: [CALLBACK, CALLBACK] }), await create()];
    const { id, clientId } = one;
    const created = { createdAt: iso(now), updatedAt: iso(now) };
    assert.deepEqual(one, { id, name: 'CRM', clientId, redirectUris: [CALLBACK], secrets: [], ...created });
    assert.match(clientId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(clientId, two.clientId);
    assert.deepEqual((await call('GET', `/${id}`)).json, one);
  });

  test('is renamed, and has its redirect URIs replaced, as they were written', async () => {
    const app = await create({ redirectUris: [CALLBACK] });
    now += 1;
    const renamed = await call('PATCH', `/${app.id}`, { name: ' Shop ' });
    assert.deepEqual(renamed.json, { ...app, name: 'Shop', updatedAt: iso(now) });
    const redirectUris = ['http://localhost:3000/oauth-callback', 'https://APP.example.com/a%2Fb?x=1'];
    assert.deepEqual((await call('PATCH', `/${app.id}`, { redirectUris })).json.redirectUris, redirectUris);
    assert.deepEqual((await call('PATCH', `/${app.id}`, {})).json.redirectUris, redirectUris);
    assert.deepEqual((await call('PATCH', `/${app.id}`, { redirectUris: [] })).json.redirectUris, []);
    assert.equal((await call('GET', `/${app.id}`)).json.clientId, app.clientId);
  });

  test('is sent back to no URI that could be anybody’s', async () => {
    const refusal = { status: 400, category: 'VALIDATION_ERROR', code: 'FIELD_INVALID', in: 'redirectUris[1]' };
    const app = await create();
    for (const [method, path] of [
      ['POST', ''],
      ['PATCH', `/${app.id}`],
    ] as const) {
      const answer = await call(method, path, { name: 'x', redirectUris: [CALLBACK, 'http://app.example.com/cb'] });
      const message =
        '"redirectUris[1]" must begin with https://, or with http:// and one of 127.0.0.1, [::1], localhost.';
      assertRefused(answer, { ...refusal, message });
    }
    const many = Array.from({ length: 21 }, (_, index) => `${CALLBACK}/${index}`);
    const refused = await call('PATCH', `/${app.id}`, { redirectUris: many });
    assert.equal(refused.json.message, '"redirectUris" must hold at most 20 URIs, not 21.');
    assert.deepEqual((await call('GET', `/${app.id}`)).json, app);
  });

  test('is given a secret, which is shown once and kept as its hash; a second one beside it for a day', async () => {
    const { id } = await create();
    const first = (await call('POST', `/${id}/rotate-secret`)).json;
    assert.match(first.clientSecret, /^secret-opt1-[0-9a-f]{64}$/);
    const firstShown = { hint: first.clientSecret.slice(-4), createdAt: iso(now), expiresAt: null };
    assert.equal(first.secrets.length, 1);
    assert.deepEqual({ ...first.secrets[0], createdAt: iso(now) }, firstShown);
    now += HOUR;
    const second = (await call('POST', `/${id}/rotate-secret`, {})).json;
    assert.notEqual(second.clientSecret, first.clientSecret);
    const shown = await call('GET', `/${id}`);
    assert.deepEqual(
      shown.json.secrets.map(({ hint, expiresAt }: never) => [hint, expiresAt]),
      [
        [first.clientSecret.slice(-4), iso(now + 24 * HOUR)],
        [second.clientSecret.slice(-4), null],
      ],
    );
    for (const { clientSecret } of [first, second]) {
      assert.ok(!shown.text.includes(clientSecret) && !shown.text.includes(hashSecret(clientSecret)));
    }
    const apps = await server().store.catalog.listApps(FIRST_ACCOUNT);
    const kept = apps.find((app) => app.id === id)?.secrets.map(({ secretHash }) => secretHash);
    assert.deepEqual(
      kept,
      [first, second].map(({ clientSecret }) => hashSecret(clientSecret)),
    );
  });

  test('has two secrets at most, and one where the others end at once', async () => {
    const { id } = await create();
    const hints: string[] = [];
    for (let count = 0; count < 3; count++) {
      now += 1_000;
      const { clientSecret, secrets } = (await call('POST', `/${id}/rotate-secret`)).json;
      hints.push(clientSecret.slice(-4));
      assert.deepEqual(
        secrets.map(({ hint }: { hint: string }) => hint),
        hints.slice(-2),
      );
    }
    now += 1_000;
    const last = (await call('POST', `/${id}/rotate-secret`, { oldUntil: 'now' })).json;
    assert.equal(last.secrets.length, 1);
    assert.equal((await call('POST', `/${id}/rotate-secret`, { oldUntil: 'then' })).status, 400);
    assert.equal((await call('GET', `/${id}`)).json.secrets.length, 1);
  });

  test('is rotated by a request without a body, or with one: the description says so', async () => {
    const { paths } = (await server().get('/openapi.json')).json;
    const { requestBody } = paths['/optio/v1/apps/{appId}/rotate-secret'].post;
    assert.equal(requestBody.required, false);
    assert.deepEqual(requestBody.content['application/json'].schema, { $ref: '#/components/schemas/RotationInput' });
    const { id } = await create();
    for (const body of [undefined, {}]) assert.equal((await call('POST', `/${id}/rotate-secret`, body)).status, 200);
  });

  test('of another account does not exist', async () => {
    for (const [method, path, body] of [
      ['GET', `/${FIRST_APP}`, undefined],
      ['PATCH', `/${FIRST_APP}`, { name: 'theirs' }],
      ['POST', `/${FIRST_APP}/rotate-secret`, undefined],
    ] as const) {
      const answer = await call(method, path, body, SECOND_TOKEN);
      assert.deepEqual([answer.status, answer.json.errors[0].code], [404, 'RESOURCE_UNKNOWN']);
    }
    assert.equal((await call('GET', `/${FIRST_APP}`)).json.name, 'Tests');
  });
});
