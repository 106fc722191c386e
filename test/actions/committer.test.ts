import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import type { CommitOutcome } from '../../src/actions/committer.ts';
import { MAX_WAITING_CHANGES } from '../../src/actions/committer.ts';
import type { Context } from '../../src/actions/context.ts';
import { clockedEventIds } from '../../src/actions/event-ids.ts';
import type { WantedChange } from '../../src/actions/gathering.ts';
import { replay } from '../../src/domain/ledger.ts';
import { publicApiActor } from '../../src/domain/outcome.ts';
import type { Store, SubscriberChange } from '../../src/storage/port.ts';
import { StoreUnavailable } from '../../src/storage/port.ts';
import { newAccount, openContext, refOf, wanted } from '../support/account.ts';
import { statusChange } from '../support/subjects.ts';
import { tamper } from '../support/tampered-store.ts';

const ADA = 'ada@example.com';
const BOB = 'bob@example.com';

function submit(context: Context, changes: WantedChange[]): Promise<CommitOutcome> {
  return context.committer.submit({ accountId: 1, actor: publicApiActor(10), changes });
}

/** The real store, with something happening before each of its commits. */
function before(happening: (changes: readonly SubscriberChange[]) => Promise<'go on' | 'conflict'>) {
  return (store: Store): Store =>
    tamper(store, (real) => ({
      commit: async (changes) => ((await happening(changes)) === 'conflict' ? 'conflict' : real.commit(changes)),
    }));
}

/** How each commit's changes went out: the number of subscribers in each. */
function counting(sizes: number[]) {
  return before(async (changes) => {
    sizes.push(changes.length);
    return 'go on';
  });
}

async function versionOf(store: Store, address: string): Promise<number> {
  const [stored] = await store.subscribers.load([refOf(address)]);
  return stored?.state.version ?? 0;
}

describe('gathering', () => {
  test('calls that arrive together share one transaction; what arrives meanwhile shares the next', async () => {
    const sizes: number[] = [];
    const { context, close } = await openContext({}, counting(sizes));
    const calls = (from: number) =>
      Array.from({ length: 50 }, (_, index) =>
        submit(context, [wanted(`c${from + index}@example.com`, statusChange(101, 'SUBSCRIBED'))]),
      );
    await Promise.all(calls(0));
    assert.deepEqual(sizes, [50]);
    await Promise.all(calls(50));
    assert.deepEqual(sizes, [50, 50]);
    await close();
  });

  test('no transaction takes more than 1 000 changes, and a call is never split', async () => {
    const sizes: number[] = [];
    const { context, close } = await openContext({}, counting(sizes));
    const batch = (from: number) =>
      Array.from({ length: 300 }, (_, index) =>
        wanted(`c${from + index}@example.com`, statusChange(101, 'SUBSCRIBED')),
      );
    await Promise.all([0, 300, 600, 900].map((from) => submit(context, batch(from))));
    assert.deepEqual(sizes, [900, 300]);
    await close();
  });

  test("one contact's calls are carried out in their order, each seeing the one before", async () => {
    const { context, close } = await openContext();
    const states = ['SUBSCRIBED', 'UNSUBSCRIBED', 'SUBSCRIBED', 'SUBSCRIBED'] as const;
    const answers = await Promise.all(states.map((state) => submit(context, [wanted(ADA, statusChange(101, state))])));
    const transitions = answers.map((answer) => {
      assert.ok(answer.kind === 'committed' && answer.outcomes[0]?.kind === 'status-set');
      return answer.outcomes[0].transition;
    });
    assert.deepEqual(transitions, [
      'REQUESTED_CHANGE_OCCURRED',
      'REQUESTED_CHANGE_OCCURRED',
      'RESUBSCRIBE_OCCURRED',
      'NO_STATUS_CHANGE',
    ]);
    await close();
  });

  test('nothing is written where nothing changes', async () => {
    const sizes: number[] = [];
    const { context, store, close } = await openContext({}, counting(sizes));
    await submit(context, [
      wanted(ADA, statusChange(101, 'NOT_SPECIFIED')),
      wanted(BOB, statusChange(999, 'SUBSCRIBED')),
    ]);
    assert.deepEqual(sizes, []);
    assert.equal(await versionOf(store, ADA), 0);
    await close();
  });
});

