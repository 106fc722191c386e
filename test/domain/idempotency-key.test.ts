/** What an idempotency key is turned into: one key for each owner, nothing that tells of it, nothing that opens without it. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { deriveKey, fingerprint, openAnswer, sealAnswer } from '../../src/domain/idempotency-key.ts';

const OWNER = { accountId: 1001, appId: 123 };
const REQUEST = { method: 'POST', url: '/a?b=c', body: '{"d":1}' };

test('the id is the SHA-256 that the documents name', () => {
  const expected = createHash('sha256').update('1001/123/order-4711').digest('hex');
  assert.equal(deriveKey(OWNER, 'order-4711').id, expected);
});

test('another account, app or key is another key, with other secrets', () => {
  const keys = [
    deriveKey(OWNER, '23/x'),
    deriveKey({ accountId: 1001, appId: 12323 }, 'x'),
    deriveKey({ accountId: 1001123, appId: 23 }, 'x'),
    deriveKey({ accountId: 100, appId: 1123 }, '23/x'),
    deriveKey(OWNER, 'X'),
    deriveKey(OWNER, 'x'),
  ];
  for (const part of ['id', 'cipherSecret', 'markSecret'] as const) {
    assert.equal(new Set(keys.map((key) => String(key[part]))).size, keys.length, part);
  }
  assert.notDeepEqual(keys[0]!.cipherSecret, keys[0]!.markSecret);
});

test('requests that differ in anything have another fingerprint, and so have the same with another key', () => {
  const key = deriveKey(OWNER, 'x');
  const marks = [
    fingerprint(key, REQUEST),
    fingerprint(deriveKey(OWNER, 'y'), REQUEST),
    fingerprint(key, { ...REQUEST, method: 'PUT' }),
    fingerprint(key, { ...REQUEST, url: '/a' }),
    fingerprint(key, { ...REQUEST, body: '{"d": 1}' }),
    fingerprint(key, { ...REQUEST, url: '/a?b=c{', body: '"d":1}' }),
    fingerprint(key, { ...REQUEST, body: '' }),
  ];
  assert.equal(new Set(marks).size, marks.length);
  assert.equal(fingerprint(key, REQUEST), marks[0]);
});

test('an answer opens with its key and nonce, as it was, and with nothing else', () => {
  const key = deriveKey(OWNER, 'x');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, place) => {
      const nonce = randomBytes(12);
      const sealed = sealAnswer(key, nonce, text);
      assert.equal(openAnswer(key, nonce, sealed), text.toWellFormed());
      assert.throws(() => openAnswer(deriveKey(OWNER, 'y'), nonce, sealed));
      assert.throws(() => openAnswer(key, randomBytes(12), sealed));
      const altered = Buffer.from(sealed);
      altered[place % altered.length]! ^= 1;
      assert.throws(() => openAnswer(key, nonce, altered));
    }),
  );
});
