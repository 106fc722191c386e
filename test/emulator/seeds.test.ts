/** Seeds: what they make, and what is said of those that cannot be meant. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import type { XStatic } from 'typebox/schema';
import { PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { replay } from '../../src/domain/ledger.ts';
import type { SEED_SCHEMA } from '../../src/emulator/seed-schema.ts';
import { World } from '../../src/emulator/world.ts';
import { type Seed, startOptio } from '../../src/index.ts';
import { CONTROL, call, pathOf, read, startFor, states, V4, write } from './client.ts';

/** The compiler holds the two descriptions of a seed against each other. */
export const described: (seed: XStatic<typeof SEED_SCHEMA>) => Seed = (seed) => seed;
export const written: (seed: Seed) => { readonly accounts: readonly object[] } = (seed) => seed;

/** The seed that docs/emulator.md shows. */
async function documented(): Promise<Seed> {
  const page = await readFile(new URL('../../docs/emulator.md', import.meta.url), 'utf8');
  return JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!);
}

test('the documented seed is there as it says', async (t) => {
  const optio = await startFor(t, { seed: await documented(), now: '2026-06-01' });
  assert.equal(optio.token, 'pat-opt1-for-the-crm');
  const definitions = (await call(optio, 'GET', `${V4}/definitions`)).body.results;
  assert.deepEqual(
    definitions.map(({ id, businessUnitId, isActive }: Record<string, unknown>) => [id, businessUnitId, isActive]),
    [
      ['39644612', 0, true],
      ['39644613', 7, true],
      ['39644614', 0, false],
    ],
  );
  const [newsletter, trail] = (await read(optio, 'ada@example.com')).body.results;
  assert.partialDeepStrictEqual(newsletter, {
    status: 'SUBSCRIBED',
    source: 'Public status API, App ID:111',
    legalBasis: 'CONSENT_WITH_NOTICE',
    legalBasisExplanation: 'Ticked the box in our shop.',
    timestamp: '2026-01-02T03:04:05.000Z',
  });
  assert.partialDeepStrictEqual(trail, { status: 'UNSUBSCRIBED', timestamp: '2026-02-01T00:00:00.000Z' });
  assert.deepEqual(await states(optio, 'grace@example.com'), ['UNSUBSCRIBED', 'UNSUBSCRIBED']);
  const refused = await write(optio, 'ada@example.com', { subscriptionId: 39644613 });
  assert.equal(refused.body.errors[0].code, 'LEGAL_BASIS_REQUIRED');
  const reader = { ...optio, url: optio.url, token: 'pat-opt1-read-only' };
  assert.equal((await read(reader, 'ada@example.com')).status, 200);
  assert.equal((await write(reader, 'ada@example.com')).status, 403);
});

test('what contacts said is refused by nothing that came later, and stands in a ledger that holds', async (t) => {
  const seed: Seed = {
    accounts: [
      {
        dataPrivacy: true,
        mailRule: 'unless-opted-out',
        definitions: [
          { id: 1, name: 'News' },
          { id: 2, name: 'Old', isActive: false },
        ],
        contacts: [
          {
            email: 'ada@example.com',
            changes: [
              { subscriptionId: 2, status: 'SUBSCRIBED', source: 'Form on the old site' },
              { optOutOfAll: true },
              { subscriptionId: 1, status: 'SUBSCRIBED' },
            ],
          },
        ],
      },
    ],
  };
  const optio = await startFor(t, { seed, now: '2026-01-01' });
  assert.deepEqual(await states(optio, 'ada@example.com'), ['SUBSCRIBED']);
  const changes = (await optio.state()).accounts[0]!.contacts![0]!.changes;
  assert.deepEqual(
    changes.map(({ timestamp }) => timestamp),
    ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.002Z'],
  );
  assert.equal(changes[0]!.source, 'Form on the old site');
  assert.deepEqual(changes[2]!.leavesUnsubscribed, [2]);
  const world = await World.create({ seed, now: 0, faults: {} }, { url: '' });
  t.after(() => world.end());
  const { subscribers } = world.context.store;
  const [ada] = await subscribers.scan(null, 2);
  const events = await subscribers.history(ada!.ref, 10);
  assert.equal(events.length, 3);
  assert.deepEqual(replay(events.reverse()), ada!.state);
});

test('the published schema takes the documented seed, and refuses what startOptio refuses', async () => {
  const published = await readFile(new URL('../../schemas/seed.schema.json', import.meta.url), 'utf8');
  const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(published));
  assert.ok(validate(await documented()), JSON.stringify(validate.errors));
  assert.ok(!validate({ accounts: [{ definitons: [] }] }));
});

