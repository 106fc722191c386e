/** Several processes write by clocks that are wrong, while others follow: each sees every event once, in one order. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createContext, stopContext } from '../../src/actions/create-context.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { newAccount } from '../support/account.ts';
import { createDatabase, stopOwnServer } from '../support/database.ts';
import { runChildren } from './child-processes.ts';

const ROUNDS = 40;
/** By name, by how many milliseconds each clock is wrong: during the first half, and during the second. */
const WRITERS = [
  ['a', 0, 0],
  ['bb', 40, -5_000],
  ['ccc', -3_000, -3_000],
  ['dddd', 1_500, 90_000],
] as const;
/** How wrong the clocks of those are who follow, and how many events each takes at once. */
const FOLLOWERS = [
  [0, 1_000],
  [4_000, 1_000],
  [-30_000, 7],
] as const;
const LAST_ID = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

after(stopOwnServer);

test('SQLite: three follow what four processes write', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'optio-follow-'));
  try {
    await follow(`sqlite:${join(folder, 'optio.db')}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('PostgreSQL: three follow what four processes write', async () => {
  const { databaseUrl, drop } = await createDatabase();
  try {
    await follow(databaseUrl);
  } finally {
    await drop();
  }
});

async function follow(databaseUrl: string): Promise<void> {
  const store = await openStore(databaseUrl);
  await store.migrate();
  await store.catalog.insertAccount(newAccount(1));
  const allIds = async () => (await store.ledger.read(null, LAST_ID, 1_000_000)).events.map(({ eventId }) => eventId);
  /** The last event in the end; unknown while anybody writes. */
  let end = LAST_ID;
  const following = FOLLOWERS.map(([wrongBy, limit]) => followAlong(databaseUrl, wrongBy, limit, () => end));
  try {
    const argumentLists = WRITERS.map(([name, first, second]) =>
      [databaseUrl, name, ROUNDS, first, second].map((each) => String(each)),
    );
    const printed = await runChildren('change-by-clock', argumentLists);
    const ids = await allIds();
    assert.ok(ids.length > ROUNDS * 20, `only ${ids.length} events were written`);
    end = ids.at(-1)!;
    assert.ok(
      printed.some((refused) => Number(refused) > 0),
      'nobody was ever too late: this test has shown nothing',
    );
    for (const { seen, pages } of await Promise.all(following)) {
      assert.ok(pages > 1, 'all was read at once: this test has shown nothing');
      assert.deepEqual(seen, ids);
    }
    await assertVersionsAscend(store);
  } finally {
    end = '';
    await Promise.allSettled(following);
    await store.close();
  }
}

/** Follows until it has come to the end. */
async function followAlong(
  databaseUrl: string,
  wrongBy: number,
  limit: number,
  end: () => string,
): Promise<{ seen: string[]; pages: number }> {
  const store = await openStore(databaseUrl);
  const context = await createContext(store, { clock: () => Date.now() + wrongBy });
  const gone = new AbortController().signal;
  const seen: string[] = [];
  let after: string | null = null as string | null;
  let pages = 0;
  while (after === null || after < end()) {
    const outcome = await context.feed.follow(1, { after, limit, waitMs: 500, gone });
    assert.ok(outcome.kind === 'page');
    const { events, next } = outcome.page;
    assert.ok(after === null || next >= after, 'a follower was sent back');
    seen.push(...events.map(({ event }) => event.eventId));
    if (events.length > 0) pages += 1;
    after = next;
  }
  await stopContext(context);
  await store.close();
  return { seen, pages };
}

async function assertVersionsAscend({ ledger }: Awaited<ReturnType<typeof openStore>>): Promise<void> {
  const versions = new Map<string, number>();
  for (const { subscriberKey, version } of (await ledger.read(null, LAST_ID, 1_000_000)).events) {
    assert.equal(version, (versions.get(subscriberKey) ?? 0) + 1);
    versions.set(subscriberKey, version);
  }
}
