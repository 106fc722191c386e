/** What an emulator tells of its state, planted again, is that state, whatever was done to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Optio, type Seed, startOptio } from '../../src/index.ts';
import { call, pathOf, read, V4, write } from './client.ts';

const EMAILS = ['ada@example.com', 'Grace@Example.com', 'ünal@bücher.example'];
const EVIDENCE = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Said so.' };

const LOOKS = [
  { accentColor: '#1F6FEB', languages: ['de'], texts: { de: { name: 'Draußen' } } },
  { accentColor: null, languages: null, texts: { de: { name: null, footer: 'Bis bald' } } },
];

const SCOPES_GIVEN = [['communication_preferences.read'], ['subscriptions-status-write', 'optio.admin']];
const CALLBACK = 'https://app.example.com/oauth-callback';
/** Of another account than the one that installs it. */
const GUEST = {
  ...{ id: 111, name: 'Guest', clientId: '11111111-1111-4111-8111-111111111111', redirectUris: [CALLBACK] },
  clientSecret: 'the-secret-of-the-guest',
};
const SEED: Seed = {
  accounts: [{}, { apps: [GUEST] }],
  operators: [
    { email: 'ana@example.com', password: 'correct horse battery', accountIds: [10000001] },
    { email: 'Bob@example.com', password: 'staple battery horse', totpSecret: 'JBSWY3DPEHPK3PXP' },
  ],
};

/** Something that a client or an operator does; `pick` chooses among what there is. */
const act = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    email: fc.constantFrom(...EMAILS),
    pick: fc.nat(),
    statusState: fc.constantFrom('SUBSCRIBED', 'UNSUBSCRIBED', 'NOT_SPECIFIED'),
    evidence: fc.constantFrom({}, EVIDENCE, { ...EVIDENCE, legalBasisExplanation: 'Said so again.' }),
  }),
  fc.record({ kind: fc.constant('opt-out' as const), email: fc.constantFrom(...EMAILS), pick: fc.nat() }),
  fc.record({ kind: fc.constant('erase-and-come-back' as const), email: fc.constantFrom(...EMAILS) }),
  fc.record({ kind: fc.constant('definition' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('brand' as const) }),
  fc.record({ kind: fc.constant('look' as const), pick: fc.nat(), look: fc.constantFrom(...LOOKS) }),
  fc.record({ kind: fc.constant('token' as const), allowedNetworks: fc.constantFrom([], ['127.0.0.1', '::/0']) }),
  fc.record({ kind: fc.constant('app' as const), pick: fc.nat() }),
  fc.record({
    kind: fc.constant('client-secret' as const),
    pick: fc.nat(),
    old: fc.constantFrom('now', '2026-01-03', '2031-01-01'),
  }),
  fc.record({ kind: fc.constant('install' as const), pick: fc.nat(), scopes: fc.constantFrom(...SCOPES_GIVEN) }),
  fc.record({ kind: fc.constant('uninstall' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('approve' as const), scope: fc.constantFrom(...SCOPES_GIVEN.flat()) }),
  fc.record({ kind: fc.constant('switch' as const), pick: fc.nat(), isActive: fc.boolean() }),
  fc.record({
    kind: fc.constant('settings' as const),
    dataPrivacy: fc.boolean(),
    mailRule: fc.constantFrom('opt-in', 'unless-opted-out'),
    keepEvidenceMonths: fc.constantFrom(null, 36),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 86_400_000) }),
);
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

