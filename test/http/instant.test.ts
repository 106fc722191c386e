import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instant } from '../../src/http/instant.ts';

test('an instant is written as Date writes it', () => {
  const years = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  fc.assert(
    fc.property(years, (epochMs) => assert.equal(instant(epochMs), new Date(epochMs).toISOString())),
    { numRuns: 10_000 },
  );
});
