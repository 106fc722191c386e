/** Hashes of passwords, and how many are made at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkPassword,
  hashOfNobody,
  hashPassword,
  isCheaper,
  PASSWORD_COST,
  type PasswordCost,
} from '../../src/actions/passwords.ts';
import { Turns } from '../../src/actions/turns.ts';

const QUICK: PasswordCost = { log2N: 4, r: 8, p: 1 };

/** The third test vector of RFC 7914 section 12. */
const RFC_7914 =
  '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw';

test('A hash is a PHC string that says what it cost, with a salt of its own', async () => {
  const [one, other] = [await hashPassword('a good password', QUICK), await hashPassword('a good password', QUICK)];
  assert.match(one, /^\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(one, other);
  for (const hash of [one, other]) assert.equal(await checkPassword('a good password', hash), 'right');
  assert.equal(await checkPassword('a good passwore', one), 'wrong');
  assert.equal(await checkPassword('', one), 'wrong');
});

test('By default a hash takes 128 MiB', async () => {
  const hash = await hashPassword('a good password', PASSWORD_COST);
  assert.match(hash, /^\$scrypt\$ln=17,r=8,p=1\$/);
  assert.equal(await checkPassword('a good password', hash), 'right');
});

test('Hashes of other costs are read', async () => {
  assert.equal(await checkPassword('pleaseletmein', RFC_7914), 'right');
  assert.equal(await checkPassword('pleaseletmeout', RFC_7914), 'wrong');
  assert.equal(isCheaper(RFC_7914, PASSWORD_COST), true);
  assert.equal(isCheaper(RFC_7914, { log2N: 14, r: 8, p: 1 }), false);
  assert.equal(isCheaper(RFC_7914, { log2N: 13, r: 8, p: 3 }), true);
  assert.equal(isCheaper(await hashPassword('a good password', PASSWORD_COST), QUICK), false);
  await assert.rejects(checkPassword('x', 'plain text'), /What is stored as a hash of a password is none/);
});

test('However a letter is composed, the password is the same', async () => {
  const hash = await hashPassword('Pässe über Pässe', QUICK);
  assert.equal(await checkPassword('Pässe über Pässe'.normalize('NFD'), hash), 'right');
});

test('Nobody has the password of nobody', async () => {
  for (const password of ['', '\0', 'a good password']) {
    assert.equal(await checkPassword(password, hashOfNobody(QUICK)), 'wrong');
  }
});

test('Beyond twenty that wait, none is checked; those that wait are', async () => {
  const hash = await hashPassword('a good password', QUICK);
  const checks = await Promise.all(Array.from({ length: 30 }, () => checkPassword('a good password', hash)));
  assert.deepEqual(checks, [...Array(22).fill('right'), ...Array(8).fill('too-busy')]);
  assert.equal(await checkPassword('a good password', hash), 'right');
});

test('Work is done a few at a time, in the order in which it came, also where some of it fails', async () => {
  const turns = new Turns(2);
  const began: number[] = [];
  let under = 0;
  const work = Array.from({ length: 9 }, (_, index) =>
    turns.take(async () => {
      began.push(index);
      under += 1;
      assert.ok(under <= 2);
      await new Promise(setImmediate);
      under -= 1;
      if (index % 3 === 0) throw new Error(`no. ${index}`);
      return index;
    }),
  );
  assert.equal(turns.waiting, 7);
  const results = await Promise.allSettled(work);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
    ['no. 0', 1, 2, 'no. 3', 4, 5, 'no. 6', 7, 8],
  );
  assert.deepEqual(began, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(turns.waiting, 0);
});
