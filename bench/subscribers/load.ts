/** Loads a population into an empty database, as fast as its engine takes it; afterwards it is like any other database. */
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openStore } from '../../src/storage/open-store.ts';
import { query } from '../../test/support/postgres.ts';
import { benchAccount, type Population } from '../population.ts';
import { checkSubscribers } from './check.ts';
import { allocateKeys } from './key-order.ts';
import type { ThreadTask } from './load-thread.ts';
import type { MergeTask } from './merge-thread.ts';
import { fileOf, partPath } from './sqlite-sink.ts';

/** More would wait for the disk and for each other. */
const MAX_THREADS = 8;
/** Ledgers that are replayed afterwards. */
const CHECKED = 200;

/**
 * Loads the same subscribers into each of the databases: making them is a good part of the work. `told` hears now and
 * then how many there are by now.
 */
export async function loadSubscribers(
  databaseUrls: readonly string[],
  population: Population,
  told: (contacts: number) => void = () => {},
): Promise<void> {
  const parts = Math.min(availableParallelism(), MAX_THREADS);
  for (const url of databaseUrls) {
    await createEmpty(url);
    const file = fileOf(url);
    // Migrated like the first; what else stands in it is not merged.
    for (let part = 1; file && part < parts; part++) await copyFile(file, partPath(file, part));
  }
  await runThreads(databaseUrls, population, parts, told);
  await Promise.all(
    databaseUrls.map((url) => {
      const file = fileOf(url);
      return file ? mergeParts(file, parts) : settle(url);
    }),
  );
  for (const url of databaseUrls) await checkSubscribers(url, population, CHECKED);
}

async function createEmpty(databaseUrl: string): Promise<void> {
  const store = await openStore(databaseUrl);
  try {
    await store.migrate();
    if ((await store.catalog.insertFirstAccount(benchAccount())) === 'taken') {
      throw new Error('The database has an account already; subscribers are loaded into an empty database only.');
    }
  } finally {
    await store.close();
  }
}

async function runThreads(
  databaseUrls: readonly string[],
  { contacts, typesEach }: Population,
  parts: number,
  told: (contacts: number) => void,
): Promise<void> {
  const keys = allocateKeys(contacts);
  let loaded = 0;
  const threads = Array.from({ length: parts }, (_, part) => {
    const task: ThreadTask = { databaseUrls, keys, typesEach, part, parts };
    return new Worker(new URL('load-thread.ts', import.meta.url), { workerData: task });
  });
  try {
    await Promise.all(threads.map((thread) => once(thread, 'message')));
    for (const thread of threads) {
      thread.on('message', (count: number) => {
        loaded += count;
        told(loaded);
      });
      thread.postMessage('go');
    }
    await Promise.all(threads.map((thread) => once(thread, 'exit')));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** What the server's own housekeeping would do within minutes, in the midst of a measurement. */
async function settle(databaseUrl: string): Promise<void> {
  await Promise.all(['VACUUM (ANALYZE) subscriber', 'VACUUM (ANALYZE) event'].map((sql) => query(databaseUrl, sql)));
  await query(databaseUrl, 'CHECKPOINT');
}

/** In a thread, since it would keep this one from everything else. */
async function mergeParts(path: string, parts: number): Promise<void> {
  const task: MergeTask = { path, parts };
  await once(new Worker(new URL('merge-thread.ts', import.meta.url), { workerData: task }), 'exit');
}