describe('several writers', () => {
  test('a contact that changed meanwhile is decided again on what it is now, alone; the others go on', async () => {
    const sizes: number[] = [];
    let rival: Context | undefined;
    const { context, store, close } = await openContext(
      {},
      before(async (changes) => {
        sizes.push(changes.length);
        const racing = rival;
        rival = undefined;
        if (racing) await submit(racing, [wanted(ADA, statusChange(101, 'UNSUBSCRIBED'))]);
        return 'go on';
      }),
    );
    const { createContext, stopContext } = await import('../../src/actions/create-context.ts');
    const other = await createContext(store);
    rival = other;
    const answers = await Promise.all([
      submit(context, [wanted(ADA, statusChange(101, 'SUBSCRIBED'))]),
      submit(context, [wanted(BOB, statusChange(101, 'SUBSCRIBED'))]),
    ]);
    assert.deepEqual(
      answers.map(
        (each) => each.kind === 'committed' && each.outcomes[0]?.kind === 'status-set' && each.outcomes[0].transition,
      ),
      ['RESUBSCRIBE_OCCURRED', 'REQUESTED_CHANGE_OCCURRED'],
    );
    assert.deepEqual(sizes, [2, 1, 1]);
    const history = await store.subscribers.history(refOf(ADA), 10);
    const replayed = replay(history.reverse());
    assert.ok(!('problem' in replayed) && replayed.version === 2);
    await stopContext(other);
    await close();
  });

  test('where the ledger was closed meanwhile, also by a clock that is ahead, the same calls commit with later ids', async () => {
    const sizes: number[] = [];
    const closed: (string | null)[] = [];
    const { context, store, close } = await openContext(
      {},
      before(async (changes) => {
        sizes.push(changes.length);
        if (sizes.length % 2 === 0) return 'go on';
        const ahead = clockedEventIds(
          () => Date.now() + sizes.length * 3_600_000,
          () => randomBytes(16),
        );
        closed.push(await store.ledger.close(ahead.next(null)));
        return 'go on';
      }),
    );
    for (const state of ['SUBSCRIBED', 'UNSUBSCRIBED'] as const) {
      const calls = [ADA, BOB].map((address) => submit(context, [wanted(address, statusChange(101, state))]));
      for (const answer of await Promise.all(calls)) assert.equal(answer.kind, 'committed');
    }
    assert.deepEqual(sizes, [2, 2, 2, 2]);
    const { events } = await store.ledger.read(null, 'ffffffff-ffff-7fff-bfff-ffffffffffff', 10);
    assert.equal(events.length, 4);
    assert.ok(events[0]!.eventId > closed[0]! && events[1]!.eventId < closed[1]! && events[2]!.eventId > closed[1]!);
    await close();
  });

  test('what was read by a shorter way and may be old is believed only where a commit shows that it was not', async () => {
    const asked: boolean[] = [];
    const { context, store, close } = await openContext({}, (real) =>
      tamper(real, ({ loadToChange }) => ({
        loadToChange: async (refs, mayBeOld) => {
          asked.push(mayBeOld);
          if (mayBeOld) return { rows: refs.map(() => undefined), areCurrent: false };
          return loadToChange.call(real.subscribers, refs, mayBeOld);
        },
      })),
    );
    const everything = { kind: 'opt-out-of-all', channel: 'EMAIL', businessUnitId: null } as const;
    await submit(context, [wanted(ADA, everything)]);
    assert.deepEqual(asked.splice(0), [true], 'nobody was known, and is now');
    await submit(context, [wanted(ADA, statusChange(101, 'SUBSCRIBED'))]);
    assert.deepEqual(asked.splice(0), [true, false], 'a commit on what is old is refused');
    await submit(context, [wanted(ADA, statusChange(101, 'NOT_SPECIFIED'))]);
    assert.deepEqual(asked.splice(0), [true, false], 'as for nobody, nothing is to be done: that is not believed');
    const [stored] = await store.subscribers.load([refOf(ADA)]);
    const states = stored?.state.preferences.EMAIL?.statuses.map(({ subscriptionId, state }) => [
      subscriptionId,
      state,
    ]);
    assert.ok(!states?.some(([id, state]) => id === 101 && state === 'SUBSCRIBED'), JSON.stringify(states));
    await close();
  });

  test('a call that others beat again and again is given up, and nothing of it is stored', async () => {
    let attempts = 0;
    const { context, store, close } = await openContext(
      {},
      before(async () => {
        attempts += 1;
        return 'conflict';
      }),
    );
    assert.deepEqual(await submit(context, [wanted(ADA, statusChange(101, 'SUBSCRIBED'))]), { kind: 'contended' });
    assert.equal(attempts, 50);
    assert.equal(await versionOf(store, ADA), 0);
    await close();
  });

  test('so are calls that never get through together although nobody changed their contacts', async () => {
    const { context, close } = await openContext(
      {},
      before(async () => 'conflict'),
    );
    const calls = [ADA, BOB].map((address) => submit(context, [wanted(address, statusChange(101, 'SUBSCRIBED'))]));
    assert.deepEqual(await Promise.all(calls), [{ kind: 'contended' }, { kind: 'contended' }]);
    await close();
  });

  test('ending an opt-out of everything does not miss a type that another process made a moment ago', async () => {
    const { context, store, close } = await openContext();
    await submit(context, [wanted(ADA, { kind: 'opt-out-of-all', channel: 'EMAIL', businessUnitId: null })]);
    const [late] = newAccount(1, 9).definitions.slice(8);
    await store.catalog.insertDefinition(1, late!);
    await submit(context, [wanted(ADA, statusChange(101, 'SUBSCRIBED'))]);
    const [stored] = await store.subscribers.load([refOf(ADA)]);
    const unsubscribed = stored?.state.preferences.EMAIL?.statuses.filter(({ state }) => state === 'UNSUBSCRIBED');
    assert.deepEqual(unsubscribed?.map(({ subscriptionId }) => subscriptionId).sort(), [102, 103, 109]);
    await close();
  });
});

