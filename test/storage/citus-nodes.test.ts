/** Where a contact is, told without asking; and, on a real Citus, that its node is asked by itself, or the coordinator where it cannot be. */
import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/port.ts';
import { shardHash } from '../../src/storage/postgres/citus/shard-hash.ts';
import { urlOn } from '../support/citus.ts';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';
import { nodes, skip, useCitus } from './on-citus.ts';
import { firstChange } from './samples.ts';

after(stopOwnServer);

describe('the hash that tells the shard', () => {
  test("is the server's own, of whatever length", async () => {
    const { databaseUrl, drop } = await createDatabase({ bare: true });
    try {
      // Of a text PostgreSQL hashes the octets, as of a bytea.
      const rows = await query(
        databaseUrl,
        `SELECT piece, hashtext(piece) AS hash
         FROM generate_series(0, 64) AS length, left(repeat('Each contact has a node. ~ ', 3), length) AS piece`,
      );
      assert.equal(rows.length, 65);
      for (const { piece, hash } of rows) assert.equal(shardHash(Buffer.from(piece as string)), hash, `${piece}`);
    } finally {
      await drop();
    }
  });
});

describe('the node of a contact', { skip }, () => {
  const ada = firstChange(1, 'ada@example.com');
  const nobody = firstChange(1, 'nobody@example.com').ref;
  let databaseUrl: string;
  let store: Store;
  const open = useCitus((opened) => {
    ({ databaseUrl, store } = opened);
  });
  beforeEach(async () => {
    await open();
    assert.equal(await store.subscribers.commit([ada]), 'committed');
  });

  /** Without a word to Citus, so that only those who ask the node itself notice. */
  const onNodes = async (sql: string) => {
    for (const node of nodes) {
      if (!node.isCoordinator) {
        await query(urlOn(databaseUrl, node), `SET citus.enable_ddl_propagation = off; ${sql}`);
      }
    }
  };

  test('is asked by itself what a commit of that contact will be decided on', async () => {
    assert.ok((await store.distribution())!.nodes.every(({ notAskedBecause }) => notAskedBecause === null));
    const found = await store.subscribers.loadToChange([ada.ref], true);
    assert.deepEqual(found, { rows: await store.subscribers.load([ada.ref]), areCurrent: false });
    assert.equal(found.rows[0]?.state.headEventId, ada.state.headEventId);
    assert.deepEqual(await store.subscribers.loadToChange([nobody], true), { rows: [undefined], areCurrent: false });
  });

  test('is not asked by itself where the row must be current, nor about several contacts', async () => {
    await store.distribution();
    assert.equal((await store.subscribers.loadToChange([ada.ref], false)).areCurrent, true);
    const both = await store.subscribers.loadToChange([ada.ref, nobody], true);
    assert.deepEqual(both, { rows: await store.subscribers.load([ada.ref, nobody]), areCurrent: true });
  });

  test('passes on what is asked where the contact has been moved to another', async () => {
    await store.distribution();
    const [shard] = await query(
      databaseUrl,
      `SELECT shardid AS id, nodename AS host, nodeport AS port FROM pg_dist_shard_placement
       WHERE shardid = get_shard_id_for_distribution_column('subscriber', '\\x${ada.ref.subscriberKey}'::bytea)`,
    );
    const other = nodes.find(({ port, isCoordinator }) => !isCoordinator && port !== shard!.port)!;
    const from = `'${shard!.host}', ${shard!.port}`;
    await query(
      databaseUrl,
      `SELECT citus_move_shard_placement(${shard!.id}, ${from}, '${other.host}', ${other.port}, 'block_writes')`,
    );
    const { rows, areCurrent } = await store.subscribers.loadToChange([ada.ref], true);
    assert.equal(areCurrent, false);
    assert.deepEqual(rows, await store.subscribers.load([ada.ref]));
  });

  test('is not asked where it takes no writes: it may not be the one any more that has them', async () => {
    const name = new URL(databaseUrl).pathname.slice(1);
    await onNodes(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const cautious = await openStore(databaseUrl);
    try {
      const { nodes: found } = (await cautious.distribution())!;
      for (const { notAskedBecause } of found) assert.match(notAskedBecause ?? '', /read-only/);
      assert.equal((await cautious.subscribers.loadToChange([ada.ref], true)).areCurrent, true);
    } finally {
      await cautious.close();
    }
  });

  test('is not asked any more once it failed, and the coordinator answers', async () => {
    await store.distribution();
    await onNodes('ALTER TABLE subscriber RENAME TO hidden');
    const found = await store.subscribers.loadToChange([ada.ref], true);
    assert.equal(found.areCurrent, true);
    assert.equal(found.rows[0]?.state.headEventId, ada.state.headEventId);
  });
});
