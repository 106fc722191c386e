/** Changes by which something is forgotten: what is left of a contact, and of what waited for it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { draftErasure, draftExpiry, remaindersOfErasure, remaindersOfExpiry } from '../../src/domain/erasure.ts';
import { replay } from '../../src/domain/ledger.ts';
import { publicApiActor } from '../../src/domain/outcome.ts';
import { askFor, noSignUps } from '../../src/domain/sign-up.ts';
import type { ForgettingChange, Store, SubscriberChange } from '../../src/storage/port.ts';
import type { OpenFresh } from './contract.ts';
import { useMigrated } from './migrated.ts';
import {
  AWKWARD_TEXT,
  changeOf,
  firstChange,
  nextAccountId,
  optOutDraft,
  refOf,
  statusDraft,
  storedOf,
} from './samples.ts';

const EVIDENCE = { act: 'preference-page', request: { at: '2026-11-22T10:00:00.000Z', userAgent: 'Lynx ✓' } } as const;
const SECRET = `told in the shop ${AWKWARD_TEXT}`;

export function forgettingContract(openFresh: OpenFresh): void {
  let store: Store;
  useMigrated(openFresh, (opened) => {
    store = opened.store;
  });

  /** Subscribed, unsubscribed with an explanation, and opted out of everything on a page. */
  async function talkative(accountId: number, address: string): Promise<SubscriberChange> {
    const change = changeOf(refOf(accountId, address), address, undefined, [
      statusDraft('SUBSCRIBED', 1_700_000_000_000, { subscriptionId: 1, legalBasisExplanation: SECRET }),
      statusDraft('UNSUBSCRIBED', 1_700_000_000_001, { subscriptionId: 2, legalBasisExplanation: SECRET }),
      { ...optOutDraft(5, 1_700_000_000_002), evidence: EVIDENCE },
      { ...statusDraft('UNSUBSCRIBED', 1_700_000_000_003, { legalBasisExplanation: SECRET }), evidence: EVIDENCE },
    ]);
    assert.equal(await store.subscribers.commit([change]), 'committed');
    return change;
  }

  function erasureOf({ ref, state, events }: SubscriberChange): ForgettingChange {
    const draft = draftErasure(state, publicApiActor(7), 'asked for', 1_800_000_000_000);
    return { ...changeOf(ref, null, state, [draft!]), remainders: remaindersOfErasure(events) };
  }

  async function askedFor(ref: SubscriberChange['ref'], address: string): Promise<void> {
    const request = {
      requestedAt: 1_700_000_000_000,
      request: EVIDENCE.request,
      consent: null,
      appId: 7,
      language: null,
    };
    const signUps = askFor(noSignUps(address), address, [1], request);
    assert.equal(await store.signUps.save({ ref, baseVersion: 0, signUps }), 'committed');
  }

  it('erases address, texts, sign-up and links in one go, and the chain still holds', async () => {
    const accountId = nextAccountId();
    const change = await talkative(accountId, 'ada@example.com');
    const bystander = await talkative(accountId, 'bystander@example.com');
    await askedFor(change.ref, 'ada@example.com');
    await askedFor(bystander.ref, 'bystander@example.com');
    const erasure = erasureOf(change);
    assert.equal(await store.subscribers.forget(erasure), 'committed');

    const [row] = await store.subscribers.load([change.ref]);
    assert.deepEqual(row, { ref: change.ref, address: null, state: erasure.state });
    assert.ok(row.state.isErased);
    const events = await store.subscribers.history(change.ref, 10);
    assert.deepEqual(
      events.map(({ personal }) => personal),
      [null, null, null, null, null],
    );
    assert.deepEqual(replay(events.reverse()), erasure.state);
    assert.equal(await store.signUps.load(change.ref), null);
    assert.equal(await store.linkRevocations.revokedThrough(change.ref), 1_800_000_000_000);

    const [other] = await store.subscribers.load([bystander.ref]);
    assert.deepEqual(other, { ref: bystander.ref, address: 'bystander@example.com', state: bystander.state });
    assert.deepEqual(await store.subscribers.history(bystander.ref, 10), [...bystander.events].reverse());
    assert.notEqual(await store.signUps.load(bystander.ref), null);
    assert.equal(await store.linkRevocations.revokedThrough(bystander.ref), 0);
  });

  it('erases nothing where the contact has changed since it was loaded', async () => {
    const change = await talkative(nextAccountId(), 'contested@example.com');
    await askedFor(change.ref, 'contested@example.com');
    const erasure = erasureOf(change);
    const faster = changeOf(change.ref, 'contested@example.com', change.state, [optOutDraft(null, 1_750_000_000_000)]);
    assert.equal(await store.subscribers.commit([faster]), 'committed');
    assert.equal(await store.subscribers.forget(erasure), 'conflict');
    const newestFirst = [...change.events, ...faster.events].reverse();
    assert.deepEqual(await store.subscribers.history(change.ref, 10), newestFirst);
    assert.notEqual(await store.signUps.load(change.ref), null);
    assert.equal(await store.linkRevocations.revokedThrough(change.ref), 0);
    // The store goes on working.
    const again = erasureOf({ ...faster, events: newestFirst });
    assert.equal(await store.subscribers.forget(again), 'committed');
  });

  it('erases nothing where the ledger is closed through the tombstone, which then needs a later id', async () => {
    const own = await openFresh();
    try {
      await own.store.migrate();
      const { subscribers, ledger } = own.store;
      const change = firstChange(1, 'late@example.com');
      await subscribers.commit([change]);
      const erasure = erasureOf(change);
      await ledger.close(erasure.state.headEventId!);
      assert.equal(await subscribers.forget(erasure), 'too-late');
      assert.deepEqual(await subscribers.load([change.ref]), [storedOf(change)]);
      assert.equal(await subscribers.forget(erasureOf(change)), 'committed');
    } finally {
      await own.drop();
    }
  });

  it('lets a contact that was erased come back, with what it said no to', async () => {
    const change = await talkative(nextAccountId(), 'back@example.com');
    await store.subscribers.forget(erasureOf(change));
    const [erased] = await store.subscribers.load([change.ref]);
    const back = changeOf(change.ref, 'Back@Example.com', erased, [statusDraft('SUBSCRIBED', 1_900_000_000_000)]);
    assert.equal(await store.subscribers.commit([back]), 'committed');
    const [row] = await store.subscribers.load([change.ref]);
    assert.deepEqual(row, { ref: change.ref, address: 'Back@Example.com', state: back.state });
    assert.ok(!row.state.isErased);
    assert.equal(row.state.preferences.EMAIL?.optOuts.length, 1);
  });

  it('leaves of some events what shall be left, and everything else as it is', async () => {
    const change = await talkative(nextAccountId(), 'kept@example.com');
    await askedFor(change.ref, 'kept@example.com');
    const { ref, state, events } = change;
    const draft = draftExpiry(state, events, 1_750_000_000_000, 1_800_000_000_000);
    const remainders = remaindersOfExpiry(events, 1_750_000_000_000);
    const expiry = { ...changeOf(ref, 'kept@example.com', state, [draft!]), remainders };
    assert.equal(await store.subscribers.forget(expiry), 'committed');
    const [row] = await store.subscribers.load([ref]);
    assert.deepEqual(row, { ref, address: 'kept@example.com', state: expiry.state });
    const stored = (await store.subscribers.history(ref, 10)).reverse();
    const told = stored.map(({ personal }) => Object.keys(personal ?? {}).join());
    assert.deepEqual(told, ['legalBasisExplanation', 'legalBasisExplanation', '', 'legalBasisExplanation', '']);
    assert.deepEqual(replay(stored), expiry.state);
    assert.notEqual(await store.signUps.load(ref), null);
    assert.equal(await store.linkRevocations.revokedThrough(ref), 0);
  });

  it('finds whose evidence is too old, a page of events at a time', async () => {
    const [own, other] = [nextAccountId(), nextAccountId()];
    const addresses = Array.from({ length: 7 }, (_, index) => `evidence${index}@example.com`);
    const wanted: string[] = [];
    for (const address of addresses) {
      wanted.push((await talkative(own, address)).ref.subscriberKey);
      await talkative(other, address);
    }
    await store.subscribers.commit([firstChange(own, 'silent@example.com', 3)]);
    const collect = async (before: number, limit: number) => {
      const found = new Set<string>();
      let after: string | null = null;
      do {
        const page = await store.subscribers.findEvidence(own, before, after, limit);
        assert.ok(page.refs.length <= limit);
        for (const { accountId, subscriberKey } of page.refs) {
          assert.equal(accountId, own);
          found.add(subscriberKey);
        }
        after = page.next;
      } while (after !== null);
      return [...found].sort();
    };
    for (const limit of [1, 5, 10_000]) assert.deepEqual(await collect(1_700_000_000_003, limit), wanted.toSorted());
    assert.deepEqual(await collect(1_700_000_000_002, 5), [], 'what happened at that instant is not before it');
  });

  it('forgets a sign-up, and says whether there was one', async () => {
    const { ref } = firstChange(nextAccountId(), 'waiting@example.com');
    await askedFor(ref, 'waiting@example.com');
    assert.equal(await store.signUps.forget(ref), true);
    assert.equal(await store.signUps.forget(ref), false);
    assert.equal(await store.signUps.load(ref), null);
  });
}
