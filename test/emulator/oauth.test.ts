/** An integrator's own app is tested against the stand-in: from the link to the consent page to tokens that run out. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Optio, Seed } from '../../src/index.ts';
import { CONTROL, call, startFor, V4 } from './client.ts';

const CLIENT_ID = '11111111-1111-4111-8111-111111111111';
const CALLBACK = 'http://localhost:3000/oauth-callback';
const READ = 'communication_preferences.read';
const WRITE = 'communication_preferences.write';
const APP = {
  ...{ id: 111, name: 'CRM sync', clientId: CLIENT_ID, clientSecret: 'the-secret-of-the-app' },
  redirectUris: [CALLBACK],
};
const SEED: Seed = { accounts: [{ apps: [APP] }] };

const linkTo = (query: Readonly<Record<string, string>> = {}) =>
  `https://app.hubspot.com/oauth/authorize?${new URLSearchParams({
    ...{ client_id: CLIENT_ID, redirect_uri: CALLBACK, scope: READ, state: 'st4te' },
    ...query,
  })}`;

async function exchange(optio: Optio, fields: Record<string, string>) {
  const body = new URLSearchParams({ client_id: CLIENT_ID, client_secret: APP.clientSecret, ...fields });
  const answer = await fetch(`${optio.url}/oauth/v1/token`, { method: 'POST', body });
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of a body
  return { status: answer.status, body: (await answer.json()) as any };
}

async function tokensFor(optio: Optio, back: URL) {
  const code = back.searchParams.get('code')!;
  const { status, body } = await exchange(optio, { grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const definitions = (optio: Optio, token: string) => call({ url: optio.url, token }, 'GET', `${V4}/definitions`);

const start = (t: TestContext, seed: Seed = SEED) => startFor(t, { seed, now: '2026-01-01T09:00:00Z' });

test('a link becomes a code, the code tokens; they run out by the clock, and are refreshed', async (t) => {
  const optio = await start(t);
  const back = await optio.approve(linkTo());
  assert.equal(back.origin + back.pathname, CALLBACK);
  assert.equal(back.searchParams.get('state'), 'st4te');
  const tokens = await tokensFor(optio, back);
  assert.deepEqual([tokens.hub_id, tokens.user_id, tokens.scopes], [10000001, 40000001, [READ]]);
  assert.equal((await definitions(optio, tokens.access_token)).status, 200);

  optio.clock.advance('PT29M59S');
  assert.equal((await definitions(optio, tokens.access_token)).status, 200);
  optio.clock.advance('PT1S');
  const late = await definitions(optio, tokens.access_token);
  assert.deepEqual([late.status, late.body.category], [401, 'EXPIRED_AUTHENTICATION']);
  const { refresh_token } = tokens;
  const refreshed = await exchange(optio, { grant_type: 'refresh_token', refresh_token });
  assert.equal((await definitions(optio, refreshed.body.access_token)).status, 200);
});

test('a code is good for a minute of the clock', async (t) => {
  const optio = await start(t);
  const [late, inTime] = [await optio.approve(linkTo()), await optio.approve(linkTo())];
  optio.clock.advance('PT59S');
  await tokensFor(optio, inTime);
  optio.clock.advance('PT1S');
  const fields = { grant_type: 'authorization_code', code: late.searchParams.get('code')!, redirect_uri: CALLBACK };
  assert.equal((await exchange(optio, fields)).body.error, 'invalid_grant');
});

test('introspection tells times of the clock', async (t) => {
  const optio = await start(t);
  const { access_token } = await tokensFor(optio, await optio.approve(linkTo()));
  optio.clock.advance('PT10M');
  const body = new URLSearchParams({ client_id: CLIENT_ID, client_secret: APP.clientSecret, token: access_token });
  const shown = (await (
    await fetch(`${optio.url}/oauth/v3/token/introspect`, { method: 'POST', body })
  ).json()) as Record<string, number>;
  const issuedAt = Date.parse('2026-01-01T09:00:00Z') / 1_000;
  assert.deepEqual([shown.iat, shown.exp, shown.expires_in], [issuedAt, issuedAt + 1_800, 1_200]);
});

test('whoever approves chooses the account, leaves scopes out, or refuses', async (t) => {
  const seed: Seed = {
    accounts: [{ apps: [APP] }, { id: 62515 }, { id: 62516 }],
    operators: [
      { email: 'ana@example.com', password: 'correct horse battery', accountIds: [62516, 62515] },
      { email: 'bob@example.com', password: 'staple battery horse', totpSecret: 'JBSWY3DPEHPK3PXP' },
    ],
  };
  const optio = await start(t, seed);
  const link = linkTo({ scope: READ, optional_scope: `${WRITE} crm.objects.contacts.read` });
  const first = await tokensFor(optio, await optio.approve(link));
  assert.deepEqual([first.hub_id, first.user_id], [62515, 40000001]);
  const chosen = { operator: 'bob@example.com', accountId: 62516, leaveOut: [WRITE] };
  const second = await tokensFor(optio, await optio.approve(new URL(link), chosen));
  assert.deepEqual([second.hub_id, second.user_id, second.scopes], [62516, 40000002, [READ]]);
  const refused = await optio.approve(link, { refuse: true });
  assert.deepEqual(
    [...refused.searchParams].filter(([name]) => ['error', 'state'].includes(name)),
    [
      ['error', 'access_denied'],
      ['state', 'st4te'],
    ],
  );
  const rejections = [
    [
      () => optio.approve(link, { accountId: 1 }),
      /^ApprovalFault: The operator may not act for 1\. Allowed: 62515, 62516\.$/,
    ],
    [
      () => optio.approve(link, { operator: 'eve@example.com' }),
      /no operator eve@example\.com\. Allowed: ana@.*, bob@/,
    ],
    [
      () => optio.approve(link, { leaveOut: [READ] }),
      /no optional scope of the request\. Allowed: communication_pref.*write/,
    ],
    [
      () => optio.approve(linkTo({ client_id: 'x' })),
      /Nobody is led back to the app\. The page says: .*client is invalid/,
    ],
    [() => optio.approve(linkTo({ redirect_uri: 'http://localhost/' })), /Nobody is led back .*redirect_uri/],
    [() => optio.approve(link, { account: 62515 } as object), /approve\(\) cannot be meant\. "account" is not known/],
    [() => optio.approve('nonsense'), /"nonsense" is no URL/],
  ] as const;
  for (const [rejected, says] of rejections) await assert.rejects(rejected(), says);
});

test('a whole suite may approve, without a reset and with the clock standing still', async (t) => {
  const optio = await start(t);
  for (let count = 0; count < 40; count += 1) await optio.approve(linkTo());
  optio.clock.advance('P1D');
  assert.ok((await optio.approve(linkTo())).searchParams.get('code'));
  await optio.reset();
  assert.ok((await optio.approve(linkTo())).searchParams.get('code'));
});

test('an app that the seed installs has tokens for its credentials, and the seed stays what it was', async (t) => {
  const seed: Seed = {
    accounts: [
      {
        apps: [APP],
        installations: [{ clientId: CLIENT_ID, scopes: [READ], installedBy: 'ana@example.com' }],
      },
      { apps: [], installations: [] },
    ],
    operators: [{ email: 'ana@example.com', password: 'correct horse battery' }],
  };
  await assert.rejects(start(t, seed), /accounts\[1\]\.apps/);
  const optio = await start(t, { ...seed, accounts: seed.accounts.slice(0, 1) });
  const { body } = await exchange(optio, { grant_type: 'client_credentials' });
  assert.equal((await definitions(optio, body.access_token)).status, 200);
  const { accounts, operators } = await optio.state();
  const createdAt = '2026-01-01T09:00:00.000Z';
  assert.deepEqual(accounts[0]!.installations, [
    {
      ...{ clientId: CLIENT_ID, scopes: [READ], installedBy: 'ana@example.com' },
      ...{ installedAt: createdAt, updatedAt: createdAt },
    },
  ]);
  assert.deepEqual(accounts[0]!.apps![0]!.clientSecrets, [{ secret: APP.clientSecret, createdAt, expiresAt: null }]);
  assert.deepEqual(operators, [
    { email: 'ana@example.com', password: 'correct horse battery', id: 40000001, createdAt },
  ]);
});

test('over HTTP: an approval for suites in other languages', async (t) => {
  const optio = await start(t);
  const path = `${CONTROL}/approve`;
  const { status, body } = await call(optio, 'POST', path, { url: linkTo() });
  assert.equal(status, 200);
  await tokensFor(optio, new URL(body.redirectUrl));
  const wrong = await call(optio, 'POST', path, { url: linkTo({ client_id: 'x' }) });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.message, /^Nobody is led back to the app\. The page says: This request cannot be answered /);
});
