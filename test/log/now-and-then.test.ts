import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NowAndThen } from '../../src/log/now-and-then.ts';

const HOUR_MS = 3_600_000;

test('What happens again and again is told at once, then not for a while, each subject by itself', () => {
  const [one, other] = [{}, {}];
  const telling = new NowAndThen(HOUR_MS);
  assert.deepEqual(
    [one, one, one, other, one, other].map((subject) => telling.count(subject)),
    [1, 0, 0, 1, 0, 0],
  );
});

test('When it is told again, all that was left untold is counted', () => {
  const subject = {};
  const telling = new NowAndThen(5);
  let happened = 0;
  let told = 0;
  for (let lines = 0; lines < 4; ) {
    happened += 1;
    const count = telling.count(subject);
    told += count;
    if (count > 0) lines += 1;
  }
  assert.equal(told, happened);
  assert.ok(happened > 4, 'not each time was told');
});
