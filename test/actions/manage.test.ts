/** Managing an account's set-up on a real store: rivals, clocks that stand still, ids that are taken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrap } from '../../src/actions/bootstrap.ts';
import { createAccount, listAccounts, updateAccount } from '../../src/actions/manage-accounts.ts';
import { createApp } from '../../src/actions/manage-apps.ts';
import { createBrand, updateBrand } from '../../src/actions/manage-brands.ts';
import { createDefinition, findDefinition, updateDefinition } from '../../src/actions/manage-definitions.ts';
import { listLinkKeys, rotateLinkKey } from '../../src/actions/manage-link-keys.ts';
import { type Management, type ManageOutcome, managementOf } from '../../src/actions/manage-outcome.ts';
import { createToken, listTokens, revokeToken } from '../../src/actions/manage-tokens.ts';
import { putTranslation } from '../../src/actions/manage-translations.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { CatalogStore } from '../../src/storage/port.ts';

interface Setting extends Management {
  readonly accountId: number;
  cleared: number;
}

/** An account in memory, at a clock that stands still. */
async function setUp(t: { after(work: () => unknown): void }, now = 1_000): Promise<Setting> {
  const store = await openStore('sqlite::memory:');
  t.after(() => store.close());
  await store.migrate();
  const setting = {
    ...managementOf(store),
    clock: () => now,
    catalogs: {
      clear: () => {
        setting.cleared += 1;
      },
    },
    cleared: 0,
    accountId: 1,
  };
  assertDone(await createAccount(setting, { id: 1, name: ' Acme ' }));
  setting.cleared = 0;
  return setting;
}

function assertDone<Value>(outcome: ManageOutcome<Value>): Value {
  assert.equal(outcome.kind, 'done', JSON.stringify(outcome));
  return outcome.value;
}

function assertRefused(outcome: ManageOutcome<unknown>, refusal: object): void {
  assert.equal(outcome.kind, 'refused');
  for (const [key, value] of Object.entries(refusal)) assert.deepEqual((outcome.refusal as never)[key], value);
}

/** The same, with a catalog that behaves otherwise in one method. */
function withCatalog(setting: Setting, otherwise: Partial<CatalogStore>): Management {
  const catalog = new Proxy(setting.store.catalog, {
    get: (target, name) => {
      const own = otherwise[name as keyof CatalogStore] ?? target[name as keyof CatalogStore];
      return typeof own === 'function' ? (own as () => unknown).bind(target) : own;
    },
  });
  return { ...setting, store: { ...setting.store, catalog } };
}

test('every change moves updatedAt on, also where the clock stands still, and clears the cache', async (t) => {
  const setting = await setUp(t);
  const { id, updatedAt } = assertDone(await createDefinition(setting, 1, { name: 'News', purpose: 'Marketing' }));
  const first = assertDone(await updateDefinition(setting, 1, id, { name: 'Newsletter' }));
  const second = assertDone(await putTranslation(setting, 1, id, 'de', { name: 'Rundbrief' }));
  assert.deepEqual([updatedAt, first.updatedAt, second.updatedAt], [1_000, 1_001, 1_002]);
  assert.equal(setting.cleared, 3);
  const account = assertDone(await updateAccount(setting, 1, { dataPrivacy: true }));
  assert.deepEqual([account.name, account.updatedAt], ['Acme', 1_001]);
});

test('a change that changes nothing is not written', async (t) => {
  const setting = await setUp(t);
  const before = await setting.store.catalog.revision();
  assertDone(await updateAccount(setting, 1, { name: 'Acme', dataPrivacy: false }));
  assertDone(await updateBrand(setting, 1, 0, { name: ' Acme ', look: {} }));
  assert.equal(await setting.store.catalog.revision(), before);
});

test('rivals who change different fields of one definition lose nothing', async (t) => {
  const setting = await setUp(t);
  const { id } = assertDone(await createDefinition(setting, 1, { name: 'News', purpose: 'Marketing' }));
  const languages = ['de', 'fr', 'ja', 'pt-BR', 'es'];
  const outcomes = await Promise.all([
    updateDefinition(setting, 1, id, { description: 'Once a month' }),
    ...languages.map((language) => putTranslation(setting, 1, id, language, { name: language })),
  ]);
  for (const outcome of outcomes) assertDone(outcome);
  const after = assertDone(await findDefinition(setting, 1, id));
  assert.equal(after.description, 'Once a month');
  assert.deepEqual(after.translations.map(({ languageCode }) => languageCode).sort(), languages.sort());
});

test('a rival who is always faster is given up on', async (t) => {
  const setting = await setUp(t);
  const rival = withCatalog(setting, { updateAccount: async () => 'stale' });
  assertRefused(await updateAccount(rival, 1, { name: 'Other' }), { code: 'contended', thing: 'account' });
});

