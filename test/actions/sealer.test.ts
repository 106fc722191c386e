/** How servers seal by themselves: when it is time, once, and on nothing that was altered. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemRandomness } from '../../src/actions/context.ts';
import { LedgerHorizon } from '../../src/actions/ledger-horizon.ts';
import type { SealOutcome } from '../../src/actions/seal-ledger.ts';
import { Sealer } from '../../src/actions/sealer.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/port.ts';
import { firstChange, nextAccountId } from '../storage/samples.ts';

const HOUR_MS = 3_600_000;

let store: Store;
before(async () => {
  store = await openStore('sqlite::memory:');
  await store.migrate();
});
after(() => store.close());

/** A process whose clock is that much ahead of the real one. */
function newProcess(ahead: () => number) {
  const clock = () => Date.now() + ahead();
  const randomness = systemRandomness(clock);
  const heard: (SealOutcome['kind'] | unknown)[] = [];
  const horizon = new LedgerHorizon(store.ledger, randomness.eventIds, 0);
  const sealer = new Sealer({ store, clock, randomness, horizon }, HOUR_MS, {
    ended: (outcome) => heard.push(outcome.kind),
    failed: (error) => heard.push(error),
  });
  return { sealer, heard };
}

test('it seals when an hour has passed since the last time, whoever sealed then', async () => {
  let ahead = 2_000;
  const [one, other] = [newProcess(() => ahead), newProcess(() => ahead)];
  await store.subscribers.commit([firstChange(nextAccountId(), 'a@example.com')]);
  await one.sealer.look();
  await other.sealer.look();
  assert.deepEqual([one.heard, other.heard], [['sealed'], []]);
  ahead += HOUR_MS - 1_000;
  await other.sealer.look();
  assert.deepEqual(other.heard, []);
  ahead += 1_000;
  await other.sealer.look();
  assert.deepEqual(other.heard, ['nothing-new']);
  assert.equal((await store.checkpoints.list(0, 10)).length, 1);
});

test('two that seal at once make one checkpoint', async () => {
  const ahead = 2 * HOUR_MS;
  const processes = [newProcess(() => ahead), newProcess(() => ahead)];
  const late = firstChange(nextAccountId(), 'b@example.com');
  const id = systemRandomness(() => Date.now() + HOUR_MS + 10_000).eventIds.next(null);
  const [event] = late.events;
  await store.subscribers.commit([{ ...late, events: [{ ...event!, eventId: id }] }]);
  await Promise.all(processes.map(({ sealer }) => sealer.look()));
  const heard = processes.flatMap((each) => each.heard).sort();
  assert.deepEqual(heard, ['overtaken', 'sealed']);
  assert.equal((await store.checkpoints.list(0, 10)).length, 2);
});

test('one that was stopped neither seals nor complains', async () => {
  const { sealer, heard } = newProcess(() => 10 * HOUR_MS);
  sealer.start();
  await sealer.stop();
  await sealer.stop();
  assert.deepEqual(heard, []);
});
