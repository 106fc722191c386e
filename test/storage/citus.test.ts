/**
 * On a real Citus, where OPTIO_TEST_DATABASE_URL names one: how a database is distributed, what `optio doctor` would say of
 * it, and that each hot statement touches only the shards of its contacts.
 */
import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import pg from 'pg';
import { v7 } from 'uuid';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/port.ts';
import { commitOnNodes, writeOnNodes } from '../../src/storage/postgres/citus/commit.ts';
import { LEAVE } from '../../src/storage/postgres/forget.ts';
import { FIND_REVOCATION, REVOKE } from '../../src/storage/postgres/link-revocations.ts';
import * as signUps from '../../src/storage/postgres/sign-ups.ts';
import { HISTORY, LOAD, LOAD_PREFERENCES } from '../../src/storage/postgres/subscribers.ts';
import { query, stopOwnServer } from '../support/database.ts';
import { skip, useCitus } from './on-citus.ts';
import { changeOf, firstChange, statusDraft } from './samples.ts';

after(stopOwnServer);

describe('on Citus', { skip }, () => {
  let databaseUrl: string;
  let store: Store;
  const open = useCitus((opened) => {
    ({ databaseUrl, store } = opened);
  });

  describe('a database that is distributed', () => {
    beforeEach(() => open());

    test('has nothing to be done, and says so again', async () => {
      const outcome = await store.distribute(null);
      assert.ok(outcome.kind === 'distributed');
      assert.deepEqual(outcome.done, []);
      assert.deepEqual(outcome.distribution.flaws, []);
      assert.deepEqual(await store.distribution(), outcome.distribution);
    });

    test('keeps its number of shards', async () => {
      const { shards } = (await store.distribution())!;
      assert.equal((await store.distribute(shards)).kind, 'distributed');
      const outcome = await store.distribute(shards + 1);
      assert.ok(outcome.kind === 'refused');
      assert.match(outcome.because, new RegExp(`split into ${shards} shards already, not ${shards + 1}`));
    });

    test('a table that a later migration added is missed, and distributed', async () => {
      await query(databaseUrl, "SELECT undistribute_table('sign_up')");
      assert.deepEqual(
        (await store.distribution())!.flaws.map(({ says }) => says),
        ['the table sign_up is not distributed'],
      );
      const outcome = await store.distribute(null);
      assert.ok(outcome.kind === 'distributed');
      assert.deepEqual([outcome.done, outcome.distribution.flaws], [['sign_up'], []]);
    });

    test('every hot statement touches only the shards of its contacts', async () => {
      const changes = ['ada', 'bob', 'cid'].map((name) => firstChange(1, `${name}@example.com`));
      assert.equal(await store.subscribers.commit(changes), 'committed');
      const [ada] = changes as [(typeof changes)[0]];
      const key = `'\\x${ada.ref.subscriberKey}'::bytea`;
      const keys = `ARRAY[${changes.map(({ ref }) => `'\\x${ref.subscriberKey}'`)}]::bytea[]`;
      const statements: Record<string, { sql: string; args: readonly string[]; most?: number }> = {
        load: { sql: LOAD.several, args: ['1', keys], most: changes.length },
        'load of one': { sql: LOAD.one, args: ['1', key] },
        'load of preferences': { sql: LOAD_PREFERENCES.several, args: ['1', keys], most: changes.length },
        'load of the preferences of one': { sql: LOAD_PREFERENCES.one, args: ['1', key] },
        history: { sql: HISTORY, args: ['1', key, '100'] },
        'what is left': { sql: LEAVE, args: [key, 'ARRAY[]::uuid[]', 'ARRAY[]::json[]'] },
        'a revocation': { sql: REVOKE, args: ['1', key, '5'] },
        'whose links are revoked': { sql: FIND_REVOCATION, args: ['1', key] },
        'what waits': { sql: signUps.LOAD, args: ['1', key] },
        'what began to wait': { sql: signUps.INSERT, args: ['1', key, "'a'", '1', "'{}'", '1', '1', '1', '1'] },
        'what goes on to wait': {
          sql: signUps.UPDATE,
          args: ['1', key, "'a'", '1', "'{}'", '1', '1', '1', '1', '1'],
        },
        'what was sent': { sql: signUps.SETTLE, args: ['1', key, '1', '1', '1', '1'] },
        'what waits no more': { sql: signUps.FORGET, args: ['1', key] },
      };
      for (const [name, { sql, args, most = 1 }] of Object.entries(statements)) {
        const tasks = await tasksOf(databaseUrl, sql, args);
        assert.ok(tasks >= 1 && tasks <= most, `${name}: ${tasks} shards instead of ${most}`);
      }
    });

    test("a contact's commit is one statement to the node that has it, and none to another", async () => {
      const client = new pg.Client(databaseUrl);
      await client.connect();
      try {
        await client.query('SET citus.log_remote_commands = on; SET client_min_messages = log');
        const said: string[] = [];
        client.on('notice', ({ message }) => said.push(message ?? ''));
        const first = firstChange(1, 'ada@example.com');
        assert.equal(await commitOnNodes(client, [first]), 'committed');
        said.length = 0;
        const draft = statusDraft('UNSUBSCRIBED', 1_800_000_000_000);
        assert.equal(
          await commitOnNodes(client, [changeOf(first.ref, first.address, first.state, [draft])]),
          'committed',
        );
        const issued = said.filter((line) => line.startsWith('issuing'));
        assert.equal(issued.length, 1, said.join('\n'));
        assert.match(issued[0]!, /optio_commit/);
      } finally {
        await client.end();
      }
    });

    test('who closes waits for a commit that another node holds, and a commit for who closes', async () => {
      const change = firstChange(1, 'ada@example.com');
      const held = new pg.Client(databaseUrl);
      await held.connect();
      try {
        await held.query('BEGIN');
        await writeOnNodes(held, [change]);
        const through = v7();
        assert.equal(await store.ledger.close(through), null, 'it waits a while, and gives up');
        await held.query('COMMIT');
        assert.equal(await store.ledger.close(through), through);
        const page = await store.ledger.read(null, through, 10);
        assert.deepEqual(
          page.events.map(({ eventId }) => eventId),
          change.events.map(({ eventId }) => eventId),
        );
        assert.equal(await store.subscribers.commit([firstChangeBefore(change)]), 'too-late');
      } finally {
        await held.end();
      }
    });
  });

  describe('a database that is not distributed yet', () => {
    beforeEach(() => open({ bare: true }));

    test('is distributed with all that it holds, while others write to it', async () => {
      let isOver = false;
      const written: string[] = [];
      const writing = (async () => {
        for (let count = 0; !isOver; count++) {
          const change = firstChange(1, `writing${count}@example.com`);
          const result = await store.subscribers.commit([change]).catch(() => 'failed');
          if (result === 'committed') written.push(change.ref.subscriberKey);
        }
      })();
      const other = await openStore(databaseUrl);
      try {
        while (written.length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
        const outcome = await other.distribute(4);
        assert.ok(outcome.kind === 'distributed', JSON.stringify(outcome));
        assert.deepEqual(outcome.distribution.flaws, []);
        const before = written.length;
        while (written.length < before + 5) await new Promise((resolve) => setTimeout(resolve, 10));
      } finally {
        isOver = true;
        await writing;
        await other.close();
      }
      const refs = written.map((subscriberKey) => ({ accountId: 1, subscriberKey }));
      const loaded = await store.subscribers.load(refs);
      assert.ok(loaded.every((each) => each !== undefined));
      for (const ref of refs) assert.equal((await store.subscribers.history(ref, 10)).length, 1);
    });
  });
});

/** A change of another contact whose event is as old as that one's. */
function firstChangeBefore({ events }: ReturnType<typeof firstChange>): ReturnType<typeof firstChange> {
  const late = firstChange(1, 'late@example.com');
  const [event] = late.events;
  return { ...late, events: [{ ...event!, eventId: events[0]!.eventId }] };
}

/** How many shards a statement is sent to, by what Citus says of its plan. */
async function tasksOf(databaseUrl: string, sql: string, args: readonly string[]): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query(`PREPARE hot AS ${sql}`);
    const { rows } = await client.query(`EXPLAIN (COSTS FALSE) EXECUTE hot(${args.join(', ')})`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const [, count] = /Task Count: (\d+)/.exec(plan) ?? [];
    assert.ok(count, plan);
    return Number(count);
  } finally {
    await client.end();
  }
}