test('a random id that is taken is drawn again, a chosen one is refused', async (t) => {
  const setting = await setUp(t);
  const drawn: number[] = [];
  const crowded = withCatalog(setting, {
    insertBusinessUnit: async (accountId, unit) => {
      drawn.push(unit.id);
      return drawn.length < 3 ? 'taken' : setting.store.catalog.insertBusinessUnit(accountId, unit);
    },
  });
  const { id } = assertDone(await createBrand(crowded, 1, { name: 'Outdoor' }));
  assert.equal(drawn.length, 3);
  assert.equal(id, drawn[2]);
  for (const each of drawn) assert.match(String(each), /^\d{8,9}$/);
  assertRefused(await createBrand(setting, 1, { name: 'Again', id }), { code: 'id-taken', id });
  assertRefused(await createAccount(setting, { name: 'Again', id: 1 }), { code: 'id-taken', id: 1 });
  assertDone(await createApp(setting, 1, { name: 'Largest', id: Number.MAX_SAFE_INTEGER }));
});

test('names, texts, ids and languages are held to their rules', async (t) => {
  const setting = await setUp(t);
  const define = (wish: object) => createDefinition(setting, 1, { name: 'x', purpose: 'Sales', ...wish });
  const wrong: [object, string][] = [
    [{ name: '' }, 'name'],
    [{ name: ' \t' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ name: 'a\u0000b' }, 'name'],
    [{ name: '\ud800' }, 'name'],
    [{ purpose: '' }, 'purpose'],
    [{ description: 'x'.repeat(2_001) }, 'description'],
    [{ id: 0 }, 'id'],
    [{ id: 1.5 }, 'id'],
    [{ id: 2 ** 53 }, 'id'],
  ];
  for (const [wish, field] of wrong) assertRefused(await define(wish), { code: 'invalid', field });
  assertRefused(await define({ businessUnitId: 9 }), { code: 'not-found', thing: 'brand', id: 9 });
  const { id } = assertDone(await define({ name: '😀'.repeat(200), description: '' }));
  for (const language of ['', 'de_AT', 'x', '12', 'no way']) {
    assertRefused(await putTranslation(setting, 1, id, language, { name: 'x' }), { field: 'languageCode' });
  }
  assertRefused(await updateDefinition(setting, 1, id, { businessUnitId: 5 }), { field: 'businessUnitId' });
  assertDone(await updateDefinition(setting, 1, id, { businessUnitId: 0 }));
});

test('a token is kept as a hash, and revoking it twice keeps the first instant', async (t) => {
  const setting = await setUp(t);
  const { token, secret } = assertDone(await createToken(setting, 1, { name: 'crm' }));
  assert.ok(!JSON.stringify(await listTokens(setting, 1)).includes(secret));
  assert.ok(!token.scopes.includes('optio.admin'));
  assert.equal(assertDone(await revokeToken(setting, 1, token.id.toUpperCase())), null);
  const later = { ...setting, clock: () => 9_000 };
  assertDone(await revokeToken(later, 1, token.id));
  assert.equal((await listTokens(setting, 1))[0]?.revokedAt, 1_000);
  assertRefused(await revokeToken(setting, 2, token.id), { code: 'not-found', thing: 'token' });
  assertRefused(await createToken(setting, 1, { name: 'x', expiresAt: 1_000 }), { field: 'expiresAt' });
});

test('a link key is exchanged now, also where the clock moves on meanwhile', async (t) => {
  const setting = await setUp(t);
  assertDone(await rotateLinkKey(setting, 1, null));
  let now = 2_000;
  assertDone(await rotateLinkKey({ ...setting, clock: () => now++ }, 1, 'now'));
  const keys = assertDone(await listLinkKeys(setting, 1));
  assert.deepEqual(
    keys.map(({ retiresAt }) => retiresAt),
    [2_000, null],
  );
  assertRefused(await rotateLinkKey(setting, 1, 999), { field: 'othersRetireAt' });
});

test('the first start makes one account, whoever starts at once; later starts leave it', async (t) => {
  const store = await openStore('sqlite::memory:');
  t.after(() => store.close());
  await store.migrate();
  const management = managementOf(store);
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => bootstrap(management, null)));
  assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['created', 'existing', 'existing', 'existing']);
  const [account] = await listAccounts(management);
  const catalog = await store.catalog.loadCatalog(account!.id);
  assert.deepEqual(
    [...catalog!.definitions.values()].map(({ name }) => name),
    ['Marketing Information', 'Customer Service Communication', 'One to One'],
  );
  assert.equal((await bootstrap(management, 'a-token-of-the-operator')).kind, 'existing');
  const tokens = await listTokens(management, account!.id);
  assert.equal(tokens.length, 2);
  for (const { scopes } of tokens) assert.ok(scopes.includes('optio.admin'));
  await revokeToken(management, account!.id, tokens.find(({ name }) => name === 'Bootstrap token')!.id);
  assert.deepEqual(await bootstrap(management, 'a-token-of-the-operator'), { kind: 'refused', because: 'revoked' });
});
