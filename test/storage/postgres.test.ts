import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from '../../src/storage/open-store.ts';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';
import { type FreshDatabase, storageContract } from './contract.ts';
import { firstChange, nextAccountId, storedOf } from './samples.ts';

after(stopOwnServer);

storageContract('PostgreSQL', (options) => openFresh(besideNobody, options));

test('a store is reached through a Unix socket', async (t) => {
  const fresh = await openFresh();
  try {
    await fresh.store.migrate();
    const url = new URL(fresh.databaseUrl);
    const [setting] = await query(url.href, 'SHOW unix_socket_directories');
    const folder = String(setting?.unix_socket_directories);
    if (!existsSync(join(folder, `.s.PGSQL.${url.port}`))) return t.skip('the server is on another machine');
    const name = url.pathname.slice(1);
    for (const socketUrl of [
      `postgres://${url.username}:${url.password}@/${name}?host=${folder}&port=${url.port}`,
      `postgresql://${url.username}:${url.password}@${encodeURIComponent(folder)}:${url.port}/${name}`,
    ]) {
      const store = await openStore(socketUrl);
      const change = firstChange(nextAccountId(), 'socket@example.com');
      assert.equal(await store.subscribers.commit([change]), 'committed');
      assert.deepEqual(await fresh.store.subscribers.load([change.ref]), [storedOf(change)]);
      await store.close();
    }
  } finally {
    await fresh.drop();
  }
});

test('rows are found by the primary key', async () => {
  const fresh = await openFresh(undefined, { bare: true });
  try {
    await fresh.store.migrate();
    const changes = Array.from({ length: 1_000 }, (_, index) => firstChange(1, `planned${index}@example.com`));
    await fresh.store.subscribers.commit(changes);
    await query(fresh.databaseUrl, 'ANALYZE subscriber');
    const keys = changes.slice(0, 3).map((change) => `'\\x${change.ref.subscriberKey}'`);
    const plan = await query(
      fresh.databaseUrl,
      `EXPLAIN SELECT * FROM subscriber WHERE account_id = 1 AND subscriber_key = ANY (ARRAY[${keys}]::bytea[])`,
    );
    assert.match(JSON.stringify(plan), /Index Scan (?:using|on) subscriber_pkey/);
  } finally {
    await fresh.drop();
  }
});

/** Names a second host, first: where several are named, all must be as with one. */
function besideNobody(databaseUrl: string): string {
  const { host } = new URL(databaseUrl);
  return host === '' ? databaseUrl : databaseUrl.replace(host, `127.0.0.1:1,${host}`);
}

async function openFresh(
  urlFor = (databaseUrl: string) => databaseUrl,
  options: { readonly bare?: boolean } = {},
): Promise<FreshDatabase> {
  const { databaseUrl, drop } = await createDatabase(options);
  const store = await openStore(urlFor(databaseUrl));
  return {
    databaseUrl,
    store,
    isShared: true,
    select: (sql) => query(databaseUrl, sql),
    drop: async () => {
      await store.close();
      await drop();
    },
  };
}