describe('when something fails', () => {
  test('a failing store rejects the calls of that transaction only', async () => {
    let failing = true;
    const { context, store, close } = await openContext(
      {},
      before(async () => {
        if (failing) throw new StoreUnavailable('the disk is gone');
        return 'go on';
      }),
    );
    const calls = [ADA, BOB].map((address) => submit(context, [wanted(address, statusChange(101, 'SUBSCRIBED'))]));
    for (const result of await Promise.allSettled(calls)) {
      assert.ok(result.status === 'rejected' && result.reason instanceof StoreUnavailable);
    }
    failing = false;
    await submit(context, [wanted(ADA, statusChange(101, 'SUBSCRIBED'))]);
    assert.equal(await versionOf(store, ADA), 1);
    assert.equal(await versionOf(store, BOB), 0);
    await close();
  });

  test('a call that cannot be decided fails alone and leaves no trace', async () => {
    const { context, store, close } = await openContext();
    const impossible = { kind: 'no such request', channel: 'EMAIL' } as never;
    const results = await Promise.allSettled([
      submit(context, [wanted(ADA, statusChange(101, 'SUBSCRIBED'))]),
      submit(context, [wanted(ADA, statusChange(102, 'SUBSCRIBED')), wanted(BOB, impossible)]),
      submit(context, [wanted(BOB, statusChange(101, 'SUBSCRIBED'))]),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    const stored = await store.subscribers.load([refOf(ADA), refOf(BOB)]);
    for (const subscriber of stored) {
      assert.deepEqual(
        subscriber?.state.preferences.EMAIL?.statuses.map((each) => each.subscriptionId),
        [101],
      );
      assert.equal(subscriber?.state.version, 1);
    }
    await close();
  });

  test('past the bound calls are turned away, and are welcome again when the queue is empty', async () => {
    const { context, close } = await openContext();
    const batch = Array.from({ length: 1_000 }, (_, index) =>
      wanted(`c${index}@example.com`, statusChange(101, 'NOT_SPECIFIED')),
    );
    const accepted = Array.from({ length: MAX_WAITING_CHANGES / batch.length }, () => submit(context, batch));
    assert.deepEqual(await submit(context, batch.slice(0, 1)), { kind: 'overloaded' });
    for (const answer of await Promise.all(accepted)) assert.equal(answer.kind, 'committed');
    assert.equal((await submit(context, batch.slice(0, 1))).kind, 'committed');
    await close();
  });
});
