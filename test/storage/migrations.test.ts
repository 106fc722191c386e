/** Databases that hold data of an earlier version: they are brought to this one, and nothing of it is lost. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import type { App } from '../../src/domain/catalog.ts';
import { compareMigrations } from '../../src/storage/migrations.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { type Store, StoreUnavailable } from '../../src/storage/port.ts';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';

after(stopOwnServer);

interface EmptyDatabase {
  readonly databaseUrl: string;
  readonly run: (sql: string) => Promise<unknown>;
  readonly drop: () => Promise<void>;
}

/** What the first version left behind: its schema, its note of that, an account with two brands, two apps, a token. */
const leftBehind = (secretHash: string) => `
  CREATE TABLE migration (name text PRIMARY KEY NOT NULL, applied_at bigint NOT NULL);
  INSERT INTO migration (name, applied_at) VALUES ('0001-initial', 1);
  INSERT INTO account (id, name, data_privacy, created_at, updated_at) VALUES (1, 'Acme', FALSE, 2, 3);
  INSERT INTO business_unit (account_id, id, name, created_at, updated_at)
    VALUES (1, 0, 'Acme', 2, 3), (1, 12, 'Outdoor', 4, 5);
  INSERT INTO app (account_id, id, name, created_at) VALUES (1, 7, 'CRM', 6), (1, 8, 'Shop', 7);
  INSERT INTO token (id, account_id, app_id, name, secret_hash, hint, scopes, created_at, expires_at, revoked_at)
    VALUES ('t1', 1, 7, 'Laptop', ${secretHash}, 'a1b2', '["optio.admin"]', 8, NULL, 9);`;

async function makeSqlite(): Promise<EmptyDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'optio-migrations-'));
  const path = join(folder, 'optio.db');
  return {
    databaseUrl: `sqlite:${path}`,
    run: async (sql) => {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    },
    drop: () => rm(folder, { recursive: true }),
  };
}

async function makePostgres(): Promise<EmptyDatabase> {
  const { databaseUrl, drop } = await createDatabase({ bare: true });
  return { databaseUrl, run: (sql) => query(databaseUrl, sql), drop };
}

/** Each app has a client id of its own by now, and the token the secret and the rights that it had. */
async function assertAppsAndTokensWork({ catalog }: Store): Promise<void> {
  const apps = await catalog.listApps(1);
  const [crm, shop] = apps as [App, App];
  for (const { clientId } of apps)
    assert.match(clientId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(crm.clientId, shop.clientId);
  const fresh = { redirectUris: [], secrets: [] };
  assert.deepEqual(crm, { id: 7, name: 'CRM', clientId: crm.clientId, ...fresh, createdAt: 6, updatedAt: 6 });
  const redirectUris = ['https://crm.example.com/callback'];
  assert.equal(await catalog.updateApp(1, { ...crm, redirectUris, updatedAt: 7 }, 6), 'updated');
  assert.deepEqual((await catalog.listApps(1))[0]?.redirectUris, redirectUris);
  const [token] = await catalog.listTokens(1);
  const { scopes, revokedAt, allowedNetworks, rotatedAt, oldSecret, lastUsedAt } = token!;
  assert.deepEqual([scopes, revokedAt], [['optio.admin'], 9]);
  assert.deepEqual([allowedNetworks, rotatedAt, oldSecret, lastUsedAt], [[], null, null, null]);
  assert.deepEqual((await catalog.findToken(token!.secretHash))?.token, token);
}

for (const [engine, make, secretHash] of [
  ['sqlite', makeSqlite, "x'01020304'"],
  ['postgres', makePostgres, "'\\x01020304'"],
] as const) {
  describe(`On ${engine}, a database of the first version`, () => {
    test('is brought to this one: every brand has a plain look, which can be changed, and the rest is as it was', async (t) => {
      const { databaseUrl, run, drop } = await make();
      const first = new URL(`../../src/storage/${engine}/migrations/0001-initial.sql`, import.meta.url);
      await run(await readFile(first, 'utf8'));
      await run(leftBehind(secretHash));
      const store = await openStore(databaseUrl);
      t.after(async () => {
        await store.close();
        await drop();
      });
      const { pending } = await store.migrationStatus();
      assert.ok(pending.includes('0003-brand-look') && !pending.includes('0001-initial'), String(pending));
      const migrated = await store.migrate();
      assert.deepEqual(migrated, { applied: ['0001-initial', ...pending], pending: [] });
      assert.deepEqual(await store.migrate(), migrated);
      const outdoor = { id: 12, name: 'Outdoor', look: PLAIN_LOOK, createdAt: 4, updatedAt: 5 };
      const load = async () => (await store.catalog.loadCatalog(1))!;
      assert.deepEqual((await load()).account, {
        id: 1,
        name: 'Acme',
        dataPrivacy: false,
        mailRule: 'opt-in',
        keepEvidenceMonths: null,
        createdAt: 2,
        updatedAt: 3,
      });
      assert.deepEqual((await load()).businessUnits.get(12), outdoor);
      const look = { ...PLAIN_LOOK, accentColor: '#1f6feb' };
      const changed = { ...outdoor, look, updatedAt: 6 };
      assert.equal(await store.catalog.updateBusinessUnit(1, changed, 5), 'updated');
      assert.deepEqual((await load()).businessUnits.get(12), changed);
      assert.deepEqual((await load()).businessUnits.get(0)?.look, PLAIN_LOOK);
      await assertAppsAndTokensWork(store);
    });
  });
}

test('what a database has not had is applied, also where it stands before what it had', () => {
  const known = ['0001-a', '0002-b', '0003-c'];
  assert.deepEqual(compareMigrations(known, ['0003-c', '0001-a']), {
    applied: ['0001-a', '0003-c'],
    pending: ['0002-b'],
  });
  assert.throws(() => compareMigrations(known, ['0001-a', '0004-d']), StoreUnavailable);
});