test('a brand of a seed has the look that the seed gives it, and a plain one otherwise', async (t) => {
  const look = { accentColor: '#1F6FEB', texts: { de: { name: 'Draußen' } } };
  const seed: Seed = { accounts: [{ brands: [{ id: 7, name: 'Acme Outdoor', look }] }] };
  const optio = await startFor(t, { seed });
  const outdoor = (await call(optio, 'GET', '/optio/v1/brands/7')).body.look;
  assert.deepEqual(outdoor, { ...PLAIN_LOOK, ...look, accentColor: '#1f6feb' });
  assert.deepEqual((await call(optio, 'GET', '/optio/v1/brands/0')).body.look, PLAIN_LOOK);
  const [own, told] = (await optio.state()).accounts[0]!.brands!;
  assert.ok(!('look' in own!));
  assert.deepEqual(told!.look, { ...look, accentColor: '#1f6feb' });
});

test('accounts do not see each other', async (t) => {
  const contact = { email: 'ada@example.com', changes: [{ optOutOfAll: true as const }] };
  const seed = { accounts: [{ contacts: [contact] }, { tokens: [{ token: 'pat-of-the-other' }] }] };
  const optio = await startFor(t, { seed });
  assert.deepEqual(await states(optio, 'ada@example.com'), ['UNSUBSCRIBED', 'UNSUBSCRIBED', 'UNSUBSCRIBED']);
  const other = { url: optio.url, token: 'pat-of-the-other' };
  assert.deepEqual(await states(other, 'ada@example.com'), ['NOT_SPECIFIED', 'NOT_SPECIFIED', 'NOT_SPECIFIED']);
  assert.equal((await call(other, 'GET', '/optio/v1/account')).body.id, 10000002);
});

const account = (fields: object) => ({ accounts: [fields] });
const changes = (...of: object[]) => account({ contacts: [{ email: 'ada@example.com', changes: of }] });
const CHANGE = 'accounts[0].contacts[0].changes';

/** What is wrong with a seed, where, and how it is told. */
const FAULTS: readonly [seed: unknown, where: string | undefined, message: RegExp][] = [
  [[], undefined, /The seed was \[\]\. Allowed: a JSON object with "accounts"/],
  [{}, 'accounts', /Missing: the field "accounts"/],
  [{ accounts: [] }, 'accounts', /"accounts" held 0 entries\. Allowed: an array of at least 1 entry/],
  [account({ definitons: [] }), 'accounts[0].definitons', /is not known\. Allowed there: id, name, .*definitions/],
  [account({ name: ' ' }), 'accounts[0].name', /"accounts\[0\]\.name" must not be empty/],
  [account({ createdAt: 'today' }), 'accounts[0].createdAt', /was "today", which is no instant\. Allowed: ISO 8601/],
  [{ accounts: [{ id: 5 }, { id: 5 }] }, 'accounts[1].id', /is the same as accounts\[0\]\.id/],
  [
    { accounts: [{}, { tokens: [{ token: 'pat-opt1-00000000-0000-4000-8000-000000000000' }] }] },
    'accounts[1].tokens[0]',
    /is the same as accounts\[0\]\.tokens\[0\]/,
  ],
  [
    account({ definitions: [{ id: 1, name: 'a' }, { name: 'b' }] }),
    'accounts[0].definitions[1].id',
    /Missing: the field/,
  ],
  [
    account({ definitions: [{ id: 'x', name: 'a' }] }),
    'accounts[0].definitions[0].id',
    /was "x"\. Allowed: a whole number/,
  ],
  [
    account({ definitions: [{ id: 1, name: 'a', businessUnitId: 9 }] }),
    'accounts[0].definitions[0].businessUnitId',
    /was 9, which is no brand/,
  ],
  [
    account({ definitions: [{ id: 1, name: 'a', translations: [{ languageCode: '?', name: 'b' }] }] }),
    'accounts[0].definitions[0].translations[0].languageCode',
    /must be a BCP 47/,
  ],
  [
    account({ brands: [{ id: 7, name: 'a', look: { accentColor: 'red' } }] }),
    'accounts[0].brands[0].look.accentColor',
    /must be a colour as #rrggbb/,
  ],
  [
    account({ brands: [{ id: 7, name: 'a', look: { texts: { de: { headline: 'b' } } } }] }),
    'accounts[0].brands[0].look.texts.de.headline',
    /is not known\. Allowed there: name, introduction, consent, footer, imprint/,
  ],
  [account({ tokens: [{}] }), 'accounts[0].tokens[0]', /must have either token or sha256/],
  [account({ tokens: [{ token: 'a b' }] }), 'accounts[0].tokens[0].token', /could not be sent/],
  [account({ tokens: [{ sha256: 'ab' }] }), 'accounts[0].tokens[0].sha256', /64 hexadecimal digits/],
  [account({ tokens: [{ token: 'a', id: 'b' }] }), 'accounts[0].tokens[0].id', /was no UUID/],
  [account({ tokens: [{ token: 'a', appId: 3 }] }), 'accounts[0].tokens[0].appId', /Allowed: 20000001/],
  [
    account({ tokens: [{ token: 'a', allowedNetworks: ['::1', 'home'] }] }),
    'accounts[0].tokens[0].allowedNetworks[1]',
    /must be a network such as/,
  ],
  [account({ apps: [{ id: 1, name: 'a', clientId: 'b' }] }), 'accounts[0].apps[0].clientId', /was no UUID/],
  [
    account({ apps: [{ id: 1, name: 'a', redirectUris: ['http://example.com/'] }] }),
    'accounts[0].apps[0].redirectUris[0]',
    /must begin with https/,
  ],
  [account({ tokens: [{ token: 'a', scopes: ['all'] }] }), 'accounts[0].tokens[0].scopes[0]', /was "all"/],
  [
    account({ contacts: [{ email: 'ada', changes: [] }] }),
    'accounts[0].contacts[0].email',
    /was "ada", which is no e-mail address/,
  ],
  [
    account({ contacts: ['ada', 'ADA'].map((name) => ({ email: `${name}@example.com`, changes: [] })) }),
    'accounts[0].contacts[1].email',
    /is the same as accounts\[0\]\.contacts\[0\]\.email/,
  ],
  [changes({ status: 'SUBSCRIBED' }), `${CHANGE}[0]`, /must have either subscriptionId and status, or optOutOfAll/],
  [changes({ optOutOfAll: true, subscriptionId: 30000001, status: 'SUBSCRIBED' }), `${CHANGE}[0]`, /must have either/],
  [changes({ optOutOfAll: true, status: 'SUBSCRIBED' }), `${CHANGE}[0]`, /must have either/],
  [changes({ optOutOfAll: true, erased: true }), `${CHANGE}[0]`, /must have either/],
  [changes({ erased: true, reason: 'of a@b.org' }), `${CHANGE}[0].reason`, /must name no e-mail address/],
  [
    changes({ subscriptionId: 4, status: 'SUBSCRIBED' }),
    `${CHANGE}[0].subscriptionId`,
    /was 4, .* Allowed: 30000001, 30000002, 30000003/,
  ],
  [
    changes({ optOutOfAll: true, businessUnitId: 4 }),
    `${CHANGE}[0].businessUnitId`,
    /was 4, which is no brand of the account. Allowed: 0/,
  ],
  [changes({ optOutOfAll: true, appId: 4 }), `${CHANGE}[0].appId`, /was 4, which is no app/],
  [
    changes({ optOutOfAll: true }, { subscriptionId: 30000001, status: 'NOT_SPECIFIED' }),
    `${CHANGE}[1].status`,
    /would undo the opt-out/,
  ],
  [
    changes({ optOutOfAll: true, timestamp: '2026-01-02' }, { optOutOfAll: true, timestamp: '2026-01-02' }),
    `${CHANGE}[1].timestamp`,
    /Allowed: an instant after the change before it/,
  ],
];

