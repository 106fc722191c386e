/** The ledger as a whole: events in the order of their ids, and up to where that order is closed. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { v7 } from 'uuid';
import type { LedgerEvent } from '../../src/domain/ledger.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { EVENTS_LOOKED_AT, type LedgerStore, type Store, type SubscriberChange } from '../../src/storage/port.ts';
import type { FreshDatabase, OpenFresh } from './contract.ts';
import { changeOf, firstChange, optOutDraft, refOf, statusDraft } from './samples.ts';

const LAST_ID = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

export function ledgerContract(openFresh: OpenFresh): void {
  /** Its own database: what is closed is closed for everybody. */
  async function withStore(work: (store: Store, fresh: FreshDatabase) => Promise<void>): Promise<void> {
    const fresh = await openFresh();
    try {
      await fresh.store.migrate();
      await work(fresh.store, fresh);
    } finally {
      await fresh.drop();
    }
  }

  it('is closed through nothing at first, then through the latest id asked for, whoever asks last', () =>
    withStore(async ({ ledger }) => {
      assert.deepEqual([await ledger.closedThrough(), await ledger.newestId()], [null, null]);
      const [earlier, later] = [v7(), v7()];
      assert.equal(await ledger.close(earlier), earlier);
      assert.equal(await ledger.closedThrough(), earlier);
      assert.equal(await ledger.close(later), later);
      assert.equal(await ledger.close(earlier), later);
      assert.equal(await ledger.close(later), later);
      assert.equal(await ledger.closedThrough(), later);
    }));

  it('takes no event at or before what is closed, and nothing of a commit with one', () =>
    withStore(async ({ subscribers, ledger }) => {
      const before = firstChange(1, 'before@example.com', 2);
      assert.equal(await subscribers.commit([before]), 'committed');
      const closedAt = v7();
      const at = changeOf(
        refOf(1, 'at@example.com'),
        'at@example.com',
        undefined,
        [optOutDraft(null, 1)],
        () => closedAt,
      );
      const across = firstChange(1, 'across@example.com', 2);
      // The first of its events is earlier, the second later.
      await ledger.close(across.events[0]!.eventId);
      assert.equal(await subscribers.commit([across]), 'too-late');
      const after = ['a@example.com', 'b@example.com', 'c@example.com'].map((address) => firstChange(1, address));
      assert.equal(await subscribers.commit([after[0]!, at, after[1]!, after[2]!]), 'too-late');
      const refs = [across, at, ...after].map(({ ref }) => ref);
      assert.deepEqual(await subscribers.load(refs), [undefined, undefined, undefined, undefined, undefined]);
      assert.deepEqual((await ledger.read(null, LAST_ID, 10)).events, before.events);
      // Neither rows nor events were left behind: with later ids, the same can be committed.
      assert.equal(await subscribers.commit(after), 'committed');
      assert.equal(await subscribers.commit([firstChange(1, 'across@example.com', 2)]), 'committed');
    }));

  it('tells a version that is outdated from an id that is', () =>
    withStore(async ({ subscribers, ledger }) => {
      const first = firstChange(1, 'both@example.com');
      const [stale, late] = [firstChange(1, 'both@example.com'), firstChange(1, 'other@example.com')];
      assert.equal(await subscribers.commit([first]), 'committed');
      assert.equal(await subscribers.commit([stale]), 'conflict');
      await ledger.close(v7());
      assert.equal(await subscribers.commit([late]), 'too-late');
      assert.notEqual(await subscribers.commit([stale]), 'committed');
    }));

  it('reads events in the order of their ids, page by page, whole as they were committed', () =>
    withStore(async ({ subscribers, ledger }) => {
      const drafts = [
        statusDraft('SUBSCRIBED', 1, { legalBasisExplanation: 'because they asked' }),
        optOutDraft(null, 2),
        optOutDraft(5, 3),
      ];
      const changes = ['a', 'b', 'c', 'd'].map((name, index) => {
        const address = `${name}@example.com`;
        return changeOf(refOf(index % 2, address), address, undefined, drafts);
      });
      const committedLast = changes.shift()!;
      assert.equal(await subscribers.commit(changes), 'committed');
      assert.equal(await subscribers.commit([committedLast]), 'committed');
      const events = inOrder([committedLast, ...changes]);
      const [third, last] = [events[2]!.eventId, events.at(-1)!.eventId];
      assert.equal(await ledger.newestId(), last);
      assert.deepEqual(await ledger.read(null, last, 100), { events, readThrough: last });
      assert.deepEqual(await ledger.read(null, LAST_ID, 100), { events, readThrough: LAST_ID });
      assert.deepEqual(await ledger.read(null, last, 3), { events: events.slice(0, 3), readThrough: third });
      assert.deepEqual(await ledger.read(third, last, 4), {
        events: events.slice(3, 7),
        readThrough: events[6]!.eventId,
      });
      assert.deepEqual(await ledger.read(last, LAST_ID, 4), { events: [], readThrough: LAST_ID });
      assert.deepEqual(await ledger.read(null, third, 4), { events: events.slice(0, 3), readThrough: third });
      const ofOne = events.filter(({ accountId }) => accountId === 1);
      assert.deepEqual(await ledger.read(null, LAST_ID, 100, 1), { events: ofOne, readThrough: LAST_ID });
      const [page, rest] = [ofOne.slice(0, 4), ofOne.slice(4)];
      const readThrough = page.at(-1)!.eventId;
      assert.deepEqual(await ledger.read(null, LAST_ID, 4, 1), { events: page, readThrough });
      assert.deepEqual(await ledger.read(readThrough, LAST_ID, 4, 1), { events: rest, readThrough: LAST_ID });
      assert.deepEqual(await ledger.read(null, LAST_ID, 4, 2), { events: [], readThrough: LAST_ID });
    }));

  it('looks at so many events of others a call, says how far it got, and finds everything by reading on', () =>
    withStore(async ({ subscribers, ledger }) => {
      const others = Array.from({ length: EVENTS_LOOKED_AT }, (_, index) => firstChange(1, `${index}@example.com`));
      const first = firstChange(2, 'first@example.com', 2);
      assert.equal(await subscribers.commit(others), 'committed');
      const last = firstChange(2, 'last@example.com', 2);
      assert.equal(await subscribers.commit([first, last]), 'committed');
      const found: LedgerEvent[] = [];
      const reached = [];
      for (let after: string | null = null; after !== LAST_ID; ) {
        const page = await ledger.read(after, LAST_ID, 10, 2);
        found.push(...page.events);
        reached.push(page.readThrough);
        after = page.readThrough;
      }
      assert.deepEqual(found, inOrder([first, last]));
      assert.deepEqual(reached, [inOrder(others).at(-1)!.eventId, LAST_ID]);
    }));

  it('never shows more, nor less, of what it was closed through, while others commit with ids of any age', () =>
    withStore(async (store, { isShared, databaseUrl }) => {
      const stores = isShared ? [store, await openStore(databaseUrl), await openStore(databaseUrl)] : [store];
      let isWriting = true;
      const results: string[] = [];
      const write = async (each: Store, writer: number) => {
        const changes = Array.from({ length: 150 }, (_, index) => firstChange(1, `w${writer}-${index}@example.com`, 2));
        const commits = changes.map((change) => async () => results.push(await each.subscribers.commit([change])));
        // As lanes do: several under way at once, with ids that were all made before the first.
        await Promise.all(
          [0, 1, 2].map(async (lane) => {
            for (let index = lane; index < commits.length; index += 3) await commits[index]!();
          }),
        );
      };
      const seen: { through: string; ids: string[] }[] = [];
      const follow = async ({ ledger }: Store) => {
        while (isWriting) {
          const bound = await ledger.newestId();
          if (bound === null) continue;
          const through = await ledger.close(bound);
          if (through === null) continue;
          seen.push({ through, ids: await idsThrough(ledger, through) });
        }
      };
      const following = stores.map(follow);
      await Promise.all(stores.map(write));
      isWriting = false;
      await Promise.all(following);
      assert.ok(results.includes('committed') && seen.length > 0, 'nothing was committed, or nothing closed');
      for (const { through, ids } of seen) assert.deepEqual(ids, await idsThrough(store.ledger, through));
      assert.equal(
        (await store.ledger.read(null, LAST_ID, 10_000)).events.length,
        results.filter((result) => result === 'committed').length * 2,
      );
      for (const other of stores.slice(1)) await other.close();
    }));
}

async function idsThrough(ledger: LedgerStore, through: string): Promise<string[]> {
  return (await ledger.read(null, through, 10_000)).events.map(({ eventId }) => eventId);
}

function inOrder(changes: readonly SubscriberChange[]): LedgerEvent[] {
  return changes.flatMap(({ events }) => events).sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
}
