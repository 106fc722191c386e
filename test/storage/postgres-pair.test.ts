/** Two PostgreSQL servers, of which one accepts writes: what Optio asks of which, and what it believes them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../src/storage/open-store.ts';
import { type Store, StoreUnavailable } from '../../src/storage/port.ts';
import { query } from '../support/database.ts';
import { Belongings, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { PostgresPair } from '../support/postgres-pair.ts';
import { TcpRelay } from '../support/tcp-relay.ts';
import { firstChange, nextAccountId, storedOf } from './samples.ts';

const DATABASE = 'optio';
const NOBODY = '127.0.0.1:1';

const belongings = new Belongings();
let pair: PostgresPair;

before(async () => {
  pair = await PostgresPair.start(belongings);
  await query(pair.primary.url, `CREATE DATABASE ${DATABASE}`);
  const store = await openStore(primaryUrl());
  await store.migrate();
  await store.close();
});
after(() => belongings.end());

const primaryUrl = () => pair.urlOn(pair.primary, DATABASE);
const standbyUrl = () => pair.urlOn(pair.standby, DATABASE);

/** The same with other servers, as `HOST:PORT`. */
function withHosts(url: string, ...hosts: string[]): string {
  return url.replace(new URL(url).host, hosts.join(','));
}

const hostOf = (url: string) => new URL(url).host;