test('a seed that cannot be meant is refused, with its place, and nothing changes', async (t) => {
  const optio = await startFor(t);
  await write(optio, 'ada@example.com');
  for (const [seed, where, message] of FAULTS) {
    const refused = await call(optio, 'POST', `${CONTROL}/reset`, seed);
    assert.equal(refused.status, 400, JSON.stringify(seed));
    assert.equal(refused.body.errors[0].in, where ?? 'body', refused.body.message);
    if (where) assert.match(refused.body.message, message);
    await assert.rejects(startOptio({ seed: seed as Seed }), { message });
    await assert.rejects(optio.reset(seed as Seed), { message });
  }
  assert.deepEqual(await states(optio, 'ada@example.com'), ['SUBSCRIBED', 'NOT_SPECIFIED', 'NOT_SPECIFIED']);
  assert.equal(optio.requests().at(-1)?.path, `${pathOf('ada@example.com')}?channel=EMAIL`);
});

test('networks, client ids and redirect URIs are there as a seed says, and told in the state', async (t) => {
  const clientId = '5e0d3b52-7c2f-4a19-9f0e-2f6a1c1b7d11';
  const redirectUris = ['https://crm.example.com/cb'];
  const seed: Seed = {
    accounts: [
      {
        apps: [{ id: 5, name: 'CRM', clientId, redirectUris }],
        tokens: [{ token: 'everywhere' }, { token: 'elsewhere', allowedNetworks: ['192.0.2.7', '2001:DB8::/32'] }],
      },
    ],
  };
  const optio = await startFor(t, { seed });
  assert.equal((await read(optio, 'ada@example.com')).status, 200);
  const elsewhere = await read({ ...optio, url: optio.url, token: 'elsewhere' }, 'ada@example.com');
  assert.equal(elsewhere.body.errors[0].code, 'NETWORK_NOT_ALLOWED');
  const state = await optio.state();
  const [account] = state.accounts;
  assert.partialDeepStrictEqual(account?.apps?.[0], { clientId, redirectUris });
  assert.deepEqual(account?.tokens?.[1]?.allowedNetworks, ['192.0.2.7/32', '2001:db8::/32']);
});

test('what is created after a state was given back has ids that the state does not have', async (t) => {
  const optio = await startFor(t);
  await optio.reset(await optio.state());
  const created = await call(optio, 'POST', '/optio/v1/apps', { name: 'CRM', id: 5 });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  assert.equal((await call(optio, 'POST', '/optio/v1/tokens', { name: 'crm', appId: 5 })).status, 201);
});
