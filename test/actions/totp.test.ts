/** Codes of the second factor, as RFC 6238 works them out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandomness } from '../../src/actions/context.ts';
import { newTotpKey, totpStep, totpUri } from '../../src/actions/totp.ts';

/** `12345678901234567890`, the key of RFC 6238 appendix B. */
const KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** Its test vectors, of whose eight digits the last six are a code of six. */
const VECTORS: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];

test('The codes are those of RFC 6238', async () => {
  for (const [seconds, code] of VECTORS) {
    assert.equal(await totpStep(KEY, code, seconds * 1_000), Math.floor(seconds / 30));
  }
});

test('A code is good in its step, the one before and the one after', async () => {
  const code = '279037';
  const step = Math.floor(2_000_000_000 / 30);
  for (const [away, found] of [
    [-2, null],
    [-1, step],
    [0, step],
    [1, step],
    [2, null],
  ] as const) {
    assert.equal(await totpStep(KEY, code, (step + away) * 30_000), found, String(away));
  }
});

test('White space within a code is no matter; whatever is no code is none', async () => {
  const at = 59_000;
  for (const code of ['287082', '287 082', ' 287082\n', '2 8 7 0 8 2', '287\u00a0082']) {
    assert.equal(await totpStep(KEY, code, at), 1, code);
  }
  for (const code of ['', ' ', '28708', '2870822', '94287082', '287083', '2870é2', '２８７０８２', '28708x', '😀287']) {
    assert.equal(await totpStep(KEY, code, at), null, code);
  }
});

test('A key is 160 random bits in base32, and its URI says all that an authenticator app asks for', async () => {
  const keys = await Promise.all([newTotpKey(systemRandomness()), newTotpKey(systemRandomness())]);
  for (const key of keys) assert.match(key, /^[A-Z2-7]{32}$/);
  assert.notEqual(keys[0], keys[1]);
  const uri = new URL(await totpUri(keys[0]!, 'ana+work@exämple.com'));
  assert.equal(`${uri.protocol}//${uri.host}`, 'otpauth://totp');
  assert.equal(decodeURIComponent(uri.pathname), '/Optio:ana+work@exämple.com');
  assert.deepEqual(Object.fromEntries(uri.searchParams), {
    issuer: 'Optio',
    secret: keys[0],
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});
