/** The ring against a plain list of what was taken, at any instants, whichever way the clock goes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RollingWindow } from '../../src/http/rolling-window.ts';

const LENGTH_MS = 10_000;

/** What the clock shows is as far from what it showed last, mostly a little later. */
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
    { weight: 2, arbitrary: fc.constantFrom(0, LENGTH_MS - 1, LENGTH_MS, LENGTH_MS + 1) },
    { weight: 1, arbitrary: fc.integer({ min: -30_000, max: -1 }) },
  ),
  { maxLength: 200 },
);

test('What is left, and for how long nothing is, is what a list of all that was taken says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), steps, (max, distances) => {
      const window = new RollingWindow(max, LENGTH_MS);
      let taken: number[] = [];
      let now = 1_800_000_000_000;
      for (const distance of distances) {
        now += distance;
        taken = taken.filter((at) => at > now - LENGTH_MS && at <= now);
        assert.equal(window.left(now), max - taken.length);
        if (taken.length < max) {
          window.take(now);
          taken.push(now);
          assert.equal(window.left(now), max - taken.length);
        } else {
          const ms = window.msUntilLeft(now);
          assert.ok(ms > 0 && ms <= LENGTH_MS);
          assert.equal(taken.filter((at) => at > now + ms - 1 - LENGTH_MS).length, max, 'not a millisecond sooner');
          assert.ok(taken.filter((at) => at > now + ms - LENGTH_MS).length < max, 'but then');
        }
      }
    }),
    { numRuns: 500 },
  );
});
