/** Opening, migrating, closing; and what several processes may do at once. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openStore } from '../../src/storage/open-store.ts';
import { StoreUnavailable } from '../../src/storage/port.ts';
import { runChildren } from './child-processes.ts';
import type { FreshDatabase, OpenFresh } from './contract.ts';
import { firstChange, storedOf } from './samples.ts';

const BARE = { bare: true };

export function lifecycleContract(openFresh: OpenFresh): void {
  async function withFresh(work: (fresh: FreshDatabase) => Promise<void>, options = {}): Promise<void> {
    const fresh = await openFresh(options);
    try {
      await work(fresh);
    } finally {
      await fresh.drop();
    }
  }

  it('says what it is and answers', () =>
    withFresh(async ({ store }) => {
      assert.match(await store.describe(), /^(?:SQLite|PostgreSQL) \d+\.\d+[.\d]*$/);
      assert.equal(await store.ping(), undefined);
      assert.ok(Number.isInteger(store.subscribers.lanes) && store.subscribers.lanes >= 1);
    }));

  it('migrates an empty database once, and finds nothing to do after that', () =>
    withFresh(async ({ store }) => {
      const before = await store.migrationStatus();
      assert.deepEqual(before.applied, []);
      assert.equal(before.pending[0], '0001-initial');
      const after = await store.migrate();
      assert.deepEqual(after, { applied: before.pending, pending: [] });
      assert.deepEqual(await store.migrate(), after);
      assert.deepEqual(await store.migrationStatus(), after);
    }, BARE));

  it('says that a database was not migrated', () =>
    withFresh(async ({ store }) => {
      const unmigrated = (error: unknown) =>
        error instanceof StoreUnavailable && /not been migrated/.test(error.message);
      await assert.rejects(store.subscribers.load([firstChange(1, 'a@example.com').ref]), unmigrated);
      await assert.rejects(store.catalog.revision(), unmigrated);
      await store.migrate();
      assert.equal(await store.catalog.revision(), 0);
    }, BARE));

  it('refuses a database that a newer version has migrated', (t) =>
    withFresh(async ({ store, select }) => {
      if (!select) return t.skip('nobody else can look into this database');
      await store.migrate();
      await select("INSERT INTO migration (name, applied_at) VALUES ('9999-from-the-future', 0) RETURNING name");
      const newer = (error: unknown) => error instanceof StoreUnavailable && /9999-from-the-future/.test(error.message);
      await assert.rejects(store.migrate(), newer);
      await assert.rejects(store.migrationStatus(), newer);
    }));

  it('closes as often as asked, and is unavailable from then on', () =>
    withFresh(async ({ store }) => {
      await store.migrate();
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await assert.rejects(store.ping(), StoreUnavailable);
      await assert.rejects(store.catalog.revision(), StoreUnavailable);
      await assert.rejects(store.subscribers.commit([firstChange(1, 'late@example.com')]), StoreUnavailable);
    }));

  it('finishes what runs before it closes, and keeps it', (t) =>
    withFresh(async ({ store, isShared, databaseUrl }) => {
      if (!isShared) return t.skip('this database ends with its store');
      await store.migrate();
      const changes = Array.from({ length: 30 }, (_, index) => firstChange(1, `closing${index}@example.com`));
      const commits = changes.map((change) => store.subscribers.commit([change]));
      await store.close();
      assert.deepEqual(new Set(await Promise.all(commits)), new Set(['committed']));
      const reopened = await openStore(databaseUrl);
      try {
        assert.deepEqual(await reopened.subscribers.load(changes.map((change) => change.ref)), changes.map(storedOf));
      } finally {
        await reopened.close();
      }
    }));

  it('shows one store what another has written', (t) =>
    withFresh(async ({ store, isShared, databaseUrl }) => {
      if (!isShared) return t.skip('this database has one store only');
      await store.migrate();
      const other = await openStore(databaseUrl);
      try {
        for (let index = 0; index < 20; index += 1) {
          const change = firstChange(1, `shared${index}@example.com`);
          const [writer, reader] = index % 2 === 0 ? [store, other] : [other, store];
          assert.equal(await writer.subscribers.commit([change]), 'committed');
          assert.deepEqual(await reader.subscribers.load([change.ref]), [storedOf(change)]);
        }
      } finally {
        await other.close();
      }
    }));

  it('lets several processes migrate an empty database and create the first account at once', (t) =>
    withFresh(async ({ store, isShared, databaseUrl }) => {
      if (!isShared) return t.skip('no other process sees this database');
      const results = await runChildren(
        'first-account',
        [101, 102, 103, 104].map((id) => [databaseUrl, String(id)]),
      );
      assert.deepEqual(results.map((result) => result.trim()).sort(), ['inserted', 'taken', 'taken', 'taken']);
      assert.equal((await store.catalog.listAccounts()).length, 1);
      assert.deepEqual((await store.migrationStatus()).pending, []);
      assert.equal(await store.catalog.revision(), 1);
    }, BARE));
}
