/** What every adapter keeps of idempotency keys, and who gets one. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Reservation } from '../../src/storage/port.ts';
import type { FreshDatabase, OpenFresh } from './contract.ts';

const ANSWER = randomBytes(1_048_576);
const [REQUEST, OTHER_REQUEST] = ['a'.repeat(64), 'b'.repeat(64)];

export function idempotencyContract(openFresh: OpenFresh): void {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await openFresh();
    await fresh.store.migrate();
  });
  after(() => fresh.drop());

  const newKey = () => randomBytes(32).toString('hex');
  /** An attempt at 1000, for 100 milliseconds, with a key that is known until 5000. */
  const attempt = (keyId: string, over: Partial<Reservation> = {}): Reservation => ({
    ...{ keyId, fingerprint: REQUEST, claim: randomBytes(12).toString('hex') },
    ...{ at: 1_000, until: 1_100, expiresAt: 5_000 },
    ...over,
  });
  const first = { kind: 'reserved', attempt: 1, firstAt: 1_000 };
  const held = { kind: 'held', fingerprint: REQUEST };

  test('of many who want a key at once one gets it', async () => {
    const { idempotencyKeys } = fresh.store;
    for (let round = 0; round < 10; round += 1) {
      const key = newKey();
      const results = await Promise.all(Array.from({ length: 20 }, () => idempotencyKeys.reserve(attempt(key))));
      assert.deepEqual(
        results.filter(({ kind }) => kind === 'reserved'),
        [first],
      );
      assert.deepEqual(
        results.filter(({ kind }) => kind !== 'reserved'),
        new Array(19).fill(held),
      );
    }
  });

  test('the answer comes back as it went in, until the key’s time is over', async () => {
    const { idempotencyKeys } = fresh.store;
    const reservation = attempt(newKey());
    await idempotencyKeys.reserve(reservation);
    assert.equal(await idempotencyKeys.keep(reservation, ANSWER), true);
    assert.equal(await idempotencyKeys.keep(reservation, Buffer.from('another')), false);
    const found = await idempotencyKeys.reserve(attempt(reservation.keyId, { fingerprint: OTHER_REQUEST, at: 4_999 }));
    assert.ok(found.kind === 'answered');
    assert.deepEqual([found.fingerprint, found.claim], [REQUEST, reservation.claim]);
    assert.ok(ANSWER.equals(found.answer));
    const next = attempt(reservation.keyId, { fingerprint: OTHER_REQUEST, at: 5_000, until: 5_100, expiresAt: 9_000 });
    assert.deepEqual(await idempotencyKeys.reserve(next), { ...first, firstAt: 5_000 });
    assert.deepEqual(await idempotencyKeys.reserve(attempt(next.keyId, { at: 5_050 })), {
      kind: 'held',
      fingerprint: OTHER_REQUEST,
    });
  });

  test('who is at work for too long is taken for dead, but only the same request goes on', async () => {
    const { idempotencyKeys } = fresh.store;
    const dead = attempt(newKey());
    await idempotencyKeys.reserve(dead);
    const later = { at: 1_100, until: 1_200, expiresAt: 6_000 };
    assert.deepEqual(await idempotencyKeys.reserve(attempt(dead.keyId, { ...later, at: 1_099 })), held);
    const other = attempt(dead.keyId, { ...later, fingerprint: OTHER_REQUEST });
    assert.deepEqual(await idempotencyKeys.reserve(other), held);
    const heir = attempt(dead.keyId, later);
    const rivals = await Promise.all([heir, attempt(dead.keyId, later)].map((each) => idempotencyKeys.reserve(each)));
    assert.deepEqual(rivals.map(({ kind }) => kind).sort(), ['held', 'reserved']);
    const second = { kind: 'reserved', attempt: 2, firstAt: 1_000 };
    assert.deepEqual(
      rivals.find(({ kind }) => kind === 'reserved'),
      second,
    );
    assert.equal(await idempotencyKeys.keep(dead, ANSWER), false);
    await idempotencyKeys.letGo(dead);
    await idempotencyKeys.withdraw(dead);
    assert.deepEqual(await idempotencyKeys.reserve(attempt(dead.keyId, { at: 1_150 })), held);
    // The time of a key is counted from its first attempt.
    assert.equal((await idempotencyKeys.reserve(attempt(dead.keyId, { at: 5_000 }))).kind, 'reserved');
  });

  test('an attempt that ends without an answer makes room for the next', async () => {
    const { idempotencyKeys } = fresh.store;
    const reservation = attempt(newKey());
    await idempotencyKeys.reserve(reservation);
    await idempotencyKeys.letGo(reservation);
    const next = attempt(reservation.keyId, { at: 1_001, until: 1_101 });
    assert.deepEqual(await idempotencyKeys.reserve(next), { kind: 'reserved', attempt: 2, firstAt: 1_000 });
    assert.equal(await idempotencyKeys.keep(next, ANSWER), true);
    await idempotencyKeys.letGo(next);
    await idempotencyKeys.withdraw(next);
    assert.equal((await idempotencyKeys.reserve(reservation)).kind, 'answered');
  });

  test('one that is withdrawn never was', async () => {
    const { idempotencyKeys } = fresh.store;
    const reservation = attempt(newKey());
    await idempotencyKeys.reserve(reservation);
    await idempotencyKeys.withdraw(reservation);
    const next = attempt(reservation.keyId, { fingerprint: OTHER_REQUEST, at: 1_002 });
    assert.deepEqual(await idempotencyKeys.reserve(next), { ...first, firstAt: 1_002 });
  });

  test('a reservation that is sent again, since its answer was lost, is the same', async () => {
    const { idempotencyKeys } = fresh.store;
    const reservation = attempt(newKey());
    assert.deepEqual(await idempotencyKeys.reserve(reservation), first);
    assert.deepEqual(await idempotencyKeys.reserve(reservation), first);
  });

  test('keys whose time is over are forgotten, some at a time', async () => {
    const { idempotencyKeys } = fresh.store;
    await idempotencyKeys.forgetExpired(Number.MAX_SAFE_INTEGER, 1_000);
    const keys = [1, 2, 3, 4].map((expiresAt) => attempt(newKey(), { at: 0, until: 0, expiresAt }));
    for (const key of keys) await idempotencyKeys.reserve(key);
    assert.equal(await idempotencyKeys.forgetExpired(3, 2), 2);
    assert.equal(await idempotencyKeys.forgetExpired(3, 2), 1);
    assert.equal(await idempotencyKeys.forgetExpired(3, 2), 0);
    const kinds = await Promise.all(keys.map((key) => idempotencyKeys.reserve({ ...key, fingerprint: OTHER_REQUEST })));
    assert.deepEqual(
      kinds.map(({ kind }) => kind),
      ['reserved', 'reserved', 'reserved', 'held'],
    );
  });
}
