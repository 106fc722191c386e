/** The small rules of forgetting; what holds of whole histories is in `invariants.test.ts`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findReasonProblem, MAX_REASON_CHARACTERS, monthsBefore } from '../../src/domain/erasure.ts';

test('a month ago is the same day of the month before, or its last', () => {
  const ago = (from: string, months: number) => new Date(monthsBefore(Date.parse(from), months)).toISOString();
  assert.equal(ago('2026-11-22T10:11:12.013Z', 1), '2026-10-22T10:11:12.013Z');
  assert.equal(ago('2026-11-22T10:11:12.013Z', 36), '2023-11-22T10:11:12.013Z');
  assert.equal(ago('2026-03-31T00:00:00.000Z', 1), '2026-02-28T00:00:00.000Z');
  assert.equal(ago('2024-02-29T00:00:00.000Z', 12), '2023-02-28T00:00:00.000Z');
  assert.equal(ago('2026-01-15T00:00:00.000Z', 1_200), '1926-01-15T00:00:00.000Z');
});

test('a reason is a line that names no address of mail', () => {
  for (const reason of ['asked for it, ticket 4711', 'öffentlich: §17', 'x'.repeat(MAX_REASON_CHARACTERS)]) {
    assert.equal(findReasonProblem(reason), null);
  }
  for (const reason of ['', ' \t', 'ada@example.com asked', 'two\nlines', 'x'.repeat(MAX_REASON_CHARACTERS + 1)]) {
    assert.notEqual(findReasonProblem(reason), null, reason);
  }
});
