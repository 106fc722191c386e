import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { v7, validate, version } from 'uuid';
import { clockedEventIds } from '../../src/actions/event-ids.ts';

const NOW = Date.UTC(2026, 0, 1);

/** Ids by a clock that stands where it is put. */
function idsAt(start: number) {
  const time = { now: start };
  return {
    time,
    ids: clockedEventIds(
      () => time.now,
      () => randomBytes(16),
    ),
  };
}

function assertAscending(ids: readonly string[]): void {
  assert.deepEqual([...new Set(ids)].sort(), ids);
  for (const id of ids) assert.ok(validate(id) && version(id) === 7, id);
}

describe('ids of events', () => {
  test('are UUIDs of version 7 that ascend: within a millisecond, from one to the next, and when the clock goes back', () => {
    const { time, ids } = idsAt(NOW);
    const made = [];
    for (const step of [0, 1, 0, -60_000, 0, 30_000, 30_001, 1]) {
      time.now += step;
      for (let count = 0; count < 1_000; count += 1) made.push(ids.next(null));
    }
    assertAscending(made);
    assert.equal(Number.parseInt(made[0]!.replaceAll('-', '').slice(0, 12), 16), NOW);
  });

  test('are later than the one that they must follow, whoever made it, and go on from there', () => {
    const { time, ids } = idsAt(NOW);
    const made = [ids.next(null)];
    for (let round = 0; round < 2_000; round += 1) {
      // Anywhere from the same millisecond to minutes ahead, with any sequence, the highest of a millisecond too.
      const msecs = time.now + (round % 3) * round;
      const seq = round % 5 === 0 ? 0xffff_ffff : randomBytes(4).readUInt32LE();
      const theirs = v7({ msecs, seq });
      if (theirs <= made.at(-1)!) continue;
      made.push(theirs, ids.next(theirs), ids.next(theirs));
      time.now += round % 2;
    }
    assert.ok(made.length > 1_000);
    assertAscending(made);
  });

  test('need not follow one that is earlier anyway', () => {
    const { ids } = idsAt(NOW);
    assertAscending([ids.next(null), ids.next(v7({ msecs: NOW - 5_000 })), ids.next('')]);
  });
});

describe('what the ledger can be closed through', () => {
  test('is what was made a second ago', () => {
    const { time, ids } = idsAt(NOW);
    const old = ids.next(null);
    time.now += 1_000;
    assert.ok(ids.closable(old) <= old);
    time.now += 1;
    assert.ok(ids.closable(old) > old);
    assert.ok(ids.closable(old) < ids.next(null));
  });

  test('is that by the clock that is ahead: ids keep clear of what another process closes, after one look', () => {
    const ours = idsAt(NOW);
    const theirs = idsAt(NOW + 600_000);
    let newest = ours.ids.next(null);
    let closedThrough = theirs.ids.closable(newest);
    ours.ids.catchUp(closedThrough);
    for (let second = 0; second < 100; second += 1) {
      newest = ours.ids.next(null);
      assert.ok(newest > closedThrough);
      ours.time.now += 1_000;
      theirs.time.now += 1_000;
      closedThrough = theirs.ids.closable(newest);
      // And what we close is no more than they do: clocks do not chase each other.
      assert.ok(ours.ids.closable(newest) <= closedThrough);
    }
  });

  test('keeps up with the events that there are, also where the process whose clock was ahead is gone', () => {
    const theirs = v7({ msecs: NOW + 600_000 });
    const [writer, reader] = [idsAt(NOW), idsAt(NOW)];
    assert.ok(writer.ids.closable(writer.ids.next(theirs)) <= theirs);
    assert.ok(reader.ids.closable(theirs) <= theirs);
    for (const { time, ids } of [writer, reader]) {
      time.now += 1_001;
      assert.ok(ids.closable(theirs) > theirs);
    }
  });
});
