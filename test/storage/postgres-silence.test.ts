/** A PostgreSQL server of which nothing is heard any more, or that waits for somebody else: nobody hangs with it. */
import assert from 'node:assert/strict';
import { after, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openStore } from '../../src/storage/open-store.ts';
import { type Store, StoreUnavailable } from '../../src/storage/port.ts';
import { newAccount } from '../support/account.ts';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';
import { makeFolder, OptioServer } from '../support/optio-process.ts';
import { TcpRelay } from '../support/tcp-relay.ts';
import { firstChange, nextAccountId, storedOf } from './samples.ts';

after(stopOwnServer);

interface Relayed {
  readonly relay: TcpRelay;
  readonly store: Store;
  /** The database of both, past the relay. */
  readonly databaseUrl: string;
}

/** A store that reaches a database of its own by way of a relay. */
async function openRelayed(t: TestContext): Promise<Relayed> {
  const { databaseUrl, drop } = await createDatabase();
  t.after(drop);
  const relay = await TcpRelay.start(t, databaseUrl);
  const store = await openStore(relay.url);
  t.after(() => store.close());
  await store.migrate();
  return { relay, store, databaseUrl };
}

// They wait for Optio's own limits, so they wait together.
describe('silence', { concurrency: true, timeout: 120_000 }, () => {
  test('while one waits for a server that says nothing, the others are told at once', async (t) => {
    const { relay, store } = await openRelayed(t);
    relay.swallow();
    await assert.rejects(store.ping(), StoreUnavailable);
    let isAsking = true;
    const asked = () => {
      isAsking = false;
    };
    const asking = store.ping().then(asked, asked);
    for (let count = 0; count < 20; count++) {
      await assert.rejects(store.ping(), /PostgreSQL: the server does not answer/);
      assert.ok(isAsking, 'the refused waited no longer than whoever asks');
    }
    relay.restore();
    await asking;
    await store.ping();
    await Promise.all(Array.from({ length: 20 }, () => store.ping()));
  });

  test('after one connection went silent, none of the same age is used again', async (t) => {
    const { relay, store } = await openRelayed(t);
    const change = firstChange(nextAccountId(), 'forgotten@example.com');
    await Promise.all(Array.from({ length: 8 }, () => store.ping()));
    relay.lose();
    // What is lost is found out after some seconds, and the commit is repeated on a connection that was made since.
    assert.equal(await store.subscribers.commit([change]), 'committed');
    for (let count = 0; count < 8; count++) await store.ping();
  });

  test('a lock that somebody holds: the server gives the statement up, and nothing was written', async (t) => {
    const { store, databaseUrl } = await openRelayed(t);
    const change = firstChange(nextAccountId(), 'locked@example.com');
    const holder = new pg.Client(databaseUrl);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE subscriber IN SHARE MODE');
    await assert.rejects(store.subscribers.commit([change]), /statement timeout/);
    await holder.end();
    assert.deepEqual(await store.subscribers.load([change.ref]), [undefined]);
    assert.equal(await store.subscribers.commit([change]), 'committed');
    assert.deepEqual(await store.subscribers.load([change.ref]), [storedOf(change)]);
  });

  test('a process that vanishes in the middle of a transaction does not hold its locks for long', async (t) => {
    const { relay, store, databaseUrl } = await openRelayed(t);
    const another = await openStore(databaseUrl);
    t.after(() => another.close());
    relay.dropAnswerTo('UPDATE catalog_revision', 'lost');
    const vanished = assert.rejects(store.catalog.insertAccount(newAccount(nextAccountId())), StoreUnavailable);
    // It holds the row that everybody who changes a catalog waits for.
    const holding =
      "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE 'UPDATE catalog%'";
    while ((await query(databaseUrl, holding)).length === 0) await sleep(10);
    await assert.rejects(another.catalog.insertAccount(newAccount(nextAccountId())), /statement timeout/);
    await vanished;
    await eventually(() => another.catalog.insertAccount(newAccount(nextAccountId())));
  });

  test('a server ends in order though its connections lead nowhere', async (t) => {
    const { relay } = await openRelayed(t);
    const cwd = await makeFolder(t);
    const server = await OptioServer.start(t, { cwd, env: { OPTIO_DATABASE_URL: relay.url } });
    await Promise.all(Array.from({ length: 8 }, () => server.request('GET', '/health/ready')));
    relay.lose();
    const { code, stderr } = await server.stop();
    assert.equal(code, 0, stderr);
  });
});

async function eventually(work: () => Promise<unknown>): Promise<void> {
  for (const deadline = performance.now() + 60_000; ; ) {
    try {
      return void (await work());
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
