/** New tokens in place of old ones, and when tokens were last used, as the management API shows it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXPIRED_TOKEN, FULL_TOKEN, REVOKED_TOKEN, SECOND_TOKEN } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { type Answer, assertRefused, useServer, V4 } from './support/server.ts';

const HOUR = 3_600_000;
const UNAUTHENTICATED = { status: 401, category: 'INVALID_AUTHENTICATION', code: 'TOKEN_UNKNOWN', in: 'Authorization' };
const iso = (instant: number) => new Date(instant).toISOString();

onEveryEngine('A token that is rotated', (engine) => {
  let now = Date.parse('2026-05-04T03:02:01.234Z');
  const server = useServer(engine, { clock: () => now });

  const create = async (fields: object = {}) =>
    (await server().post('/optio/v1/tokens', { name: 'crm', ...fields })).json;
  const rotate = (id: string, body?: object, token = FULL_TOKEN) =>
    server().post(`/optio/v1/tokens/${id}/rotate`, body, { token });
  const use = (token: string): Promise<Answer> => server().get(`${V4}/definitions`, { token });

  async function assertExpired(token: string, at: number): Promise<void> {
    const answer = await use(token);
    const seconds = Math.floor((now - at) / 1_000);
    assertRefused(answer, {
      ...{ status: 401, category: 'EXPIRED_AUTHENTICATION', code: 'TOKEN_EXPIRED', in: 'Authorization' },
      message: `The OAuth token used to make this call expired ${seconds} second(s) ago.`,
    });
    assert.deepEqual(answer.json.context, { 'expire time': [iso(at)] });
  }

  test('is another under the same id, and the old one works for a day', async () => {
    const { token: old, ...made } = await create({ scopes: ['communication_preferences.read'] });
    assert.equal((await use(old)).status, 200);
    now += HOUR;
    const answer = await rotate(made.id);
    assert.equal(answer.status, 200);
    const { token, ...rotated } = answer.json;
    assert.match(token, /^pat-opt1-[0-9a-f-]{36}$/);
    assert.notEqual(token, old);
    const endsAt = now + 24 * HOUR;
    const changed = { hint: token.slice(-4), rotatedAt: iso(now), oldSecret: { hint: made.hint, endsAt: iso(endsAt) } };
    assert.deepEqual({ ...rotated, lastUsedAt: null }, { ...made, ...changed });
    const shown = await server().get(`/optio/v1/tokens/${made.id}`);
    assert.deepEqual({ ...shown.json, lastUsedAt: null }, { ...made, ...changed });
    assert.ok(!shown.text.includes(token) && !shown.text.includes(old));
    for (const secret of [token, old]) assert.equal((await use(secret)).status, 200);
    now = endsAt - 1;
    assert.equal((await use(old)).status, 200);
    now = endsAt;
    await assertExpired(old, endsAt);
    assert.equal((await use(token)).status, 200);
  });

  test('works no more from the instant that is named, or at once', async () => {
    const { token: first, id } = await create();
    const endsAt = now + 5_000;
    const second = (await rotate(id, { oldUntil: iso(endsAt) })).json.token;
    assert.equal((await use(first)).status, 200);
    now = endsAt + 1_500;
    await assertExpired(first, endsAt);
    await rotate(id, { oldUntil: 'now' });
    await assertExpired(second, now);
  });

  test('leaves two that work at most: a second rotation ends the oldest', async () => {
    const { token: first, id } = await create();
    const second = (await rotate(id, {})).json.token;
    now += 1_000;
    const third = (await rotate(id)).json.token;
    await assertExpired(first, now);
    for (const secret of [second, third]) assert.equal((await use(secret)).status, 200);
  });

  test('ends, old and new, when it is revoked or its own end has come', async () => {
    const expiresAt = now + HOUR;
    const { token: old, id } = await create({ expiresAt: iso(expiresAt) });
    const { token } = (await rotate(id)).json;
    const other = await create();
    const otherNew = (await rotate(other.id)).json.token;
    await server().request('DELETE', `/optio/v1/tokens/${other.id}`);
    for (const secret of [other.token, otherNew]) {
      assertRefused(await use(secret), { ...UNAUTHENTICATED, message: /^Authentication credentials not found\. / });
    }
    now = expiresAt;
    for (const secret of [old, token]) await assertExpired(secret, expiresAt);
  });

  test('is refused where it has ended, or is not the account’s', async () => {
    const all = (await server().get('/optio/v1/tokens')).json.results;
    const idOf = (token: string) => all.find(({ hint }: { hint: string }) => hint === token.slice(-4)).id;
    const conflict = { status: 409, category: 'CONFLICT', code: 'TOKEN_ENDED' };
    assertRefused(await rotate(idOf(REVOKED_TOKEN)), {
      ...conflict,
      message: `The token ${idOf(REVOKED_TOKEN)} was revoked: create another one.`,
    });
    assertRefused(await rotate(idOf(EXPIRED_TOKEN)), {
      ...conflict,
      message: `The token ${idOf(EXPIRED_TOKEN)} has expired: create another one.`,
    });
    const { id } = await create();
    for (const answer of [await rotate(id, {}, SECOND_TOKEN), await rotate('nonsense')]) {
      assert.deepEqual([answer.status, answer.json.errors[0].code], [404, 'RESOURCE_UNKNOWN']);
    }
    for (const oldUntil of ['yesterday', '', 5, null, iso(now - 1)]) {
      const answer = await rotate(id, { oldUntil });
      assert.deepEqual([answer.status, answer.json.errors[0].in], [400, 'oldUntil'], String(oldUntil));
    }
    assert.equal((await server().get(`/optio/v1/tokens/${id}`)).json.rotatedAt, null);
  });

  test('rotated many times at once, gives one a new secret after the other', async () => {
    const { id } = await create();
    const answers = await Promise.all(Array.from({ length: 5 }, () => rotate(id)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    now += 1_000;
    const works = await Promise.all(answers.map(async ({ json }) => (await use(json.token)).status));
    assert.deepEqual(works.sort(), [200, 200, 401, 401, 401]);
  });

  test('shows the minute of its last use, by whichever secret; refused uses are none', async () => {
    const { token: old, id } = await create();
    const { context } = server();
    const lastUsedAt = async () => {
      await context.tokenUses.write();
      return (await server().get(`/optio/v1/tokens/${id}`)).json.lastUsedAt;
    };
    assert.equal(await lastUsedAt(), null);
    now = Date.parse('2027-01-01T10:20:59.999Z');
    await use(old);
    assert.equal(await lastUsedAt(), '2027-01-01T10:20:00.000Z');
    now += 1;
    await rotate(id);
    await use(old);
    assert.equal(await lastUsedAt(), '2027-01-01T10:21:00.000Z');
    await server().request('DELETE', `/optio/v1/tokens/${id}`);
    now += HOUR;
    await use(old);
    assert.equal(await lastUsedAt(), '2027-01-01T10:21:00.000Z');
  });
});
