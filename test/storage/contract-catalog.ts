/** Accounts, brands, definitions, apps and tokens. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { type BrandLook, MAX_LOGO_OCTETS, PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import type { CatalogStore } from '../../src/storage/port.ts';
import type { FreshDatabase, OpenFresh } from './contract.ts';
import { useMigrated } from './migrated.ts';
import * as samples from './samples.ts';

export function catalogContract(openFresh: OpenFresh): void {
  let fresh: FreshDatabase;
  let catalog: CatalogStore;
  useMigrated(openFresh, (opened) => {
    fresh = opened;
    catalog = opened.store.catalog;
  });

  async function insertAccount() {
    const created = samples.newAccount(samples.nextAccountId());
    assert.equal(await catalog.insertAccount(created), 'inserted');
    return created;
  }

  /** Runs `work` and says by how much the revision grew. */
  async function revisionsOf(work: () => Promise<unknown>): Promise<number> {
    const before = await catalog.revision();
    await work();
    return (await catalog.revision()) - before;
  }

  it('creates an account whole and loads it', async () => {
    const created = await insertAccount();
    const { id } = created.account;
    const loaded = await catalog.loadCatalog(id);
    assert.deepEqual(loaded?.account, created.account);
    assert.deepEqual([...loaded!.businessUnits.values()], created.businessUnits);
    assert.deepEqual([...loaded!.definitions.values()], created.definitions);
    assert.deepEqual(await catalog.listApps(id), created.apps);
    assert.deepEqual(await catalog.listTokens(id), created.tokens);
    assert.ok((await catalog.listAccounts()).some((account) => account.id === id));
    assert.equal(await catalog.loadCatalog(999_999), null);
    assert.deepEqual(await catalog.listApps(999_999), []);
    assert.deepEqual(await catalog.listTokens(999_999), []);
  });

  it('creates nothing of an account of which anything is there already', async () => {
    const created = await insertAccount();
    assert.equal(await catalog.insertAccount(created), 'taken');
    const other = samples.newAccount(samples.nextAccountId());
    const tokens = [{ ...other.tokens[0]!, secretHash: created.tokens[0]!.secretHash }];
    assert.equal(await revisionsOf(() => catalog.insertAccount({ ...other, tokens })), 0);
    assert.equal(await catalog.loadCatalog(other.account.id), null);
    assert.equal(await catalog.insertAccount(other), 'inserted');
  });

  it('lists accounts by id and definitions in the order they were created', async () => {
    const { account } = await insertAccount();
    await catalog.insertDefinition(account.id, samples.definition(3, { createdAt: 1_900_000_000_000 }));
    await catalog.insertDefinition(account.id, samples.definition(99, { createdAt: 1_000_000_000_000 }));
    const loaded = await catalog.loadCatalog(account.id);
    assert.deepEqual([...loaded!.definitions.keys()], [99, 11, 12, 3]);
    const ids = (await catalog.listAccounts()).map((listed) => listed.id);
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );
  });

  it('keeps every field of a definition, translations and awkward texts included', async () => {
    const { account } = await insertAccount();
    const text = samples.AWKWARD_TEXT;
    const translations = ['de', 'pt-BR'].map((languageCode, index) => ({
      ...{ languageCode, name: text, description: text },
      ...{ createdAt: 1_700_000_000_000 + index, updatedAt: 1_700_000_000_001 },
    }));
    const flags = { isActive: false, isDefault: true, isInternal: true };
    const full = samples.definition(2 ** 53 - 1, {
      name: text,
      purpose: text,
      communicationMethod: text,
      translations,
      ...flags,
    });
    assert.equal(await catalog.insertDefinition(account.id, full), 'inserted');
    assert.deepEqual((await catalog.loadCatalog(account.id))?.definitions.get(full.id), full);
  });

  it("keeps every trait of a brand's look, and passes over what a newer version put there", async (t) => {
    const { account } = await insertAccount();
    const look: BrandLook = {
      accentColor: '#1f6feb',
      bannerColor: '#000000',
      logo: { mediaType: 'image/png', base64: Buffer.alloc(MAX_LOGO_OCTETS, 7).toString('base64') },
      languages: ['ar', 'de'],
      texts: { de: { name: samples.AWKWARD_TEXT, imprint: samples.AWKWARD_TEXT }, ja: { footer: '日本語\n' } },
      footerLinks: [{ label: samples.AWKWARD_TEXT, url: 'https://example.com/' }],
      unsubscribeMailbox: 'leave@example.com',
      listDomain: 'example.com',
    };
    const unit = { ...samples.businessUnit(8), look };
    assert.equal(await catalog.insertBusinessUnit(account.id, unit), 'inserted');
    const load = async () => (await catalog.loadCatalog(account.id))?.businessUnits.get(8);
    assert.deepEqual(await load(), unit);
    const { select } = fresh;
    if (!select) return t.skip('nobody else can write to this database');
    const newer = JSON.stringify({ accentColor: '#123456', font: 'serif', texts: { tlh: { name: 'x' } } });
    await select(`UPDATE business_unit SET look = '${newer}' WHERE account_id = ${account.id} AND id = 8 RETURNING id`);
    assert.deepEqual((await load())?.look, { ...PLAIN_LOOK, accentColor: '#123456' });
  });

  it('refuses an id that is taken, and the revision stays', async () => {
    const created = await insertAccount();
    const { id } = created.account;
    const grown = await revisionsOf(async () => {
      assert.equal(await catalog.insertBusinessUnit(id, samples.businessUnit(5, 'Other')), 'taken');
      assert.equal(await catalog.insertDefinition(id, samples.definition(11, { name: 'Other' })), 'taken');
      assert.equal(await catalog.insertApp(id, { ...samples.app(7), name: 'Other' }), 'taken');
      assert.equal(await catalog.insertToken({ ...samples.token(id, 7), id: created.tokens[0]!.id }), 'taken');
      const sameSecret = { ...samples.token(id, 7), secretHash: created.tokens[0]!.secretHash };
      assert.equal(await catalog.insertToken(sameSecret), 'taken');
    });
    assert.equal(grown, 0);
    assert.deepEqual((await catalog.loadCatalog(id))?.businessUnits.get(5), created.businessUnits[1]);
    assert.deepEqual(await catalog.listTokens(id), created.tokens);
  });

  it('lets two accounts use the same ids', async () => {
    const [one, two] = [await insertAccount(), await insertAccount()];
    const renamed = { ...one.definitions[0]!, name: 'Only here', updatedAt: 1_800_000_000_000 };
    assert.equal(await catalog.updateDefinition(one.account.id, renamed, renamed.createdAt), 'updated');
    assert.deepEqual((await catalog.loadCatalog(two.account.id))?.definitions.get(11), two.definitions[0]);
  });

  it('updates a row that is as expected, and calls any other stale', async () => {
    const created = await insertAccount();
    const { id } = created.account;
    const was = created.account.updatedAt;
    const account = {
      ...created.account,
      name: 'New name',
      dataPrivacy: true,
      mailRule: 'unless-opted-out' as const,
      keepEvidenceMonths: 36,
      updatedAt: was + 10,
    };
    const look = { ...PLAIN_LOOK, accentColor: '#1f6feb' };
    const unit = { ...created.businessUnits[1]!, name: samples.AWKWARD_TEXT, look, updatedAt: was + 10 };
    const definition = {
      ...samples.definition(11),
      isActive: false,
      businessUnitId: 5,
      name: 'New',
      updatedAt: was + 10,
    };
    const updates = [
      (expected: number) => catalog.updateAccount(account, expected),
      (expected: number) => catalog.updateBusinessUnit(id, unit, expected),
      (expected: number) => catalog.updateDefinition(id, definition, expected),
    ];
    const expected = [was, created.businessUnits[1]!.updatedAt, created.definitions[0]!.updatedAt];
    for (const [index, update] of updates.entries()) {
      assert.equal(await revisionsOf(async () => assert.equal(await update(was - 1), 'stale')), 0);
      assert.ok((await revisionsOf(async () => assert.equal(await update(expected[index]!), 'updated'))) > 0);
      assert.equal(await update(expected[index]!), 'stale');
    }
    const loaded = await catalog.loadCatalog(id);
    assert.deepEqual(loaded?.account, account);
    assert.deepEqual(loaded?.businessUnits.get(5), unit);
    assert.deepEqual(loaded?.definitions.get(11), definition);
    assert.equal(await catalog.updateAccount({ ...account, id: 999_999 }, account.updatedAt), 'stale');
    assert.equal(await catalog.updateBusinessUnit(id, samples.businessUnit(77), 0), 'stale');
  });

  it('raises the revision with every write', async () => {
    const created = samples.newAccount(samples.nextAccountId());
    const { id } = created.account;
    const extra = samples.token(id, 8);
    const writes = [
      () => catalog.insertAccount(created),
      () => catalog.insertBusinessUnit(id, samples.businessUnit(6)),
      () => catalog.insertDefinition(id, samples.definition(13)),
      () => catalog.insertApp(id, samples.app(8)),
      () => catalog.insertToken(extra),
      () => catalog.updateTokenScopes(id, extra.id, ['optio.admin']),
      () => catalog.revokeToken(id, extra.id, 1_800_000_000_000),
    ];
    for (const write of writes) assert.ok((await revisionsOf(write)) > 0);
  });

  it('finds a token by the hash of its secret, expired and revoked ones too', async () => {
    const { account } = await insertAccount();
    const expired = samples.token(account.id, 7, { expiresAt: 1, scopes: [], name: samples.AWKWARD_TEXT });
    assert.equal(await catalog.insertToken(expired), 'inserted');
    assert.deepEqual(await catalog.findToken(expired.secretHash), { token: expired, secretEndsAt: null });
    assert.equal(await catalog.findToken(randomBytes(32).toString('hex')), null);
  });

  it('revokes a token once, keeps the first instant, and only within its account', async () => {
    const created = await insertAccount();
    const stranger = await insertAccount();
    const [token] = created.tokens;
    assert.equal(await catalog.revokeToken(stranger.account.id, token!.id, 1_800_000_000_000), false);
    assert.equal(await catalog.revokeToken(created.account.id, randomUUID(), 1_800_000_000_000), false);
    assert.equal(await catalog.revokeToken(created.account.id, 'no UUID at all', 1_800_000_000_000), false);
    assert.deepEqual((await catalog.findToken(token!.secretHash))?.token, token);
    assert.equal(await catalog.revokeToken(created.account.id, token!.id, 1_800_000_000_001), true);
    assert.equal(await catalog.revokeToken(created.account.id, token!.id, 1_800_000_000_002), true);
    assert.deepEqual((await catalog.findToken(token!.secretHash))?.token, { ...token, revokedAt: 1_800_000_000_001 });
  });

  it('changes the scopes of a token that the account has', async () => {
    const created = await insertAccount();
    const stranger = await insertAccount();
    const [token] = created.tokens;
    assert.equal(await catalog.updateTokenScopes(stranger.account.id, token!.id, ['optio.admin']), false);
    assert.deepEqual((await catalog.findToken(token!.secretHash))?.token, token);
    assert.equal(await catalog.updateTokenScopes(created.account.id, token!.id, ['optio.admin']), true);
    assert.deepEqual((await catalog.findToken(token!.secretHash))?.token, { ...token, scopes: ['optio.admin'] });
  });

  it('inserts a first account only where there is none', async () => {
    const own = await openFresh();
    try {
      await own.store.migrate();
      const first = samples.newAccount(42);
      const rivals = [first, samples.newAccount(43), samples.newAccount(44)];
      const results = await Promise.all(rivals.map((rival) => own.store.catalog.insertFirstAccount(rival)));
      assert.deepEqual([...results].sort(), ['inserted', 'taken', 'taken']);
      assert.equal(await own.store.catalog.insertFirstAccount(samples.newAccount(45)), 'taken');
      assert.deepEqual(await own.store.catalog.listAccounts(), [rivals[results.indexOf('inserted')]!.account]);
    } finally {
      await own.drop();
    }
  });
}
