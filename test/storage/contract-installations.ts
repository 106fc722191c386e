/** What every adapter keeps of apps that act for accounts. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { Installation } from '../../src/domain/installation.ts';
import type { AuthorizationStore, CatalogStore } from '../../src/storage/port.ts';
import type { OpenFresh } from './contract.ts';
import { useMigrated } from './migrated.ts';
import * as samples from './samples.ts';

const NOW = 1_800_000_000_000;

export function installationContract(openFresh: OpenFresh): void {
  let authorizations: AuthorizationStore;
  let catalog: CatalogStore;
  useMigrated(openFresh, (opened) => {
    ({ authorizations, catalog } = opened.store);
  });

  async function insertAccount(): Promise<number> {
    const created = samples.newAccount(samples.nextAccountId());
    assert.equal(await catalog.insertAccount(created), 'inserted');
    return created.account.id;
  }

  const installationOf = (accountId: number, over: Partial<Installation> = {}): Installation => ({
    accountId,
    clientId: randomUUID(),
    appId: 1_000,
    scopes: ['communication_preferences.read', 'subscriptions-status-write'],
    installedBy: null,
    installedAt: NOW,
    updatedAt: NOW,
    ...over,
  });

  it('finds an app by its client id, with the account whose it is', async () => {
    const accountId = await insertAccount();
    const [app] = await catalog.listApps(accountId);
    assert.deepEqual(await authorizations.findApp(app!.clientId), { accountId, app });
    assert.equal(await authorizations.findApp(randomUUID()), null);
    assert.equal(await authorizations.findApp('no UUID at all'), null);
  });

  it('keeps installations as they went in, the oldest first, and each to its account', async () => {
    const [accountId, other] = [await insertAccount(), await insertAccount()];
    const later = installationOf(accountId, { installedBy: 2 ** 53 - 1 });
    const earlier = installationOf(accountId, { appId: 1_001, scopes: [], installedAt: NOW - 1 });
    const elsewhere = { ...later, accountId: other };
    for (const each of [later, earlier, elsewhere]) assert.equal(await authorizations.install(each), 'inserted');
    assert.deepEqual(await authorizations.listInstallations(accountId), [earlier, later]);
    assert.deepEqual(await authorizations.listInstallations(other), [elsewhere]);
    assert.deepEqual(await authorizations.findInstallation(accountId, later.clientId), later);
    assert.equal(await authorizations.findInstallation(other, earlier.clientId), null);
    assert.deepEqual(await authorizations.listInstallations(999_999), []);
  });

  it('replaces an installation that is there, and keeps when it was first installed', async () => {
    const accountId = await insertAccount();
    const first = installationOf(accountId);
    const revision = await catalog.revision();
    await authorizations.install(first);
    const again = {
      ...first,
      scopes: ['optio.admin' as const],
      installedBy: 7,
      installedAt: NOW + 5,
      updatedAt: NOW + 5,
    };
    assert.equal(await authorizations.install(again), 'inserted');
    assert.deepEqual(await authorizations.listInstallations(accountId), [{ ...again, installedAt: NOW }]);
    assert.equal(await catalog.revision(), revision + 2, 'other processes notice');
  });

  it('installs no app with the id of another one in the account', async () => {
    const accountId = await insertAccount();
    const [own] = await catalog.listApps(accountId);
    const installed = installationOf(accountId);
    await authorizations.install(installed);
    const revision = await catalog.revision();
    assert.equal(await authorizations.install(installationOf(accountId, { appId: own!.id })), 'taken');
    assert.equal(await authorizations.install(installationOf(accountId, { appId: installed.appId })), 'taken');
    assert.equal(await catalog.revision(), revision);
    assert.deepEqual(await authorizations.listInstallations(accountId), [installed]);
    const itself = installationOf(accountId, { appId: own!.id, clientId: own!.clientId });
    assert.equal(await authorizations.install(itself), 'inserted', 'an account may install its own app');
    const rivals = Array.from({ length: 4 }, () => authorizations.install(installationOf(accountId, { appId: 1_002 })));
    assert.equal((await Promise.all(rivals)).filter((result) => result === 'inserted').length, 1);
  });

  it('makes no app with the id of an installed one, unless it is that one', async () => {
    const [accountId, other] = [await insertAccount(), await insertAccount()];
    const { appId, clientId } = installationOf(accountId);
    await authorizations.install(installationOf(accountId, { appId, clientId }));
    assert.equal(await catalog.insertApp(accountId, samples.app(appId)), 'taken');
    assert.deepEqual(
      (await catalog.listApps(accountId)).map(({ id }) => id),
      [7],
    );
    assert.equal(await catalog.insertApp(other, samples.app(appId)), 'inserted');
    assert.equal(await catalog.insertApp(accountId, { ...samples.app(appId), clientId }), 'inserted');
  });

  it('uninstalls once, from that account only, and raises the revision where it was there', async () => {
    const [accountId, other] = [await insertAccount(), await insertAccount()];
    const installation = installationOf(accountId);
    await authorizations.install(installation);
    await authorizations.install({ ...installation, accountId: other });
    const revision = await catalog.revision();
    assert.equal(await authorizations.uninstall(accountId, installation.clientId), true);
    assert.equal(await authorizations.uninstall(accountId, installation.clientId), false);
    assert.equal(await catalog.revision(), revision + 1);
    assert.equal(await authorizations.findInstallation(accountId, installation.clientId), null);
    assert.ok(await authorizations.findInstallation(other, installation.clientId));
  });
}
