/** Several hosts in one database URL, as PostgreSQL's own clients read them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openStore } from '../../src/storage/open-store.ts';
import { Freshness } from '../../src/storage/postgres/freshness.ts';
import { readServers, withAddress } from '../../src/storage/postgres/servers.ts';

const SECRET = 'correct-horse';

describe('servers', () => {
  const urlsOf = (databaseUrl: string) => readServers(databaseUrl).map(({ url }) => url);

  test('one host stays as it was written', () => {
    for (const url of [
      `postgres://optio:${SECRET}@db:5432/optio?sslmode=require`,
      'postgres:///optio?host=/var/run/postgresql&port=5433',
      'postgresql://optio@%2Fvar%2Frun%2Fpostgresql/optio',
      'postgres://[::1]/optio',
      `postgres://optio:a,${SECRET}@db/optio`,
    ]) {
      assert.deepEqual(urlsOf(url), [url]);
    }
  });

  test('several: each with its own port, the usual one, or that of all', () => {
    const start = `postgres://optio:${SECRET}@`;
    assert.deepEqual(urlsOf(`${start}a:5433,b,[::1]:5434/optio?sslmode=require`), [
      `${start}a:5433/optio?sslmode=require`,
      `${start}b:5432/optio?sslmode=require`,
      `${start}[::1]:5434/optio?sslmode=require`,
    ]);
    assert.deepEqual(urlsOf(`${start}a,b`), [`${start}a:5432/`, `${start}b:5432/`]);
    assert.deepEqual(urlsOf(`${start}a,b/optio?port=6432`), [`${start}a:6432/optio`, `${start}b:6432/optio`]);
    assert.deepEqual(urlsOf('postgres://optio@/optio?host=a,/run/pg&user=u&port=1,2'), [
      'postgres://optio@/optio?user=u&host=a&port=1',
      'postgres://optio@/optio?user=u&host=%2Frun%2Fpg&port=2',
    ]);
    assert.deepEqual(
      readServers(`${start}a:5433,b/optio`).map(({ name }) => name),
      ['a:5433', 'b:5432'],
    );
  });

  test('the same database on another server: user, settings and name stay', () => {
    const there = { host: 'db2', port: 5433 };
    const start = `postgres://optio:${SECRET}@`;
    assert.equal(withAddress(`${start}db:5432/optio?sslmode=require`, there), `${start}db2:5433/optio?sslmode=require`);
    assert.equal(
      withAddress('postgres:///optio?host=/run/pg&port=1&user=u', there),
      'postgres://db2:5433/optio?user=u',
    );
    assert.equal(withAddress(`${start}db`, { host: '::1', port: 5432 }), `${start}[::1]:5432/`);
  });

  test('what does not go together is refused: what, what would be right, and no secret', async () => {
    for (const [url, why] of [
      ['@a,b/optio?port=1,2,3', 'it names 2 hosts and 3 ports; give one port for all, or one for each host'],
      ['@a,,b/optio', 'a host between the commas is missing; write HOST:PORT,HOST:PORT'],
      ['@a:65536,b/optio', 'one of its ports is not a number from 1 to 65535'],
      ['@[::1]5,b/optio', 'what stands for a host is not HOST or HOST:PORT'],
    ] as const) {
      await assert.rejects(openStore(`postgres://optio:${SECRET}${url}`), {
        message: `The PostgreSQL database URL cannot be read: ${why}.`,
      });
    }
  });
});

describe('freshness', () => {
  const staleness = (freshness: Freshness) => freshness.stalenessMs() ?? Number.NaN;

  test('a replica is as fresh as the last position that it has reached was when it was asked for', () => {
    const freshness = new Freshness();
    const now = performance.now();
    freshness.replicaIsAt(1n);
    assert.equal(freshness.stalenessMs(), null);
    freshness.primaryWasAt(10n, now - 60_000, 'a');
    freshness.primaryWasAt(20n, now - 30_000, 'a');
    freshness.primaryWasAt(30n, now, 'a');
    freshness.replicaIsAt(9n);
    assert.equal(freshness.stalenessMs(), null);
    freshness.replicaIsAt(25n);
    assert.ok(staleness(freshness) >= 30_000 && staleness(freshness) < 60_000);
    freshness.replicaIsAt(30n);
    assert.ok(staleness(freshness) < 30_000);
  });

  test('a primary on which nothing happens makes no replica stale', () => {
    const freshness = new Freshness();
    for (const ago of [600_000, 300_000, 0]) {
      freshness.primaryWasAt(10n, performance.now() - ago, 'a');
      freshness.replicaIsAt(10n);
      assert.ok(staleness(freshness) < ago + 60_000);
    }
  });

  test('what was known is void of another primary, of a replica that begins anew, and of one that fails', () => {
    for (const happens of [
      (freshness: Freshness) => freshness.primaryWasAt(10n, performance.now(), 'another'),
      (freshness: Freshness) => freshness.replicaIsAt(5n),
      (freshness: Freshness) => freshness.lose(),
    ]) {
      const freshness = new Freshness();
      freshness.primaryWasAt(10n, performance.now(), 'a');
      freshness.replicaIsAt(10n);
      assert.notEqual(freshness.stalenessMs(), null);
      happens(freshness);
      assert.equal(freshness.stalenessMs(), null);
    }
  });
});
