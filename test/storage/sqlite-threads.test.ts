/** The threads beside the one that serves: what they do with the log, and what is told when they are lost. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { openStore } from '../../src/storage/open-store.ts';
import { type Store, StoreUnavailable } from '../../src/storage/port.ts';
import { newAccount } from '../support/account.ts';
import { makeFolder } from '../support/optio-process.ts';
import { firstChange, nextAccountId, storedOf } from './samples.ts';

async function openInFolder(t: TestContext): Promise<{ store: Store; path: string }> {
  const path = join(await makeFolder(t), 'optio.db');
  const store = await openStore(`sqlite:${path}`);
  t.after(() => store.close());
  await store.migrate();
  return { store, path };
}

/** The next thread that this process starts. */
async function nextThread(): Promise<Worker> {
  const [worker] = (await once(process, 'worker')) as [Worker];
  return worker;
}

test('while commits go on, the log is moved to the file and starts again: it stays bounded', async (t) => {
  const { store, path } = await openInFolder(t);
  const before = (await stat(path)).size;
  let longest = 0;
  for (let round = 0; round < 60; round += 1) {
    const accountId = nextAccountId();
    const changes = Array.from({ length: 1_000 }, (_, index) => firstChange(accountId, `c${index}@example.com`));
    assert.equal(await store.subscribers.commit(changes), 'committed');
    longest = Math.max(longest, (await stat(`${path}-wal`)).size);
  }
  assert.ok((await stat(path)).size > before, 'nothing was moved to the file while the store was open');
  assert.ok(longest < 128 * 1_048_576, `the log grew to ${longest} bytes`);
});

test('a commit whose thread is lost is unavailable, and the next one has another thread', async (t) => {
  const { store } = await openInFolder(t);
  const starting = nextThread();
  const first = firstChange(nextAccountId(), 'first@example.com');
  const committing = store.subscribers.commit([first]);
  const refused = assert.rejects(committing, StoreUnavailable);
  await (await starting).terminate();
  await refused;
  const [stored] = await store.subscribers.load([first.ref]);
  assert.ok(stored === undefined || stored.state.version === 1);
  const second = firstChange(nextAccountId(), 'second@example.com');
  assert.equal(await store.subscribers.commit([second]), 'committed');
  assert.deepEqual(await store.subscribers.load([second.ref]), [storedOf(second)]);
});

test('a file that the thread cannot open is unavailable, until it can', async (t) => {
  const folder = await makeFolder(t);
  const path = join(folder, 'data', 'optio.db');
  const store = await openStore(`sqlite:${path}`);
  t.after(() => store.close());
  await store.migrate();
  await rm(join(folder, 'data'), { recursive: true });
  await mkdir(path, { recursive: true });
  const change = firstChange(nextAccountId(), 'someone@example.com');
  await assert.rejects(store.subscribers.commit([change]), StoreUnavailable);
});

test('changes of the catalog and of contacts, all at once, wait for each other', async (t) => {
  const { store } = await openInFolder(t);
  const changes = Array.from({ length: 50 }, (_, index) => firstChange(1, `c${index}@example.com`));
  const writes = changes.map(async (change, index) => {
    await sleep(index % 5);
    const inserted = store.catalog.insertAccount(newAccount(2_000 + index));
    assert.equal(await store.subscribers.commit([change]), 'committed');
    assert.equal(await inserted, 'inserted');
  });
  await Promise.all(writes);
  assert.deepEqual(await store.subscribers.load(changes.map(({ ref }) => ref)), changes.map(storedOf));
});
