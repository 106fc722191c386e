/** What every adapter keeps for the authorization server: what hangs on what, and what goes when. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { AUTHORIZATION_KINDS, type AuthorizationItem, type Store } from '../../src/storage/port.ts';
import type { OpenFresh } from './contract.ts';
import { useMigrated } from './migrated.ts';
import * as samples from './samples.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

type ItemTraits = Partial<AuthorizationItem> & Pick<AuthorizationItem, 'kind'>;

export function authorizationContract(openFresh: OpenFresh): void {
  let store: Store;
  useMigrated(openFresh, (opened) => {
    store = opened.store;
  });

  const newHash = () => randomBytes(32).toString('hex');

  /** An account that has another account's app installed, and what makes items of the two. */
  async function installed() {
    const [owner, accountId] = [samples.nextAccountId(), samples.nextAccountId()];
    for (const id of [owner, accountId]) await store.catalog.insertAccount(samples.newAccount(id));
    const app = samples.app(owner + 500_000);
    await store.catalog.insertApp(owner, app);
    const { id: appId, clientId } = app;
    const installation = {
      accountId,
      clientId,
      appId,
      scopes: [],
      installedBy: null,
      installedAt: NOW,
      updatedAt: NOW,
    };
    assert.equal(await store.authorizations.install(installation), 'inserted');
    const itemOf = (traits: ItemTraits): AuthorizationItem => ({
      ...{ idHash: newHash(), clientId, accountId, grantHash: null, document: '{}' },
      ...{ expiresAt: NOW + HOUR, consumedAt: null },
      ...traits,
    });
    const save = async (traits: ItemTraits): Promise<AuthorizationItem> => {
      const item = itemOf(traits);
      assert.equal(await store.authorizations.save(item), true);
      return item;
    };
    const grant = await save({ kind: 'Grant' });
    const uninstall = () => store.authorizations.uninstall(accountId, clientId);
    return { owner, accountId, clientId, appId, grant, grantHash: grant.idHash, itemOf, save, uninstall };
  }

  const find = ({ kind, idHash }: AuthorizationItem) => store.authorizations.find(kind, idHash);

  async function assertGone(items: readonly AuthorizationItem[]): Promise<void> {
    for (const item of items) assert.equal(await find(item), null, item.kind);
  }

  /** Runs `work` and says by how much the revision grew. */
  async function revisionsOf(work: () => Promise<unknown>): Promise<number> {
    const before = await store.catalog.revision();
    await work();
    return (await store.catalog.revision()) - before;
  }

  it('keeps items of every kind as they went in, and finds them by kind and hash', async () => {
    const { grantHash, itemOf } = await installed();
    const document = JSON.stringify({ text: `${samples.AWKWARD_TEXT} \0 \ud800`, b: 1, a: [{}] });
    for (const kind of AUTHORIZATION_KINDS) {
      const isPart = kind === 'AccessToken' || kind === 'AuthorizationCode' || kind === 'RefreshToken';
      const item = itemOf({ kind, document, grantHash: isPart ? grantHash : null, consumedAt: isPart ? NOW : null });
      assert.equal(await revisionsOf(() => store.authorizations.save(item)), 0);
      assert.deepEqual(await find(item), item);
      assert.equal(await store.authorizations.find(kind, newHash()), null);
    }
    const interaction = itemOf({ kind: 'Interaction', accountId: null, expiresAt: 1 });
    assert.equal(await store.authorizations.save(interaction), true);
    assert.deepEqual(await find(interaction), interaction, 'an expired one too');
    assert.equal(await store.authorizations.find('Grant', interaction.idHash), null);
  });

  it('replaces an item, and what hangs on it stays', async () => {
    const { grant, grantHash, save } = await installed();
    const token = await save({ kind: 'AccessToken', grantHash });
    const longer = { ...grant, document: '{"scope":"more"}', expiresAt: NOW + 9 * HOUR, consumedAt: NOW };
    assert.equal(await store.authorizations.save(longer), true);
    assert.deepEqual(await find(grant), longer);
    assert.deepEqual(await find(token), token);
  });

  it('saves nothing that hangs on what is not there', async () => {
    const { accountId, grant, grantHash, itemOf, uninstall } = await installed();
    const { accountId: stranger } = await installed();
    const { idHash } = itemOf({ kind: 'Grant' });
    const refused = [
      itemOf({ kind: 'AccessToken', grantHash: idHash }),
      itemOf({ kind: 'AccessToken', accountId: stranger, grantHash }),
      itemOf({ kind: 'ClientCredentials', clientId: 'nobody’s' }),
      itemOf({ kind: 'Grant', accountId: 999_999 }),
    ];
    for (const item of refused) assert.equal(await store.authorizations.save(item), false);
    await assertGone(refused);
    assert.equal(await uninstall(), true);
    assert.equal(await store.authorizations.save(grant), false, 'not even what was there before');
    assert.equal(await store.authorizations.save(itemOf({ kind: 'Interaction', accountId: null })), true);
    assert.deepEqual(await store.authorizations.listInstallations(accountId), []);
  });

  it('uninstalls with everything that was given to the app for the account, and nothing else', async () => {
    const { accountId, clientId, grant, grantHash, save, uninstall, owner, appId } = await installed();
    const given = [
      grant,
      await save({ kind: 'AccessToken', grantHash }),
      await save({ kind: 'RefreshToken', grantHash }),
      await save({ kind: 'ClientCredentials' }),
    ];
    const itself = { scopes: [], installedBy: null, installedAt: NOW, updatedAt: NOW };
    await store.authorizations.install({ accountId: owner, clientId, appId, ...itself });
    const kept = [
      await save({ kind: 'Interaction', accountId: null }),
      await save({ kind: 'Grant', accountId: owner }),
    ];
    assert.equal(await revisionsOf(uninstall), 1);
    await assertGone(given);
    for (const item of kept) assert.deepEqual(await find(item), item);
    assert.equal(await store.authorizations.findInstallation(accountId, clientId), null);
  });

  it('leaves nothing behind of what is saved while the app is uninstalled', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { accountId, grant, grantHash, itemOf, uninstall } = await installed();
      const kinds = ['AccessToken', 'RefreshToken', 'ClientCredentials'] as const;
      const items = Array.from({ length: 12 }, (_, at) =>
        itemOf({ kind: kinds[at % 3]!, grantHash: at % 3 === 2 ? null : grantHash }),
      );
      const saves = items.map((item) => store.authorizations.save(item));
      const regrant = store.authorizations.save({ ...grant, document: '{"again":true}' });
      assert.equal(await uninstall(), true);
      await Promise.all([...saves, regrant]);
      await assertGone([...items, grant]);
      assert.deepEqual(await store.authorizations.listInstallations(accountId), []);
    }
  });

  it('leaves nothing behind of what is saved while its grant is destroyed, in all ways at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { grant, grantHash, itemOf } = await installed();
      const items = Array.from({ length: 12 }, (_, at) =>
        itemOf({ kind: at % 2 === 0 ? 'AccessToken' : 'RefreshToken', grantHash }),
      );
      const saves = items.map((item) => store.authorizations.save(item));
      await Promise.all([
        ...AUTHORIZATION_KINDS.map((kind) => store.authorizations.destroyByGrant(kind, grantHash)),
        store.authorizations.destroy('Grant', grantHash),
        store.authorizations.forgetExpired(NOW),
        ...saves,
      ]);
      await assertGone([...items, grant]);
    }
  });

  it('finds an access token with the app that it is of, wherever that was made', async () => {
    const { accountId, appId, grantHash, save } = await installed();
    const scope = 'communication_preferences.read made.up optio.admin';
    const document = JSON.stringify({ scope, jti: 'x', text: '\0' });
    const expected = { accountId, appId, scopes: ['communication_preferences.read', 'optio.admin'] };
    for (const traits of [
      { kind: 'AccessToken', grantHash },
      { kind: 'ClientCredentials', expiresAt: 1 },
    ] as const) {
      const token = await save({ ...traits, document });
      const found = { ...expected, expiresAt: token.expiresAt };
      assert.deepEqual(await store.authorizations.findAccessToken(token.idHash), found);
    }
    const bare = await save({ kind: 'AccessToken', grantHash });
    assert.deepEqual((await store.authorizations.findAccessToken(bare.idHash))?.scopes, []);
    for (const kind of ['RefreshToken', 'AuthorizationCode', 'Interaction', 'Grant'] as const) {
      const { idHash } = await save({ kind, document });
      assert.equal(await store.authorizations.findAccessToken(idHash), null);
    }
    assert.equal(await store.authorizations.findAccessToken(newHash()), null);
  });

  it('consumes an item once', async () => {
    const { grantHash, save } = await installed();
    const code = await save({ kind: 'AuthorizationCode', grantHash });
    const consume = (at: number) => store.authorizations.consume(code.kind, code.idHash, at, NOW + 2 * HOUR);
    assert.equal(await store.authorizations.consume('RefreshToken', code.idHash, NOW, NOW), false);
    const rivals = await Promise.all(Array.from({ length: 8 }, () => consume(NOW + 1)));
    assert.equal(rivals.filter(Boolean).length, 1);
    assert.equal(await consume(NOW + 2), false);
    assert.deepEqual(await find(code), { ...code, consumedAt: NOW + 1, expiresAt: NOW + 2 * HOUR });
    assert.equal(await store.authorizations.consume('AuthorizationCode', newHash(), NOW, NOW), false);
  });

  it('destroys a grant with all that hangs on it, and raises the revision where an access token went', async () => {
    const { grantHash, grant, save } = await installed();
    const parts = [
      await save({ kind: 'RefreshToken', grantHash }),
      await save({ kind: 'AuthorizationCode', grantHash }),
    ];
    const tokenless = await save({ kind: 'Grant' });
    const code = await save({ kind: 'AuthorizationCode', grantHash: tokenless.idHash });
    assert.equal(await revisionsOf(() => store.authorizations.destroy('Grant', tokenless.idHash)), 0);
    await assertGone([tokenless, code]);
    const token = await save({ kind: 'AccessToken', grantHash });
    assert.equal(await revisionsOf(() => store.authorizations.destroy('RefreshToken', grantHash)), 0);
    assert.deepEqual(await find(token), token, 'another kind’s hash destroys nothing');
    assert.equal(await revisionsOf(() => store.authorizations.destroy('Grant', grantHash)), 1);
    await assertGone([grant, token, ...parts]);
    assert.equal(await revisionsOf(() => store.authorizations.destroy('Grant', grantHash)), 0);
  });

  it('destroys single items, and raises the revision for access tokens', async () => {
    const { grantHash, grant, save } = await installed();
    for (const [traits, revisions] of [
      [{ kind: 'AccessToken', grantHash }, 1],
      [{ kind: 'ClientCredentials' }, 1],
      [{ kind: 'RefreshToken', grantHash }, 0],
      [{ kind: 'Interaction', accountId: null }, 0],
    ] as const) {
      const item = await save(traits);
      assert.equal(await revisionsOf(() => store.authorizations.destroy(item.kind, item.idHash)), revisions, item.kind);
      await assertGone([item]);
    }
    assert.deepEqual(await find(grant), grant);
  });

  it('destroys the items of one kind of a grant', async () => {
    const { grantHash, grant, save } = await installed();
    const tokens = [await save({ kind: 'AccessToken', grantHash }), await save({ kind: 'AccessToken', grantHash })];
    const refresh = await save({ kind: 'RefreshToken', grantHash });
    const other = await save({ kind: 'Grant' });
    const kept = [grant, refresh, other, await save({ kind: 'AccessToken', grantHash: other.idHash })];
    const destroyTokens = () => store.authorizations.destroyByGrant('AccessToken', grantHash);
    assert.equal(await revisionsOf(destroyTokens), 1);
    assert.equal(await revisionsOf(destroyTokens), 0);
    await assertGone(tokens);
    for (const item of kept) assert.deepEqual(await find(item), item);
    assert.equal(await revisionsOf(() => store.authorizations.destroyByGrant('RefreshToken', grantHash)), 0);
    await assertGone([refresh]);
  });

  it('forgets what is over, a grant only with the last that hangs on it', async () => {
    await store.authorizations.forgetExpired(100);
    const { save } = await installed();
    const grant = await save({ kind: 'Grant', expiresAt: 98 });
    const over = await save({ kind: 'AccessToken', grantHash: grant.idHash, expiresAt: 100 });
    const young = await save({ kind: 'RefreshToken', grantHash: grant.idHash, expiresAt: 101 });
    assert.equal(await revisionsOf(async () => assert.equal(await store.authorizations.forgetExpired(100), 1)), 0);
    await assertGone([over]);
    assert.deepEqual(await find(young), young);
    assert.deepEqual(await find(grant), grant);
    assert.equal(await store.authorizations.forgetExpired(100), 0);
    await store.authorizations.forgetExpired(101);
    await assertGone([grant, young]);
  });

  it('forgets at most a thousand at a time', async () => {
    await store.authorizations.forgetExpired(200);
    const { save } = await installed();
    for (let index = 0; index < 1_001; index += 1) await save({ kind: 'Interaction', accountId: null, expiresAt: 200 });
    assert.equal(await store.authorizations.forgetExpired(200), 1_000);
    assert.equal(await store.authorizations.forgetExpired(200), 1);
    assert.equal(await store.authorizations.forgetExpired(200), 0);
  });
}
