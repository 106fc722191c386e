/** What is said of operators, apps and installations in a seed that cannot be meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Seed, startOptio } from '../../src/index.ts';
import { startFor } from './client.ts';

const CLIENT_ID = '11111111-1111-4111-8111-111111111111';
const OTHER_ID = '22222222-2222-4222-8222-222222222222';
const APP = { id: 1, name: 'CRM', clientId: CLIENT_ID };
const OPERATOR = { email: 'ana@example.com', password: 'correct horse battery' };

const app = (fields: object): Seed => ({ accounts: [{ apps: [{ ...APP, ...fields }] }] });
const installed = (...installations: object[]) => ({ accounts: [{ apps: [APP], installations }] }) as unknown as Seed;
const operators = (...given: object[]) => ({ accounts: [{}], operators: given }) as unknown as Seed;

const FAULTS: readonly (readonly [Seed, RegExp])[] = [
  [app({ clientSecret: 'a b' }), /^"accounts\[0\]\.apps\[0\]\.clientSecret" could not be sent/],
  [
    app({ clientSecret: 'a', clientSecrets: [{ secret: 'b' }] }),
    /apps\[0\]" must have either clientSecret or clientSecrets/,
  ],
  [app({ clientSecrets: [{ hint: 'b' }] }), /clientSecrets\[0\]" must have either secret or sha256/],
  [app({ clientSecrets: ['a', 'b', 'c'].map((secret) => ({ secret })) }), /clientSecrets" were 3\. Allowed: 2 at most/],
  [installed({ clientId: OTHER_ID }), /installations\[0\]\.clientId" was 2222.*, which is no app of the seed/],
  [
    installed({ clientId: CLIENT_ID }, { clientId: CLIENT_ID }),
    /installations\[1\]\.clientId" is of an app that is installed/,
  ],
  [installed({ clientId: CLIENT_ID, scopes: [] }), /installations\[0\]\.scopes/],
  [
    installed({ clientId: CLIENT_ID, installedBy: 'eve@example.com' }),
    /installedBy" was "eve@example.com", which is no operator's/,
  ],
  [
    {
      accounts: [{ apps: [APP] }, { apps: [{ ...APP, clientId: OTHER_ID }], installations: [{ clientId: CLIENT_ID }] }],
    },
    /accounts\[1\]\.installations\[0\]\.clientId" is of an app with the id 1, which another app has/,
  ],
  [operators({ email: 'ana@example.com' }), /operators\[0\]\.password/],
  [operators({ ...OPERATOR, email: 'ana' }), /operators\[0\]\.email" was "ana", which is no e-mail address/],
  [operators({ ...OPERATOR, password: 'short' }), /operators\[0\]\.password" must have 12 to 256 characters, not 5/],
  [operators({ ...OPERATOR, totpSecret: 'no key' }), /operators\[0\]\.totpSecret" was no key/],
  [operators({ ...OPERATOR, accountIds: [5] }), /operators\[0\]\.accountIds" held 5, .* Allowed: 10000001/],
  [operators(OPERATOR, { ...OPERATOR, email: 'ANA@example.com' }), /operators\[1\]" has the id or the e-mail address/],
];

test('a seed whose operators, apps or installations cannot be meant is refused, with the place', async () => {
  for (const [seed, says] of FAULTS) await assert.rejects(startOptio({ seed }), { name: 'SeedFault', message: says });
});

test('both secrets of a rotation work, as long as they last', async (t) => {
  const now = '2026-01-01T09:00:00Z';
  const clientSecrets = [{ secret: 'the-old-one', expiresAt: '2026-01-01T10:00:00Z' }, { secret: 'the-new-one' }];
  const installations = [{ clientId: CLIENT_ID }];
  const optio = await startFor(t, { seed: { accounts: [{ apps: [{ ...APP, clientSecrets }], installations }] }, now });
  const statusWith = async (client_secret: string) => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT_ID, client_secret });
    return (await fetch(`${optio.url}/oauth/v1/token`, { method: 'POST', body })).status;
  };
  assert.deepEqual([await statusWith('the-old-one'), await statusWith('the-new-one')], [200, 200]);
  optio.clock.advance('PT1H');
  assert.deepEqual([await statusWith('the-old-one'), await statusWith('the-new-one')], [401, 200]);
});
