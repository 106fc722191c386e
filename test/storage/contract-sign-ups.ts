/** What every adapter keeps of sign-ups, and how messages that are due are claimed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignUps } from '../../src/domain/sign-up.ts';
import type { SubscriberRef } from '../../src/storage/port.ts';
import type { FreshDatabase, OpenFresh } from './contract.ts';
import { useMigrated } from './migrated.ts';
import { AWKWARD_TEXT, nextAccountId, refOf } from './samples.ts';

export function signUpContract(openFresh: OpenFresh): void {
  let fresh: FreshDatabase;
  useMigrated(openFresh, (opened) => {
    fresh = opened;
  });

  const signUps = (over: Partial<SignUps> = {}): SignUps => ({
    address: 'Ada@example.com',
    pending: [
      {
        subscriptionId: 11,
        requestedAt: 1_000,
        language: 'pt-BR',
        request: { at: '2026-01-01T00:00:00.000Z', userAgent: AWKWARD_TEXT },
        consent: { text: AWKWARD_TEXT, language: 'pt-BR', version: '0123456789abcdef' },
        appId: 7,
      },
      { subscriptionId: 12, requestedAt: 2_000, language: null, request: { at: '' }, consent: null, appId: null },
    ],
    confirmed: [13],
    message: { dueAt: null, dueSince: null, sentAt: 500 },
    expiresAt: Number.MAX_SAFE_INTEGER,
    ...over,
  });
  const due = (dueAt: number) => signUps({ message: { dueAt, dueSince: dueAt, sentAt: null } });

  async function stored(content: SignUps): Promise<SubscriberRef> {
    const ref = refOf(nextAccountId(), 'ada@example.com');
    assert.equal(await fresh.store.signUps.save({ ref, baseVersion: 0, signUps: content }), 'committed');
    return ref;
  }

  /** Of all that is due, what these addresses have. */
  async function claim(refs: readonly SubscriberRef[], now: number, until: number) {
    const claims = await fresh.store.signUps.claimDue(now, until, 1_000);
    return claims.filter(({ ref }) => refs.some(({ accountId }) => accountId === ref.accountId));
  }

  test('they come back as they went in, and only to whom they belong', async () => {
    const ref = await stored(signUps());
    assert.deepEqual(await fresh.store.signUps.load(ref), { version: 1, signUps: signUps() });
    assert.equal(await fresh.store.signUps.load(refOf(ref.accountId, 'bob@example.com')), null);
    assert.equal(await fresh.store.signUps.load({ ...ref, accountId: nextAccountId() }), null);
  });

  test('they are written only on the version that was loaded', async () => {
    const ref = await stored(signUps());
    const { signUps: store } = fresh.store;
    const next = signUps({ address: 'ADA@example.com', pending: [], confirmed: [11, 12, 13] });
    assert.equal(await store.save({ ref, baseVersion: 0, signUps: next }), 'conflict');
    assert.equal(await store.save({ ref, baseVersion: 2, signUps: next }), 'conflict');
    assert.equal(await store.save({ ref, baseVersion: 1, signUps: next }), 'committed');
    assert.deepEqual(await store.load(ref), { version: 2, signUps: next });
    const rivals = await Promise.all(
      Array.from({ length: 8 }, () => store.save({ ref, baseVersion: 2, signUps: signUps() })),
    );
    assert.equal(rivals.filter((result) => result === 'committed').length, 1);
  });

  test('a message that is due is claimed once, until the claim runs out', async () => {
    const ref = await stored(due(1_000));
    assert.deepEqual(await claim([ref], 999, 5_000), []);
    const rounds = await Promise.all(Array.from({ length: 8 }, () => claim([ref], 1_000, 5_000)));
    assert.deepEqual(rounds.flat(), [{ ref, until: 5_000, signUps: due(1_000) }]);
    assert.deepEqual(await claim([ref], 4_999, 9_000), []);
    assert.equal((await claim([ref], 5_000, 9_000)).length, 1);
  });

  test('those that are due longest are claimed first, as many as were asked for', async () => {
    const refs = [await stored(due(-7_000)), await stored(due(-9_000)), await stored(due(-8_000))];
    const first = await fresh.store.signUps.claimDue(-7_000, 0, 2);
    const accounts = first.map(({ ref }) => ref.accountId).sort();
    assert.deepEqual(accounts, [refs[1]!.accountId, refs[2]!.accountId].sort());
  });

  test('who holds the claim settles it; who lost it does not', async () => {
    const ref = await stored(due(2_000));
    const { signUps: store } = fresh.store;
    const [lost] = await claim([ref], 2_000, 3_000);
    const [held] = await claim([ref], 3_000, 4_000);
    const retry = { dueAt: 6_000, dueSince: 2_000, sentAt: null };
    assert.equal(await store.settle(lost!, retry), false);
    assert.equal(await store.settle(held!, retry), true);
    assert.deepEqual(await store.load(ref), { version: 2, signUps: signUps({ message: retry }) });
    assert.deepEqual(await claim([ref], 5_999, 9_000), []);
    const [again] = await claim([ref], 6_000, 9_000);
    const sent = { dueAt: null, dueSince: null, sentAt: 6_100 };
    assert.equal(await store.settle(again!, sent), true);
    assert.equal(await store.settle(again!, sent), false);
    assert.deepEqual(await claim([ref], 60_000, 90_000), []);
  });

  test('a claim outlives what is asked for meanwhile', async () => {
    const ref = await stored(due(3_000));
    const { signUps: store } = fresh.store;
    const [held] = await claim([ref], 3_000, 8_000);
    const more = { ...due(3_000), confirmed: [] };
    assert.equal(await store.save({ ref, baseVersion: 1, signUps: more }), 'committed');
    assert.deepEqual(await claim([ref], 4_000, 9_000), []);
    const sent = { dueAt: null, dueSince: null, sentAt: 4_000 };
    assert.equal(await store.settle(held!, sent), true);
    assert.deepEqual(await store.load(ref), { version: 3, signUps: { ...more, message: sent } });
  });

  test('what is of no use any more is deleted, and nothing else', async () => {
    const [old, young] = [await stored(signUps({ expiresAt: 1_000 })), await stored(signUps({ expiresAt: 1_001 }))];
    assert.equal(await fresh.store.signUps.forgetExpired(1_000), 1);
    assert.equal(await fresh.store.signUps.load(old), null);
    assert.ok(await fresh.store.signUps.load(young));
  });
}
