/** What every adapter keeps of links: keys, and whose were revoked. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { LinkKey } from '../../src/domain/link.ts';
import type { FreshDatabase, OpenFresh } from './contract.ts';
import { useMigrated } from './migrated.ts';
import { newAccount, nextAccountId, refOf } from './samples.ts';

export function linkContract(openFresh: OpenFresh): void {
  let fresh: FreshDatabase;
  useMigrated(openFresh, (opened) => {
    fresh = opened;
  });

  const newKey = (accountId: number, createdAt: number): LinkKey => ({
    id: randomBytes(4).toString('hex'),
    accountId,
    secret: randomBytes(32).toString('hex'),
    createdAt,
    retiresAt: null,
  });

  async function accountWithKeys(...createdAt: readonly number[]): Promise<LinkKey[]> {
    const accountId = nextAccountId();
    await fresh.store.catalog.insertAccount(newAccount(accountId));
    const keys = createdAt.map((at) => newKey(accountId, at));
    for (const key of keys) assert.equal(await fresh.store.catalog.insertLinkKey(key, null), 'inserted');
    return keys;
  }

  test('link keys come back as they went in, the oldest first, and by their ids', async () => {
    const [later, earlier] = (await accountWithKeys(2_000, 1_000)) as [LinkKey, LinkKey];
    const { catalog } = fresh.store;
    assert.deepEqual(await catalog.listLinkKeys(later.accountId), [earlier, later]);
    assert.deepEqual(await catalog.findLinkKey(later.id), later);
    assert.equal(await catalog.findLinkKey('00000000'), null);
    assert.equal(await catalog.insertLinkKey({ ...newKey(later.accountId, 3_000), id: later.id }, 5), 'taken');
    assert.deepEqual(await catalog.listLinkKeys(later.accountId), [earlier, later]);
  });

  test('a new key retires those before it, never later than they were to, and no other account’s', async () => {
    const [first, second] = (await accountWithKeys(1_000, 2_000)) as [LinkKey, LinkKey];
    const [foreign] = (await accountWithKeys(1_500)) as [LinkKey];
    const { catalog } = fresh.store;
    const revision = await catalog.revision();
    await catalog.insertLinkKey({ ...newKey(first.accountId, 3_000), retiresAt: 4_000 }, 9_000);
    await catalog.insertLinkKey(newKey(first.accountId, 5_000), 7_000);
    const retires = (await catalog.listLinkKeys(first.accountId)).map(({ createdAt, retiresAt }) => [
      createdAt,
      retiresAt,
    ]);
    assert.deepEqual(retires, [
      [1_000, 7_000],
      [2_000, 7_000],
      [3_000, 4_000],
      [5_000, null],
    ]);
    assert.equal((await catalog.findLinkKey(second.id))?.retiresAt, 7_000);
    assert.equal((await catalog.findLinkKey(foreign.id))?.retiresAt, null);
    assert.ok((await catalog.revision()) >= revision + 2, 'other processes notice');
  });

  test('revocations are a contact’s own and never move back; the contact need not be known', async () => {
    const { linkRevocations } = fresh.store;
    const ref = refOf(nextAccountId(), 'ada@example.com');
    assert.equal(await linkRevocations.revokedThrough(ref), 0);
    await linkRevocations.revoke(ref, 5_000);
    await linkRevocations.revoke(ref, 4_000);
    assert.equal(await linkRevocations.revokedThrough(ref), 5_000);
    await Promise.all([6_000, 8_000, 7_000].map((through) => linkRevocations.revoke(ref, through)));
    assert.equal(await linkRevocations.revokedThrough(ref), 8_000);
    assert.equal(await linkRevocations.revokedThrough(refOf(ref.accountId, 'bob@example.com')), 0);
    assert.equal(await linkRevocations.revokedThrough(refOf(nextAccountId(), 'ada@example.com')), 0);
  });
}
