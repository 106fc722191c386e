/** Databases that hold data of an earlier version: they are brought to this one, and nothing of it is lost. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { compareMigrations } from '../../src/storage/migrations.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { StoreUnavailable } from '../../src/storage/port.ts';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';

after(stopOwnServer);

interface EmptyDatabase {
  readonly databaseUrl: string;
  readonly run: (sql: string) => Promise<unknown>;
  readonly drop: () => Promise<void>;
}

/** What the first version left behind: its schema, its note of that, an account with two brands. */
const LEFT_BEHIND = `
  CREATE TABLE migration (name text PRIMARY KEY NOT NULL, applied_at bigint NOT NULL);
  INSERT INTO migration (name, applied_at) VALUES ('0001-initial', 1);
  INSERT INTO account (id, name, data_privacy, created_at, updated_at) VALUES (1, 'Acme', FALSE, 2, 3);
  INSERT INTO business_unit (account_id, id, name, created_at, updated_at)
    VALUES (1, 0, 'Acme', 2, 3), (1, 12, 'Outdoor', 4, 5);`;

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
  const { databaseUrl, drop } = await createDatabase();
  return { databaseUrl, run: (sql) => query(databaseUrl, sql), drop };
}

for (const [engine, make] of [
  ['sqlite', makeSqlite],
  ['postgres', makePostgres],
] as const) {
  describe(`On ${engine}, a database of the first version`, () => {
    test('is brought to this one: every brand has a plain look, which can be changed, and the rest is as it was', async (t) => {
      const { databaseUrl, run, drop } = await make();
      const first = new URL(`../../src/storage/${engine}/migrations/0001-initial.sql`, import.meta.url);
      await run(await readFile(first, 'utf8'));
      await run(LEFT_BEHIND);
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
        createdAt: 2,
        updatedAt: 3,
      });
      assert.deepEqual((await load()).businessUnits.get(12), outdoor);
      const look = { ...PLAIN_LOOK, accentColor: '#1f6feb' };
      const changed = { ...outdoor, look, updatedAt: 6 };
      assert.equal(await store.catalog.updateBusinessUnit(1, changed, 5), 'updated');
      assert.deepEqual((await load()).businessUnits.get(12), changed);
      assert.deepEqual((await load()).businessUnits.get(0)?.look, PLAIN_LOOK);
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
