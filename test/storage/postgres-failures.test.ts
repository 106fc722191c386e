/** What a PostgreSQL server, its network and its operator may do to us, and what is left of it afterwards. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { openStore } from '../../src/storage/open-store.ts';
import { type Store, StoreUnavailable } from '../../src/storage/port.ts';
import { createDatabase, query, stopOwnServer, type TestDatabase } from '../support/database.ts';
import { app } from '../support/subjects.ts';
import { TcpRelay } from '../support/tcp-relay.ts';
import { changeOf, firstChange, nextAccountId, optOutDraft, storedOf } from './samples.ts';

let database: TestDatabase;
let store: Store;

before(async () => {
  // On one server, also where a Citus is there: what fails is put in the way of its statements.
  database = await createDatabase({ bare: true });
  store = await openStore(database.databaseUrl);
  await store.migrate();
});
after(async () => {
  await store?.close();
  await database?.drop();
  await stopOwnServer();
});

const SECRET = 'correct-horse-battery-staple';

/** The sessions of stores on this database. */
const OURS = "datname = current_database() AND application_name = 'optio'";

function sessions(): Promise<Record<string, unknown>[]> {
  return query(database.databaseUrl, `SELECT state FROM pg_stat_activity WHERE ${OURS}`);
}

async function endSessions(): Promise<void> {
  await query(database.databaseUrl, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OURS}`);
}

test('connections that the server ends are replaced, idle ones without anybody noticing', async () => {
  const change = firstChange(nextAccountId(), 'a@example.com');
  await Promise.all(Array.from({ length: 8 }, () => store.ping()));
  assert.ok((await sessions()).length > 1);
  await endSessions();
  // The pool hears of it by an event; until then a borrower may still be handed one that is gone.
  await eventually(() => store.ping());
  assert.equal(await store.subscribers.commit([change]), 'committed');
});

test('a commit that is cut off in the middle is looked up, and carried out once', async () => {
  const accountId = nextAccountId();
  const operator = new pg.Client(database.databaseUrl);
  await operator.connect();
  let cut = 0;
  try {
    for (let round = 0; round < 6; round += 1) {
      const changes = Array.from({ length: 500 }, (_, index) =>
        firstChange(accountId, `${round}-${index}@example.com`),
      );
      const refs = changes.map((change) => change.ref);
      const commit = store.subscribers.commit(changes);
      // At a different moment each round: while the statement travels, while it runs, after it.
      await setTimeout(round * 4);
      const { rows } = await operator.query(
        `SELECT state, pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OURS}`,
      );
      cut += rows.filter(({ state }) => state === 'active').length;
      assert.equal(await commit, 'committed');
      assert.deepEqual(await store.subscribers.load(refs), changes.map(storedOf));
    }
  } finally {
    await operator.end();
  }
  assert.ok(cut > 0, 'no commit was cut off: this test has shown nothing');
});

test('no connection is left in a transaction, whatever came of the work', async () => {
  const change = firstChange(nextAccountId(), 'left@example.com');
  await store.subscribers.commit([change]);
  await store.subscribers.commit([change]);
  const later = changeOf(change.ref, 'left@example.com', change.state, [optOutDraft(null, 1_800_000_000_000)]);
  // The same event once more: a bug, were it ours, and so no conflict.
  await assert.rejects(store.subscribers.commit([{ ...later, events: change.events }]), (error: Error) => {
    assert.ok(!(error instanceof StoreUnavailable));
    assert.ok(!JSON.stringify(error).includes(change.ref.subscriberKey));
    return true;
  });
  await assert.rejects(store.catalog.insertApp(999_999, app(1)));
  assert.deepEqual(await store.subscribers.load([change.ref]), [storedOf(change)]);
  await eventually(async () => {
    for (const session of await sessions()) assert.equal(session.state, 'idle');
  });
});

test('a server that has become read-only is unavailable until it is not', async () => {
  const change = firstChange(nextAccountId(), 'read-only@example.com');
  const name = new URL(database.databaseUrl).pathname.slice(1);
  await query(database.databaseUrl, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await endSessions();
  await eventually(() => store.subscribers.load([change.ref]));
  await assert.rejects(store.subscribers.commit([change]), /read-only/);
  await assert.rejects(store.subscribers.commit([change]), StoreUnavailable);
  await query(
    database.databaseUrl,
    `BEGIN READ WRITE; ALTER DATABASE ${name} RESET default_transaction_read_only; COMMIT`,
  );
  // Each failure closed its connection, so that none goes on with the old setting.
  assert.equal(await eventually(() => store.subscribers.commit([change])), 'committed');
});

test('commits on both sides of a deadlock or a serialisation failure end as conflicts or commits', async () => {
  const name = new URL(database.databaseUrl).pathname.slice(1);
  await query(database.databaseUrl, `ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
  const strict = await openStore(database.databaseUrl);
  try {
    const accountId = nextAccountId();
    const rivals = Array.from({ length: 12 }, () => firstChange(accountId, 'wanted@example.com'));
    const results = await Promise.all(rivals.map((rival) => strict.subscribers.commit([rival])));
    assert.deepEqual([...results].sort(), ['committed', ...Array(11).fill('conflict')]);
  } finally {
    await strict.close();
    await query(database.databaseUrl, `ALTER DATABASE ${name} RESET default_transaction_isolation`);
  }
});