/** Refusals are welcome: they change nothing. */
async function perform(optio: Optio, wanted: Act): Promise<void> {
  const ids = async (things: string): Promise<number[]> => {
    const { body } = await call(optio, 'GET', `/optio/v1/${things}`);
    return body.results.map(({ id }: { id: number }) => id);
  };
  const choose = async (things: string, pick: number) => {
    const all = await ids(things);
    return all[pick % all.length]!;
  };
  switch (wanted.kind) {
    case 'write': {
      const subscriptionId = await choose('definitions', wanted.pick);
      await write(optio, wanted.email, { subscriptionId, statusState: wanted.statusState, ...wanted.evidence });
      return;
    }
    case 'opt-out': {
      const brand = await choose('brands', wanted.pick);
      const scope = wanted.pick % 2 === 0 ? '' : `&businessUnitId=${brand}`;
      await call(optio, 'POST', `${pathOf(wanted.email)}/unsubscribe-all?channel=EMAIL${scope}`);
      return;
    }
    case 'erase-and-come-back':
      await call(optio, 'DELETE', `/optio/v1/subscribers/${encodeURIComponent(wanted.email)}?reason=asked`);
      await call(optio, 'POST', `${pathOf(wanted.email)}/unsubscribe-all?channel=EMAIL`);
      return;
    case 'definition': {
      const businessUnitId = await choose('brands', wanted.pick);
      await call(optio, 'POST', '/optio/v1/definitions', { name: 'Another', businessUnitId });
      return;
    }
    case 'brand':
      await call(optio, 'POST', '/optio/v1/brands', { name: 'Another' });
      return;
    case 'look': {
      const id = await choose('brands', wanted.pick);
      await call(optio, 'PATCH', `/optio/v1/brands/${id}`, { look: wanted.look });
      return;
    }
    case 'token':
      await call(optio, 'POST', '/optio/v1/tokens', { name: 'Another', allowedNetworks: wanted.allowedNetworks });
      return;
    case 'app': {
      const id = await choose('apps', wanted.pick);
      await call(optio, 'PATCH', `/optio/v1/apps/${id}`, { redirectUris: [`https://example.com/${wanted.pick}`] });
      return;
    }
    case 'client-secret': {
      const id = await choose('apps', wanted.pick);
      await call(optio, 'POST', `/optio/v1/apps/${id}/rotate-secret`, { oldUntil: wanted.old });
      return;
    }
    case 'install': {
      const id = await choose('apps', wanted.pick);
      await call(optio, 'POST', '/optio/v1/installations', { appId: id, scopes: wanted.scopes });
      return;
    }
    case 'uninstall': {
      const { body } = await call(optio, 'GET', '/optio/v1/installations');
      const { clientId } = body.results[wanted.pick % body.results.length] ?? GUEST;
      await call(optio, 'DELETE', `/optio/v1/installations/${clientId}`);
      return;
    }
    case 'approve': {
      const query = new URLSearchParams({ client_id: GUEST.clientId, redirect_uri: CALLBACK, scope: wanted.scope });
      await optio.approve(`https://app.hubspot.com/oauth/authorize?${query}`);
      return;
    }
    case 'switch': {
      const id = await choose('definitions', wanted.pick);
      await call(optio, 'PATCH', `/optio/v1/definitions/${id}`, { isActive: wanted.isActive });
      return;
    }
    case 'settings': {
      const { kind, ...settings } = wanted;
      await call(optio, 'PATCH', '/optio/v1/account', settings);
      return;
    }
    case 'wait':
      optio.clock.advance(wanted.ms);
  }
}

/** All that can be asked about contacts and their set-up, without what tells one answer from another. */
async function everythingThatReads(optio: Optio): Promise<unknown[]> {
  const answers = [await call(optio, 'GET', `${V4}/definitions?includeTranslations=true`)];
  for (const email of EMAILS) {
    answers.push(await read(optio, email));
    answers.push(await call(optio, 'GET', `${pathOf(email)}/unsubscribe-all?channel=EMAIL`));
  }
  return answers.map(({ body }) => body.results);
}

test('the state that is told is a seed of the same state', async (t) => {
  const optio = await startOptio({ seed: SEED, now: '2026-01-01' });
  const again = await startOptio({ now: '2030-01-01' });
  t.after(() => Promise.all([optio.stop(), again.stop()]));
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      await optio.reset();
      for (const each of acts) await perform(optio, each);
      const state = await optio.state();
      await again.reset(JSON.parse(JSON.stringify(state)));
      assert.deepEqual(await again.state(), state);
      assert.deepEqual(await everythingThatReads(again), await everythingThatReads(optio));
    }),
    { numRuns: 60, endOnFailure: false },
  );
});
