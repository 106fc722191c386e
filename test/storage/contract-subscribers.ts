/** The two hot tables: load, commit, history, scan. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { replay } from '../../src/domain/ledger.ts';
import type { StoredSubscriber, SubscriberChange, SubscriberStore } from '../../src/storage/port.ts';
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

export function subscriberContract(openFresh: OpenFresh): void {
  let subscribers: SubscriberStore;
  useMigrated(openFresh, (opened) => {
    subscribers = opened.store.subscribers;
  });

  async function loadOne(change: SubscriberChange): Promise<StoredSubscriber | undefined> {
    return (await subscribers.load([change.ref]))[0];
  }

  it('gives back what was committed, and undefined for whom it does not know', async () => {
    const change = firstChange(nextAccountId(), 'anna@example.com');
    assert.equal(await loadOne(change), undefined);
    assert.equal(await subscribers.commit([change]), 'committed');
    assert.deepEqual(await loadOne(change), storedOf(change));
  });

  it('loads in the order asked, across accounts, duplicates and strangers included', async () => {
    const [one, two] = [nextAccountId(), nextAccountId()];
    const changes = [firstChange(one, 'a@example.com'), firstChange(two, 'b@example.com'), firstChange(one, 'c@x.org')];
    await subscribers.commit(changes);
    const [a, b, c] = changes as [SubscriberChange, SubscriberChange, SubscriberChange];
    const stranger = refOf(two, 'stranger@example.com');
    // The same key under another account is another subscriber.
    const elsewhere = { accountId: two, subscriberKey: a.ref.subscriberKey };
    const refs = [c.ref, stranger, b.ref, a.ref, c.ref, elsewhere];
    const found = [storedOf(c), undefined, storedOf(b), storedOf(a), storedOf(c), undefined];
    assert.deepEqual(await subscribers.load(refs), found);
    assert.deepEqual(
      await subscribers.loadPreferences(refs),
      found.map((stored) => stored?.state.preferences),
    );
    assert.deepEqual([await subscribers.load([]), await subscribers.loadPreferences([])], [[], []]);
    const subject = { channel: 'EMAIL', subscriptionId: 1 } as const;
    const about = found.map((stored) => {
      const { statuses, optOuts } = stored?.state.preferences.EMAIL ?? {};
      return statuses && { statuses: statuses.filter((each) => each.subscriptionId === 1), optOuts };
    });
    assert.ok(about.some((said) => said?.statuses.length === 1));
    assert.deepEqual(await subscribers.loadAbout(refs, subject), about);
    const other = await subscribers.loadAbout(refs, { ...subject, subscriptionId: 2 });
    assert.deepEqual(
      other,
      about.map((said) => said && { ...said, statuses: [] }),
    );
    assert.deepEqual(await subscribers.loadAbout([], subject), []);
  });

  it('reads in bulk what was committed just before, opt-outs of everything too', async () => {
    const first = firstChange(nextAccountId(), 'bulk@example.com');
    await subscribers.commit([first]);
    const drafts = [optOutDraft(null, 1_800_000_000_500), optOutDraft(3, 1_800_000_000_600)];
    await subscribers.commit([changeOf(first.ref, 'bulk@example.com', first.state, drafts)]);
    const [said] = await subscribers.loadAbout([first.ref], { channel: 'EMAIL', subscriptionId: 1 });
    assert.deepEqual(
      said?.optOuts.map(({ businessUnitId }) => businessUnitId),
      [null, 3],
    );
  });

  it('commits nothing where there is nothing to commit', async () => {
    assert.equal(await subscribers.commit([]), 'committed');
  });

  it('replaces the row and appends the events of a later change', async () => {
    const first = firstChange(nextAccountId(), 'bert@example.com');
    await subscribers.commit([first]);
    const second = changeOf(first.ref, 'Bert@Example.com', await loadOne(first), [
      statusDraft('UNSUBSCRIBED', 1_700_000_000_500),
      optOutDraft(null, 1_700_000_000_600),
    ]);
    assert.equal(await subscribers.commit([second]), 'committed');
    assert.deepEqual(await loadOne(first), storedOf(second));
    assert.equal(second.state.version, 3);
    assert.deepEqual(await subscribers.history(first.ref, 10), [...first.events, ...second.events].reverse());
  });

  const losers: Record<string, (first: SubscriberChange, second: SubscriberChange) => SubscriberChange> = {
    'decided upon an older version': (first) =>
      changeOf(first.ref, 'loser@example.com', first.state, [statusDraft('SUBSCRIBED', 1_900_000_000_000)]),
    'decided upon no row at all': (first) => firstChange(first.ref.accountId, 'contested@example.com'),
    'decided upon a version that is not there yet': (_, second) => {
      const drafts = [statusDraft('SUBSCRIBED', 1_900_000_000_000), optOutDraft(null, 1_900_000_000_001)];
      const [ahead, further] = changeOf(second.ref, 'loser@example.com', second.state, drafts).events;
      const state = { ...second.state, version: 4, headEventId: further!.eventId, headHash: further!.hash };
      return { ref: second.ref, address: 'loser@example.com', baseVersion: ahead!.version, state, events: [further!] };
    },
    'decided upon a row that does not exist': (first) => {
      const known = firstChange(first.ref.accountId, 'nowhere@example.com');
      return changeOf(known.ref, 'nowhere@example.com', known.state, [optOutDraft(null, 1_900_000_000_000)]);
    },
  };
  for (const [what, makeLoser] of Object.entries(losers)) {
    it(`writes nothing of a commit of which one change was ${what}`, async () => {
      const accountId = nextAccountId();
      const first = firstChange(accountId, 'contested@example.com');
      await subscribers.commit([first]);
      const second = changeOf(first.ref, 'contested@example.com', first.state, [optOutDraft(3, 1_800_000_000_000)]);
      await subscribers.commit([second]);

      const loser = makeLoser(first, second);
      const others = ['a@example.com', 'b@example.com', 'c@example.com'].map((name) => firstChange(accountId, name, 2));
      assert.equal(await subscribers.commit([others[0]!, loser, others[1]!, others[2]!]), 'conflict');
      assert.deepEqual(await loadOne(first), storedOf(second));
      assert.deepEqual(await subscribers.history(first.ref, 10), [...second.events, ...first.events]);
      assert.deepEqual(await subscribers.load(others.map((other) => other.ref)), [undefined, undefined, undefined]);
      // Neither rows nor events were left behind: the very same can be committed now.
      assert.equal(await subscribers.commit(others), 'committed');
    });
  }

  it('commits ten thousand changes at once, or none of them where one is outdated', async () => {
    const accountId = nextAccountId();
    const changes = Array.from({ length: 10_000 }, (_, index) => firstChange(accountId, `${index}@example.com`));
    const refs = changes.map(({ ref }) => ref);
    const faster = firstChange(accountId, '5000@example.com');
    assert.equal(await subscribers.commit([faster]), 'committed');
    assert.equal(await subscribers.commit(changes), 'conflict');
    assert.equal((await subscribers.load(refs)).filter(Boolean).length, 1);
    assert.equal(await subscribers.commit(changes.toSpliced(5_000, 1)), 'committed');
    assert.deepEqual(await subscribers.load(refs), changes.with(5_000, faster).map(storedOf));
  });

  it('commits a thousand changes at once, and loads them', async () => {
    const accountId = nextAccountId();
    const changes = Array.from({ length: 1_000 }, (_, index) => firstChange(accountId, `contact${index}@example.com`));
    assert.equal(await subscribers.commit(changes), 'committed');
    const loaded = await subscribers.load(changes.map((change) => change.ref));
    assert.deepEqual(loaded, changes.map(storedOf));
    const again = changes.map((change) =>
      changeOf(change.ref, change.address, change.state, [
        statusDraft('UNSUBSCRIBED', 1_800_000_000_000, { legalBasisExplanation: AWKWARD_TEXT }),
        optOutDraft(null, 1_800_000_000_001),
      ]),
    );
    assert.equal(await subscribers.commit(again), 'committed');
    assert.deepEqual(await subscribers.load(again.map((change) => change.ref)), again.map(storedOf));
  });

  it('shows every commit that has resolved to every read that starts later, many side by side', async () => {
    const accountId = nextAccountId();
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const change = firstChange(accountId, `side${index}@example.com`);
        assert.equal(await subscribers.commit([change]), 'committed');
        assert.deepEqual(await loadOne(change), storedOf(change));
      }),
    );
  });

  it('lets exactly one of many commits upon the same version through', async () => {
    const accountId = nextAccountId();
    const rivals = Array.from({ length: 12 }, () => firstChange(accountId, 'wanted@example.com'));
    const results = await Promise.all(rivals.map((rival) => subscribers.commit([rival])));
    assert.equal(results.filter((result) => result === 'committed').length, 1);
    const winner = rivals[results.indexOf('committed')]!;
    assert.deepEqual(await loadOne(winner), storedOf(winner));
    assert.deepEqual(await subscribers.history(winner.ref, 10), winner.events);
  });

  it('keeps texts as they came, and the body byte for byte', async () => {
    const accountId = nextAccountId();
    const address = `josé"o'neil\\@exämple.org`;
    const ref = { ...refOf(accountId, 'anyone@example.org') };
    const drafts = [
      statusDraft('SUBSCRIBED', 1_700_000_000_000, { legalBasisExplanation: AWKWARD_TEXT, source: AWKWARD_TEXT }),
      statusDraft('SUBSCRIBED', 1_700_000_000_001, { subscriptionId: 2 ** 53 - 1, source: '' }),
      optOutDraft(0, 1_700_000_000_002),
    ];
    const sealed = changeOf(ref, address, undefined, drafts);
    // Spaces and key order that no JSON library would write: nothing may tidy them.
    const spaced = { ...sealed.events[2]!, body: '{ "b" : 1.50,\t"a":"\\u00e9\\/",  "b": 2 }' };
    const change = { ...sealed, events: [sealed.events[0]!, sealed.events[1]!, spaced] };
    assert.equal(await subscribers.commit([change]), 'committed');
    assert.deepEqual(await loadOne(change), storedOf(change));
    assert.deepEqual(await subscribers.history(ref, 10), [...change.events].reverse());
  });

  it('walks a history newest first, as far as asked, and it replays to what is stored', async () => {
    const accountId = nextAccountId();
    const change = firstChange(accountId, 'long@example.com', 150);
    await subscribers.commit([change, firstChange(accountId, 'bystander@example.com', 3)]);
    const newestFirst = [...change.events].reverse();
    assert.deepEqual(await subscribers.history(change.ref, 1_000), newestFirst);
    assert.deepEqual(await subscribers.history(change.ref, 20), newestFirst.slice(0, 20));
    assert.deepEqual(await subscribers.history(change.ref, 1), newestFirst.slice(0, 1));
    assert.deepEqual(await subscribers.history(refOf(accountId, 'stranger@example.com'), 10), []);
    // Another account's reading of the same key finds nothing.
    assert.deepEqual(await subscribers.history({ ...change.ref, accountId: nextAccountId() }, 10), []);
    const events = (await subscribers.history(change.ref, 1_000)).reverse();
    assert.deepEqual(replay(events), change.state);
  });

  it('scans every subscriber in key order, a page at a time', async () => {
    const own = await openFresh();
    try {
      await own.store.migrate();
      const changes = [3, 1, 2].flatMap((accountId) =>
        Array.from({ length: 9 }, (_, index) => firstChange(accountId, `scanned${index}@example.com`)),
      );
      await own.store.subscribers.commit(changes);
      const found: StoredSubscriber[] = [];
      for (;;) {
        const page = await own.store.subscribers.scan(found.at(-1)?.ref ?? null, 4);
        if (page.length === 0) break;
        assert.ok(page.length <= 4);
        found.push(...page);
      }
      const inOrder = changes.map(storedOf).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
      assert.deepEqual(found, inOrder);
    } finally {
      await own.drop();
    }
  });
}

function sortKey({ ref }: StoredSubscriber): string {
  return `${ref.accountId} ${ref.subscriberKey}`;
}
