import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientSecret } from '../../src/domain/catalog.ts';
import { rotateSecrets } from '../../src/domain/client-secrets.ts';

const secret = (hint: string, createdAt: number, expiresAt: number | null = null): ClientSecret => {
  return { secretHash: hint.repeat(16), hint, createdAt, expiresAt };
};

test('The first secret stands alone; the next leaves the one before it until it is told to end', () => {
  const first = secret('aaaa', 1_000);
  const second = secret('bbbb', 2_000);
  assert.deepEqual(rotateSecrets([], first, 9_000), [first]);
  assert.deepEqual(rotateSecrets([first], second, 9_000), [{ ...first, expiresAt: 9_000 }, second]);
});

test('A secret that is to end at once is gone, and so is one that ended before', () => {
  const added = secret('bbbb', 2_000);
  assert.deepEqual(rotateSecrets([secret('aaaa', 1_000)], added, 2_000), [added]);
  assert.deepEqual(rotateSecrets([secret('aaaa', 1_000, 1_500)], added, 9_000), [added]);
});

test('With a third secret the oldest is gone, and none is given a later end than it had', () => {
  const [oldest, middle, added] = [secret('aaaa', 1_000, 8_000), secret('bbbb', 2_000, 5_000), secret('cccc', 3_000)];
  assert.deepEqual(rotateSecrets([oldest, middle], added, 9_000), [middle, added]);
});
