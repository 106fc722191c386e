/**
 * On a real Citus, where OPTIO_TEST_DATABASE_URL names one: how a change of several contacts is written on the nodes that
 * have them, and that the ledger is not closed over it.
 */
import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import pg from 'pg';
import { v7 } from 'uuid';
import type { LedgerEvent } from '../../src/domain/ledger.ts';
import type { Store, SubscriberChange } from '../../src/storage/port.ts';
import { commitOnNodes, writeOnNodes } from '../../src/storage/postgres/citus/commit.ts';
import { query, stopOwnServer } from '../support/database.ts';
import { nodes, skip, useCitus } from './on-citus.ts';
import { changeOf, firstChange, statusDraft, storedOf } from './samples.ts';

after(stopOwnServer);

const AT = 1_800_000_000_000;

describe('a change of several contacts on Citus', { skip }, () => {
  let databaseUrl: string;
  let store: Store;
  const open = useCitus((opened) => {
    ({ databaseUrl, store } = opened);
  });

  describe('on its workers', () => {
    beforeEach(() => open());

    test('is one transaction of each node that has some of them, with one lock on the ledger', async () => {
      await withClient(async (client) => {
        const first = changesOf(30);
        assert.equal(await commitOnNodes(client, first), 'committed');
        const said = listenToCitus(client);
        await client.query('SET citus.log_remote_commands = on; SET client_min_messages = log');
        assert.equal(await commitOnNodes(client, first.map(next)), 'committed');
        const connections = Map.groupBy(said, ({ connection }) => connection);
        const writing = [...connections.values()].filter((on) => on.some(({ sql }) => /INSERT INTO/.test(sql)));
        assert.equal(new Set(writing.map(([on]) => on!.node)).size, writing.length, 'a connection for each node');
        assert.ok(writing.length > 1, 'the contacts are on several nodes');
        for (const on of writing) {
          assert.equal(on.filter(({ sql }) => /optio_hold/.test(sql)).length, 1, JSON.stringify(on));
          assert.equal(on.filter(({ sql }) => /^PREPARE TRANSACTION/.test(sql)).length, 1, JSON.stringify(on));
        }
      });
    });

    test('is not there at all where one of them is not as it was loaded', async () => {
      const changes = changesOf(40);
      const [taken] = changes as [SubscriberChange];
      assert.equal(await store.subscribers.commit([taken]), 'committed');
      assert.equal(await store.subscribers.commit(changes), 'conflict', 'one is there already');
      const absent = next(firstChange(1, 'absent@example.com'));
      assert.equal(await store.subscribers.commit([...changes.slice(1), absent]), 'conflict', 'one is not there');
      const refs = [...changes, absent].map(({ ref }) => ref);
      assert.equal((await store.subscribers.load(refs)).filter((found) => found).length, 1);
      assert.equal((await everything(store)).length, 1);
    });

    test('may be larger than one statement is', async () => {
      const changes = changesOf(1_200);
      assert.equal(await store.subscribers.commit(changes), 'committed');
      assert.equal(await store.subscribers.commit(changes.map(next)), 'committed');
      assert.equal((await everything(store)).length, 2_400);
    });

    test('may be of one contact, thousands of times', async () => {
      const change = firstChange(1, 'ada@example.com', 3_000);
      assert.equal(await store.subscribers.commit([change]), 'committed');
      assert.deepEqual(await store.subscribers.load([change.ref]), [storedOf(change)]);
      assert.equal((await store.subscribers.history(change.ref, 5_000)).length, 3_000);
    });

    test('keeps the ledger open on all of its nodes, and is too late where that is closed', assertHeldOpen);
  });

  test('keeps the ledger open where the coordinator has some of them, too', async () => {
    await open({ bare: true });
    const { host, port } = nodes.find(({ isCoordinator }) => isCoordinator)!;
    await query(databaseUrl, `SELECT citus_set_node_property('${host}', ${port}, 'shouldhaveshards', true)`);
    const outcome = await store.distribute(6);
    assert.ok(outcome.kind === 'distributed', JSON.stringify(outcome));
    assert.equal(outcome.distribution.nodes.length, nodes.length);
    await assertHeldOpen();
  });

  async function assertHeldOpen(): Promise<void> {
    await withClient(async (held) => {
      const changes = changesOf(30);
      await held.query('BEGIN');
      await writeOnNodes(held, changes);
      const through = v7();
      assert.equal(await store.ledger.close(through), null, 'it waits a while, and gives up');
      await held.query('COMMIT');
      assert.equal(await store.ledger.close(through), through);
      const written = changes.flatMap(({ events }) => events.map(({ eventId }) => eventId));
      const read = (await store.ledger.read(null, through, 100)).events.map(({ eventId }) => eventId);
      assert.deepEqual(read, written.sort());
      const late = changesOf(30).map((change, index) => ({ ...change, events: sameIds(change, changes[index]!) }));
      assert.equal(await commitOnNodes(held, late), 'too-late');
      assert.equal((await everything(store)).length, changes.length);
    });
  }

  async function withClient(work: (client: pg.Client) => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl, pipeline: true });
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  }
});

let lastContact = 0;

/** First changes of so many contacts, each of them new. */
function changesOf(count: number): SubscriberChange[] {
  return Array.from({ length: count }, () => firstChange(1, `contact${++lastContact}@example.com`));
}

function next({ ref, address, state }: SubscriberChange): SubscriberChange {
  return changeOf(ref, address, state, [statusDraft('UNSUBSCRIBED', AT)]);
}

/** One change's events with the ids of another's. */
function sameIds({ events }: SubscriberChange, other: SubscriberChange): LedgerEvent[] {
  return events.map((event, index) => ({ ...event, eventId: other.events[index]!.eventId }));
}

async function everything(store: Store): Promise<readonly LedgerEvent[]> {
  return (await store.ledger.read(null, 'ffffffff-ffff-7fff-bfff-ffffffffffff', 10_000)).events;
}

interface Issued {
  readonly sql: string;
  readonly node: string;
  readonly connection: string;
}

/** What Citus sends to nodes from now on for that client, as far as it is told to say so. */
function listenToCitus(client: pg.Client): Issued[] {
  const said: Issued[] = [];
  client.on('notice', ({ message = '', detail = '' }) => {
    const [, node, connection] = /^on server \S+@(\S+) connectionId: (\d+)/.exec(detail) ?? [];
    if (node && connection) said.push({ sql: message.replace(/^issuing /, ''), node, connection });
  });
  return said;
}
