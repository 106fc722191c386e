/**
 * The one place that commits. While a commit runs, requests gather; when it ends, whatever waits becomes the next
 * transaction: load → decide → commit. No timer: an idle server commits a lone request at once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Catalog } from '../domain/catalog.ts';
import { endsOptOut } from '../domain/decide.ts';
import { UNKNOWN_SUBSCRIBER } from '../domain/ledger.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { StoredSubscriber, SubscriberRef, SubscriberStore } from '../storage/port.ts';
import type { CatalogCache } from './catalog-cache.ts';
import type { Clock, Randomness } from './context.ts';
import { Gathering, refsOf, type WantedChanges } from './gathering.ts';

/** What a call is told. `overloaded`: the queue is full. `contended`: other processes were faster, again and again. */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'overloaded' }
  | { readonly kind: 'contended' };

/** The most changes that one transaction takes; a single call with more is a transaction of its own. */
const MAX_CHANGES_PER_COMMIT = 1_000;
/** The most changes that may wait before calls are turned away. */
export const MAX_WAITING_CHANGES = 10_000;
/** How often a call is decided before it is given up. */
const MAX_ATTEMPTS = 50;
const LONGEST_PAUSE_MS = 40;

interface Call extends WantedChanges {
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane {
  readonly waiting: Call[];
  running: boolean;
}

export class Committer {
  readonly #store: SubscriberStore;
  readonly #catalogs: CatalogCache;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #lanes: Lane[];
  #waitingChanges = 0;

  constructor(store: SubscriberStore, catalogs: CatalogCache, clock: Clock, randomness: Randomness) {
    this.#store = store;
    this.#catalogs = catalogs;
    this.#clock = clock;
    this.#randomness = randomness;
    this.#lanes = Array.from({ length: store.lanes }, () => ({ waiting: [], running: false }));
  }

  /**
   * Decides and commits a call's changes in one transaction; resolves once it is durable, with an outcome a change in
   * their order. Rejects with `StoreUnavailable` where the store failed: then it is unknown whether it took effect.
   */
  submit(wanted: WantedChanges): Promise<CommitOutcome> {
    if (this.#waitingChanges + wanted.changes.length > MAX_WAITING_CHANGES) {
      return Promise.resolve({ kind: 'overloaded' });
    }
    return new Promise((resolve, reject) => {
      const lane = this.#laneOf(wanted);
      lane.waiting.push({ ...wanted, resolve, reject });
      this.#waitingChanges += wanted.changes.length;
      if (!lane.running) {
        lane.running = true;
        // Not at once: what else the sockets hold by now rides along.
        setImmediate(() => this.#run(lane));
      }
    });
  }

  /** One contact's calls share a lane and so keep their order; a batch goes by its first contact. */
  #laneOf(wanted: WantedChanges): Lane {
    const key = wanted.changes[0]?.ref.subscriberKey ?? '';
    const index = Number.parseInt(key.slice(0, 8) || '0', 16) % this.#lanes.length;
    return this.#lanes[index]!;
  }

  async #run(lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      const calls = takeUpTo(lane.waiting, MAX_CHANGES_PER_COMMIT);
      await this.#process(calls, 1);
      for (const call of calls) this.#waitingChanges -= call.changes.length;
    }
    lane.running = false;
  }

  /** Carries out some calls in one transaction and answers them. Never rejects. */
  async #process(calls: readonly Call[], attempt: number): Promise<void> {
    try {
      const refs = refsOf(calls);
      const loaded = await this.#store.load(refs);
      const catalogs = await this.#catalogsFor(calls, refs, loaded);
      const gathering = new Gathering(loaded, refs, this.#randomness);
      const decided = decideAll(gathering, calls, catalogs, this.#clock());
      const changes = gathering.changes();
      const result = changes.length === 0 ? 'committed' : await this.#store.commit(changes);
      if (result === 'conflict')
        return await this.#processAgain(
          decided.map(({ call }) => call),
          gathering,
          attempt,
        );
      for (const { call, outcomes } of decided) call.resolve({ kind: 'committed', outcomes });
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }

  /** After a conflict: calls whose subscribers changed meanwhile are decided again alone, the others together. */
  async #processAgain(calls: readonly Call[], gathering: Gathering, attempt: number): Promise<void> {
    if (attempt >= MAX_ATTEMPTS) {
      for (const call of calls) call.resolve({ kind: 'contended' });
      return;
    }
    if (calls.length === 1) {
      await pause(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS));
      return await this.#process(calls, attempt + 1);
    }
    const refs = refsOf(calls);
    const now = await this.#store.load(refs);
    const changed = new Set<string>();
    refs.forEach((ref, index) => {
      if ((now[index]?.state.version ?? 0) !== gathering.baseVersion(ref)) changed.add(ref.subscriberKey);
    });
    const untouched = calls.filter((call) => !call.changes.some(({ ref }) => changed.has(ref.subscriberKey)));
    const alone = calls.filter((call) => !untouched.includes(call));
    if (alone.length === 0) await pause(Math.random() * LONGEST_PAUSE_MS);
    if (untouched.length > 0) await this.#process(untouched, attempt + 1);
    for (const call of alone) await this.#process([call], attempt + 1);
  }

  /** The catalogs to decide by: cached, but fresh where an opt-out of everything may end and a type must not be missed. */
  async #catalogsFor(
    calls: readonly Call[],
    refs: readonly SubscriberRef[],
    loaded: readonly (StoredSubscriber | undefined)[],
  ): Promise<Map<number, Catalog>> {
    const states = new Map(refs.map((ref, index) => [ref.subscriberKey, loaded[index]?.state ?? UNKNOWN_SUBSCRIBER]));
    const optingOut = new Set<string>();
    const needFresh = new Map<number, boolean>();
    for (const call of calls) {
      let fresh = needFresh.get(call.accountId) ?? false;
      for (const { ref, request } of call.changes) {
        if (request.kind === 'opt-out-of-all') optingOut.add(ref.subscriberKey);
        else if (request.state === 'SUBSCRIBED') {
          fresh ||= optingOut.has(ref.subscriberKey) || endsOptOut(states.get(ref.subscriberKey)!, request);
        }
      }
      needFresh.set(call.accountId, fresh);
    }
    const catalogs = new Map<number, Catalog>();
    for (const [accountId, fresh] of needFresh) {
      const catalog = fresh ? this.#catalogs.freshCatalog(accountId) : this.#catalogs.catalog(accountId);
      catalogs.set(accountId, await catalog);
    }
    return catalogs;
  }
}

/** The calls that fit, first come first served; at least one. */
function takeUpTo(waiting: Call[], limit: number): Call[] {
  let changes = 0;
  let count = 0;
  for (const call of waiting) {
    changes += call.changes.length;
    if (count > 0 && changes > limit) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** Decides each call; one that cannot be decided (a bug) is rejected on its own and leaves no trace. */
function decideAll(
  gathering: Gathering,
  calls: readonly Call[],
  catalogs: ReadonlyMap<number, Catalog>,
  now: number,
): { call: Call; outcomes: Outcome[] }[] {
  const decided: { call: Call; outcomes: Outcome[] }[] = [];
  for (const call of calls) {
    try {
      decided.push({ call, outcomes: gathering.decide(call, catalogs.get(call.accountId)!, now) });
    } catch (error) {
      call.reject(error);
    }
  }
  return decided;
}
