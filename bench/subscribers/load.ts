/** Loads a population into an empty database, as fast as its engine takes it; afterwards it is like any other database. */

import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { openStore } from '../../src/storage/open-store.ts';
import { benchAccount, type Population } from '../population.ts';
import { checkSubscribers } from './check.ts';
import { allocateKeys } from './key-order.ts';
import type { ThreadTask } from './load-thread.ts';
import { mergeParts, partPath } from './sqlite-sink.ts';

/** More would wait for the disk and for each other. */
const MAX_THREADS = 8;
/** Ledgers that are replayed afterwards. */
const CHECKED = 200;

/** `told` hears now and then how many contacts there are by now. */
export async function loadSubscribers(
  databaseUrl: string,
  population: Population,
  told: (contacts: number) => void = () => {},
): Promise<void> {
  const file = databaseUrl.startsWith('sqlite:') ? databaseUrl.slice('sqlite:'.length) : null;
  const parts = Math.min(availableParallelism(), MAX_THREADS);
  await createEmpty(databaseUrl);
  // Migrated like the first; what else stands in it is not merged.
  for (let part = 1; file && part < parts; part++) await copyFile(file, partPath(file, part));
  await runThreads(databaseUrl, population, parts, told);
  if (file) await mergeParts(file, parts);
  else await settle(databaseUrl);
  await checkSubscribers(databaseUrl, population, CHECKED);
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
  databaseUrl: string,
  { contacts, typesEach }: Population,
  parts: number,
  told: (contacts: number) => void,
): Promise<void> {
  const keys = allocateKeys(contacts);
  let loaded = 0;
  const threads = Array.from({ length: parts }, (_, part) => {
    const task: ThreadTask = { databaseUrl, keys, typesEach, part, parts };
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
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query('VACUUM (ANALYZE) subscriber');
    await client.query('VACUUM (ANALYZE) event');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}
