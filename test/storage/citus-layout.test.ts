/** Whoever adds a table says where it lies once a database is distributed: no server with Citus is needed to see that. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openStore } from '../../src/storage/open-store.ts';
import { COORDINATOR_TABLES, HORIZON_TABLE, SHARD_KEY, SPLIT_TABLES } from '../../src/storage/postgres/citus/layout.ts';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';

after(stopOwnServer);

test('every table has its place, and what is split can be', async () => {
  const { databaseUrl, drop } = await createDatabase({ bare: true });
  const store = await openStore(databaseUrl);
  try {
    await store.migrate();
    const tables = await query(
      databaseUrl,
      "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    );
    const placed = [...SPLIT_TABLES, HORIZON_TABLE, ...COORDINATOR_TABLES];
    assert.deepEqual(tables.map(({ relname }) => relname).toSorted(), placed.toSorted());
    for (const table of SPLIT_TABLES) {
      const unique = await query(
        databaseUrl,
        `SELECT indexrelid::regclass::text AS name FROM pg_index
         WHERE indrelid = '${table}'::regclass AND indisunique AND NOT EXISTS (
           SELECT FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey) AND attname = '${SHARD_KEY}'
         )`,
      );
      assert.deepEqual(unique, [], `${table}: a unique index without the shard key`);
    }
    const foreign = await query(
      databaseUrl,
      `SELECT conname FROM pg_constraint WHERE contype = 'f' AND ('{${SPLIT_TABLES}}'::regclass[] && ARRAY[conrelid::regclass, confrelid::regclass])`,
    );
    assert.deepEqual(foreign, [], 'no foreign key leads to or from what is split');
  } finally {
    await store.close();
    await drop();
  }
});

test('a PostgreSQL without Citus is refused in a clear line, and left as it is', async (t) => {
  const { databaseUrl, drop } = await createDatabase({ bare: true });
  const store = await openStore(databaseUrl);
  try {
    const [available] = await query(databaseUrl, "SELECT 1 FROM pg_available_extensions WHERE name = 'citus'");
    if (available) return t.skip('this PostgreSQL has Citus');
    await store.migrate();
    const outcome = await store.distribute(null);
    assert.ok(outcome.kind === 'refused');
    assert.match(outcome.because, /^this PostgreSQL has no Citus extension: install Citus on every node/);
    assert.equal(await store.distribution(), null);
  } finally {
    await store.close();
    await drop();
  }
});