async function use<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function eventually(work: () => unknown): Promise<void> {
  for (const deadline = performance.now() + 30_000; ; ) {
    try {
      return void (await work());
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

describe('several hosts', () => {
  test('the one that accepts writes is used, whatever the order, and whoever else is there', async () => {
    const [primary, standby] = [hostOf(primaryUrl()), hostOf(standbyUrl())];
    for (const hosts of [
      [standby, primary],
      [NOBODY, standby, primary],
      [primary, standby],
    ]) {
      await use(await openStore(withHosts(primaryUrl(), ...hosts)), async (store) => {
        const change = firstChange(nextAccountId(), 'ada@example.com');
        assert.equal(await store.subscribers.commit([change]), 'committed');
        assert.deepEqual(await store.subscribers.load([change.ref]), [storedOf(change)]);
        await store.audit((audit) => audit.closedThrough());
      });
    }
    const asked = await query(
      standbyUrl(),
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'optio' AND query NOT LIKE 'SHOW %'`,
    );
    assert.deepEqual(asked, [], 'a standby is asked nothing but whether it is one');
  });

  test('one that says nothing does not keep anybody from the next', async (t) => {
    const relay = await TcpRelay.start(t, primaryUrl());
    relay.swallow();
    await use(await openStore(withHosts(primaryUrl(), hostOf(relay.url), hostOf(primaryUrl()))), (store) =>
      store.ping(),
    );
  });

  test('where none accepts writes, it is said why of each', async () => {
    const standby = hostOf(standbyUrl());
    await use(await openStore(withHosts(primaryUrl(), NOBODY, standby)), (store) =>
      assert.rejects(store.ping(), (error: Error) => {
        const each = `${NOBODY}: the server cannot be reached; ${standby}: the server is read-only`;
        assert.equal(error.message, `PostgreSQL: none of the servers accepts writes (${each}).`);
        return error instanceof StoreUnavailable;
      }),
    );
  });
});

describe('a primary that waits for its standby', () => {
  test('a commit for which somebody stops that is not believed until the standby has it', async () => {
    await use(await openStore(primaryUrl()), async (store) => {
      await store.ping();
      await pair.standby.end('SIGINT');
      const change = firstChange(nextAccountId(), 'hasty@example.com');
      let result: string | null = null;
      const commit = store.subscribers.commit([change]).then((told) => {
        result = told;
      });
      const waiting = (statement: string) =>
        query(
          primaryUrl(),
          `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%${statement}%'`,
        );
      while ((await waiting('INSERT INTO subscriber')).length === 0);
      const [row] = await waiting('INSERT INTO subscriber');
      await query(primaryUrl(), `SELECT pg_cancel_backend(${row!.pid})`);
      // What it has committed can be seen by now, and could be lost still.
      while ((await waiting('UPDATE subscriber')).length === 0);
      assert.equal(result, null);
      await pair.standby.start();
      await commit;
      assert.equal(result, 'committed');
      assert.deepEqual(await store.subscribers.load([change.ref]), [storedOf(change)]);
    });
  });
});

describe('replicas', () => {
  const openWith = (databaseUrl: string, stalenessMs: number) => openStore(primaryUrl(), { databaseUrl, stalenessMs });
  const standings = (store: Store) => store.replicas!.standings();
  const untilRead = (store: Store) => eventually(() => assert.ok(standings(store)[0]!.isRead));

  test('are read from while they are fresh enough, and what decides is not', async () => {
    // The primary is no replica of itself, and neither is a server that is not there.
    const several = withHosts(primaryUrl(), hostOf(standbyUrl()), hostOf(primaryUrl()), NOBODY);
    const patient = await openWith(several, 3_600_000);
    const strict = await openWith(several, 1_000);
    try {
      await Promise.all([untilRead(patient), untilRead(strict)]);
      const others = standings(patient).slice(1);
      assert.deepEqual(
        others.map(({ name }) => name),
        [hostOf(primaryUrl()), NOBODY],
      );
      assert.deepEqual(
        others.map(({ isPrimary }) => isPrimary),
        [true, false],
      );
      for (const { stalenessMs, isRead } of others) assert.deepEqual([stalenessMs, isRead], [null, false]);
      await query(standbyUrl(), 'SELECT pg_wal_replay_pause()');
      const change = firstChange(nextAccountId(), 'new@example.com');
      assert.equal(await patient.subscribers.commit([change]), 'committed');
      assert.deepEqual(await patient.replicas!.contacts.loadPreferences([change.ref]), [undefined]);
      assert.deepEqual(await patient.subscribers.loadPreferences([change.ref]), [change.state.preferences]);
      // For who is strict it is soon too old.
      await eventually(() => assert.ok(!standings(strict)[0]!.isRead));
      assert.deepEqual(await strict.replicas!.contacts.loadPreferences([change.ref]), [change.state.preferences]);
      await query(standbyUrl(), 'SELECT pg_wal_replay_resume()');
      await untilRead(strict);
      await eventually(async () =>
        assert.deepEqual(await patient.replicas!.contacts.loadPreferences([change.ref]), [change.state.preferences]),
      );
    } finally {
      await patient.close();
      await strict.close();
    }
  });

  test('that go away are not missed', async () => {
    await use(await openWith(standbyUrl(), 3_600_000), async (store) => {
      await untilRead(store);
      const change = firstChange(nextAccountId(), 'gone@example.com');
      assert.equal(await store.subscribers.commit([change]), 'committed');
      await query(pair.primary.url, "ALTER SYSTEM SET synchronous_standby_names = ''");
      await query(pair.primary.url, 'SELECT pg_reload_conf()');
      await pair.standby.end('SIGQUIT');
      assert.deepEqual(await store.replicas!.contacts.loadPreferences([change.ref]), [change.state.preferences]);
      assert.deepEqual(standings(store), [
        { name: hostOf(standbyUrl()), stalenessMs: null, isRead: false, isPrimary: false },
      ]);
      await pair.standby.start();
      await untilRead(store);
    });
  });

  test('a server says how far they are behind, and answers statuses from them', async (t) => {
    const cwd = await makeFolder(t);
    const env = {
      OPTIO_DATABASE_URL: primaryUrl(),
      OPTIO_READ_DATABASE_URL: standbyUrl(),
      OPTIO_READ_STALENESS: '1h',
    };
    const server = await OptioServer.start(t, { cwd, env });
    const doctor = await runOptio(['doctor'], { cwd, env });
    assert.match(doctor.stdout, new RegExp(`replicas +${hostOf(standbyUrl())} is 0\\.\\d\\d s behind at most`));
    const ready = async () => (await server.request('GET', '/health/ready')).body;
    await eventually(async () => assert.equal((await ready()).replicas.servers[0].isRead, true));
    const { status, replicas } = await ready();
    assert.deepEqual(
      [status, replicas.boundSeconds, typeof replicas.servers[0].staleSeconds],
      ['ready', 3_600, 'number'],
    );
    await query(standbyUrl(), 'SELECT pg_wal_replay_pause()');
    const { body } = await server.request('GET', '/optio/v1/definitions');
    const subscriptionId: number = body.results[0].id;
    const path = '/communication-preferences/v4/statuses/ada%40example.com';
    const change = { subscriptionId, channel: 'EMAIL', statusState: 'UNSUBSCRIBED' };
    assert.equal((await server.request('POST', path, { body: change })).status, 200);
    const read = async () => {
      const answer = await server.request('GET', `${path}?channel=EMAIL`);
      return answer.body.results.find((each: { subscriptionId: number }) => each.subscriptionId === subscriptionId)
        .status;
    };
    assert.equal(await read(), 'NOT_SPECIFIED');
    // The gate knows better: who said no is not mailed, however far behind a replica is.
    const inputs = ['ada@example.com'];
    const gate = await server.request('POST', '/optio/v1/eligibility', { body: { subscriptionId, inputs } });
    assert.equal(gate.body.results[0].eligible, false, JSON.stringify(gate.body));
    await query(standbyUrl(), 'SELECT pg_wal_replay_resume()');
    await eventually(async () => assert.equal(await read(), 'UNSUBSCRIBED'));
  });
});