test('a server that is not there, an unknown user, a missing database: unavailable, each in its words', async () => {
  const wrong = (change: (url: URL) => void): string => {
    const url = new URL(database.databaseUrl);
    change(url);
    return url.href;
  };
  for (const [url, words] of [
    [wrong((u) => Object.assign(u, { port: '1', password: SECRET })), /cannot be reached/],
    [
      wrong((u) => Object.assign(u, { username: 'nobody-of-that-name', password: SECRET })),
      /refused the user or the password/,
    ],
    [wrong((u) => Object.assign(u, { pathname: '/nowhere' })), /no such database/],
    ['postgres:///optio?host=/no/such/socket', /cannot be reached/],
  ] as const) {
    const elsewhere = await openStore(url);
    await assert.rejects(elsewhere.ping(), (error: Error) => {
      assert.match(error.message, words);
      assert.ok(!error.message.includes(SECRET));
      return error instanceof StoreUnavailable;
    });
    await assert.rejects(elsewhere.migrate(), StoreUnavailable);
    await elsewhere.close();
  }
});

test('a database URL that cannot be read is refused without repeating it', async () => {
  await assert.rejects(openStore('postgres://user:secret@host:port/optio'), (error: Error) => {
    assert.match(error.message, /cannot be read/);
    return !error.message.includes('secret') && !(error instanceof StoreUnavailable);
  });
});

test('a network that breaks under a running commit: it gets through on another connection', async (t) => {
  const relay = await TcpRelay.start(t, database.databaseUrl);
  const relayed = await openStore(relay.url);
  try {
    const accountId = nextAccountId();
    assert.equal(await relayed.subscribers.commit([firstChange(accountId, 'before@example.com')]), 'committed');
    const during = relayed.subscribers.commit([firstChange(accountId, 'during@example.com')]);
    relay.cut();
    assert.equal(await during, 'committed');
  } finally {
    await relayed.close();
  }
});

test('a commit whose answer is lost is found in the ledger, and is committed', async (t) => {
  const relay = await TcpRelay.start(t, database.databaseUrl);
  const relayed = await openStore(relay.url);
  try {
    await relayed.ping();
    const changes = ['unheard', 'unheard-too'].map((name) => firstChange(nextAccountId(), `${name}@example.com`));
    relay.dropAnswerTo('commit\0', 'cut');
    assert.equal(await relayed.subscribers.commit(changes), 'committed');
    assert.deepEqual(await relayed.subscribers.load(changes.map(({ ref }) => ref)), changes.map(storedOf));
    relay.restore();
    assert.equal(await relayed.subscribers.commit(changes), 'conflict');
  } finally {
    await relayed.close();
  }
});

test('a commit that nobody can look up is unavailable, though it took effect', async (t) => {
  const relay = await TcpRelay.start(t, database.databaseUrl);
  const relayed = await openStore(relay.url);
  try {
    await relayed.ping();
    const change = firstChange(nextAccountId(), 'never-heard@example.com');
    relay.dropAnswerTo('commit\0', 'cut');
    relay.refuse({ afterDroppedAnswer: true });
    await assert.rejects(relayed.subscribers.commit([change]), StoreUnavailable);
    relay.restore();
    await eventually(async () => assert.deepEqual(await relayed.subscribers.load([change.ref]), [storedOf(change)]));
    assert.equal(await relayed.subscribers.commit([change]), 'conflict');
  } finally {
    await relayed.close();
  }
});

test('a server that stays away: some seconds are waited for it, and then nobody waits any more', async (t) => {
  const relay = await TcpRelay.start(t, database.databaseUrl);
  const relayed = await openStore(relay.url);
  try {
    const change = firstChange(nextAccountId(), 'away@example.com');
    await relayed.ping();
    relay.refuse();
    let isWaiting = true;
    const waiting = assert.rejects(relayed.subscribers.load([change.ref]), StoreUnavailable).finally(() => {
      isWaiting = false;
    });
    // A look does not wait.
    await assert.rejects(relayed.ping(), StoreUnavailable);
    assert.ok(isWaiting);
    await waiting;
    const late = relayed.subscribers.load([change.ref]).catch(() => 'refused');
    assert.equal(await Promise.race([late, setTimeout(4_000, 'waits', { ref: false })]), 'refused');
    relay.restore();
    assert.deepEqual(await relayed.subscribers.load([change.ref]), [undefined]);
  } finally {
    await relayed.close();
  }
});

/** Tries again for a moment: the end of a connection takes a while to be heard of. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await setTimeout(20);
    }
  }
}
