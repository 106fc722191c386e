/** Sealing: what is stored of checkpoints and tiles, and what they are computed from. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { listCheckpoints, readCheckpoints } from '../../src/actions/checkpoints.ts';
import { proveInclusion } from '../../src/actions/prove-inclusion.ts';
import { sealingOf, sealLedger } from '../../src/actions/seal-ledger.ts';
import { findCheckpointProblem } from '../../src/domain/checkpoint.ts';
import { leafHash, rootByPath } from '../../src/domain/merkle.ts';
import type { Store } from '../../src/storage/port.ts';
import { fillWithLedger, type SampleLedger } from '../support/sample-ledger.ts';
import { seededRandom } from '../torture/seeded-random.ts';
import type { OpenFresh } from './contract.ts';
import { useMigrated } from './migrated.ts';

export function checkpointContract(openFresh: OpenFresh): void {
  let store: Store;
  useMigrated(openFresh, (opened) => {
    store = opened.store;
  });

  const root = (digit: string) => digit.repeat(64);
  const id = (digit: string) => `019a0000-0000-7000-8000-00000000000${digit}`;

  it('keeps checkpoints by number, and lets nobody take a number twice', async () => {
    const { checkpoints } = store;
    assert.deepEqual([await checkpoints.last(), await checkpoints.list(0, 10)], [null, []]);
    const [first, second] = [
      { number: 1, document: '{"a":  1}', peaks: [root('a')] },
      { number: 2, document: '{"a":"ü"}', peaks: [root('a'), root('b'), root('c')] },
    ];
    assert.equal(await checkpoints.insert(first!), 'inserted');
    assert.equal(await checkpoints.insert({ ...first!, document: '{}' }), 'taken');
    assert.equal(await checkpoints.insert(second!), 'inserted');
    assert.deepEqual(await checkpoints.last(), second);
    assert.deepEqual(await checkpoints.list(0, 10), [first, second]);
    assert.deepEqual([await checkpoints.list(0, 1), await checkpoints.list(1, 1)], [[first], [second]]);
  });

  it('keeps tiles, whoever comes first with them', async () => {
    const { checkpoints } = store;
    const tiles = ['0', '1', '2'].map((digit, number) => ({ number, root: root(digit), lastEventId: id(digit) }));
    await checkpoints.insertTiles(tiles.slice(0, 2));
    await checkpoints.insertTiles([{ ...tiles[1]!, root: root('f') }, tiles[2]!]);
    assert.deepEqual(await checkpoints.tiles(), tiles);
  });

  it('seals what there is, proves that each sealed event is in it, and says where nothing is new', async () => {
    const own = await openFresh();
    try {
      await own.store.migrate();
      assert.deepEqual(await sealLedger(sealingOf(own.store)), { kind: 'nothing-new', checkpoint: null });
      const sample = await fillWithLedger(own.store, seededRandom(1, 'contract'));
      await assertProofs(own.store, sample);
      const third = await sealLedger(sealingOf(own.store));
      assert.ok(third.kind === 'sealed');
      assert.equal(third.checkpoint.size, 320);
      assert.equal(findCheckpointProblem(third.checkpoint, sample.checkpoints[1]!), null);
      assert.deepEqual(await listCheckpoints(own.store), [...sample.checkpoints, third.checkpoint]);
      assert.deepEqual(await sealLedger(sealingOf(own.store)), { kind: 'nothing-new', checkpoint: third.checkpoint });
      assert.deepEqual((await readCheckpoints(own.store, 1, 1)).next, 2);
    } finally {
      await own.drop();
    }
  });
}

async function assertProofs(store: Store, { contacts, checkpoints }: SampleLedger): Promise<void> {
  const events = contacts.flatMap((contact) => contact.events).sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
  const { size, root } = checkpoints[1]!;
  for (const [index, { eventId, hash }] of events.entries()) {
    const proof = await proveInclusion(store, eventId);
    if (index >= size) {
      assert.equal(proof, 'not-sealed');
      continue;
    }
    assert.ok(typeof proof === 'object');
    assert.deepEqual([proof.index, proof.checkpoint.number], [index, 2]);
    assert.equal(rootByPath(leafHash(hash), index, size, proof.path), root);
  }
}
