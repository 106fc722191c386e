/** Closing the ledger on PostgreSQL while a commit is stopped half-way: whoever is second waits, or is told. */
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import pg from 'pg';
import { v7 } from 'uuid';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store, SubscriberChange } from '../../src/storage/port.ts';
import { createDatabase, query, stopOwnServer, type TestDatabase } from '../support/database.ts';
import { changeOf, firstChange, statusDraft } from './samples.ts';

after(stopOwnServer);

describe('closing, and a commit that is stopped', () => {
  let database: TestDatabase;
  let store: Store;
  /** Somebody in the way. */
  let other: pg.Client;
  beforeEach(async () => {
    database = await createDatabase({ bare: true });
    store = await openStore(database.databaseUrl);
    await store.migrate();
    other = new pg.Client({ connectionString: database.databaseUrl });
    await other.connect();
    await other.query('BEGIN');
  });
  afterEach(async () => {
    await other.end();
    await store.close();
    await database.drop();
  });

  /** Resolves when so many of our statements wait for a lock. */
  async function waiting(statements: number): Promise<void> {
    const sql = `SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'optio' AND wait_event_type = 'Lock'`;
    while ((await query(database.databaseUrl, sql)).length !== statements);
  }

  async function idsThrough(through: string): Promise<string[]> {
    return (await store.ledger.read(null, through, 100)).events.map(({ eventId }) => eventId);
  }

  const idsOf = ({ events }: SubscriberChange) => events.map(({ eventId }) => eventId);

  test('a commit that has looked where the ledger is closed holds off who closes, until it can be read', async () => {
    const change = firstChange(1, 'ada@example.com');
    const [eventId] = idsOf(change);
    // The same event in a transaction that is open: the commit must wait for it, rows and horizon behind it.
    await other.query(
      `INSERT INTO event (event_id, account_id, subscriber_key, version, occurred_at, hash, body)
       VALUES ($1, 1, $2, 1, 1, '\\x00', '{}')`,
      [eventId, Buffer.from(change.ref.subscriberKey, 'hex')],
    );
    const commit = store.subscribers.commit([change]);
    await waiting(1);
    const through = v7();
    const closing = store.ledger.close(through);
    await waiting(2);
    assert.equal(await store.ledger.closedThrough(), null);
    await other.query('ROLLBACK');
    assert.equal(await commit, 'committed');
    assert.equal(await closing, through);
    assert.deepEqual(await idsThrough(through), [eventId]);
  });

  test('behind a commit that is stuck nobody waits long: the ledger stays closed where it is, and others commit', async () => {
    const first = firstChange(1, 'ada@example.com');
    assert.equal(await store.subscribers.commit([first]), 'committed');
    const closedBefore = await store.ledger.close(v7());
    await other.query('SELECT * FROM subscriber FOR UPDATE');
    const second = changeOf(first.ref, first.address, first.state, [statusDraft('UNSUBSCRIBED', 1_800_000_000_000)]);
    const stuck = store.subscribers.commit([second]);
    await waiting(1);
    const [closing, passing] = [
      store.ledger.close(v7()),
      store.subscribers.commit([firstChange(1, 'bob@example.com')]),
    ];
    assert.deepEqual([await closing, await passing], [closedBefore, 'committed']);
    await other.query('ROLLBACK');
    assert.equal(await stuck, 'committed');
    const through = v7();
    assert.equal(await store.ledger.close(through), through);
    assert.equal((await idsThrough(through)).length, 3);
  });

  test('a commit that finds somebody closing waits, and is told', async () => {
    const change = firstChange(1, 'ada@example.com');
    const through = v7();
    await other.query('LOCK TABLE ledger_horizon IN EXCLUSIVE MODE');
    await other.query('UPDATE ledger_horizon SET closed_through = $1', [through]);
    const commit = store.subscribers.commit([change]);
    await waiting(1);
    await other.query('COMMIT');
    assert.equal(await commit, 'too-late');
    assert.deepEqual(await idsThrough(through), []);
  });

  test('so does one on a server where statements see the database as it was when they began', async () => {
    const name = new URL(database.databaseUrl).pathname.slice(1);
    await query(database.databaseUrl, `ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`);
    const strict = await openStore(database.databaseUrl);
    try {
      await other.query('LOCK TABLE ledger_horizon IN EXCLUSIVE MODE');
      await other.query('UPDATE ledger_horizon SET closed_through = $1', [v7()]);
      const early = firstChange(1, 'ada@example.com');
      await other.query('UPDATE ledger_horizon SET closed_through = $1', [v7()]);
      const commit = strict.subscribers.commit([early]);
      await waiting(1);
      await other.query('COMMIT');
      assert.notEqual(await commit, 'committed');
      assert.equal(await strict.subscribers.commit([firstChange(1, 'ada@example.com')]), 'committed');
    } finally {
      await strict.close();
    }
  });

  test('who closes is not kept waiting for ever by commits that overlap', async () => {
    let isOver = false;
    let committed = 0;
    const lane = async (name: string) => {
      for (let index = 0; !isOver; index += 1) {
        if ((await store.subscribers.commit([firstChange(1, `${name}${index}@example.com`)])) === 'committed')
          committed += 1;
      }
    };
    const lanes = ['a', 'b', 'c', 'd'].map(lane);
    for (let times = 0; times < 20; times += 1) await store.ledger.close(v7());
    isOver = true;
    await Promise.all(lanes);
    assert.ok(committed > 0);
  });
});
