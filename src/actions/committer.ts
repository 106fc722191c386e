/**
 * The one place that commits. While a commit runs, requests gather; when it ends, whatever waits becomes the next
 * transaction: load → decide → commit. No timer: an idle server commits a lone request at once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Catalog } from '../domain/catalog.ts';
import { endsOptOut } from '../domain/decide.ts';
import { UNKNOWN_SUBSCRIBER } from '../domain/ledger.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { LedgerStore, Store, StoredSubscriber, SubscriberRef, SubscriberStore } from '../storage/port.ts';
import type { Clock, Randomness } from './context.ts';
import { Gathering, refsOf, type WantedChanges } from './gathering.ts';
import { WaitingCalls } from './waiting-calls.ts';

/** What a call is told. `overloaded`: the queue is full. `contended`: other processes were faster, again and again. */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'overloaded' }
  | { readonly kind: 'contended' };

/** By what accounts are set up, calls are decided. */
export interface Catalogs {
  catalog(accountId: number): Promise<Catalog>;
  /** As it stands now. */
  freshCatalog(accountId: number): Promise<Catalog>;
}

/** The most changes that one transaction takes; a single call with more is a transaction of its own. */
const MAX_CHANGES_PER_COMMIT = 1_000;
/** The most changes that may wait before calls are turned away: a few hundred batches of a hundred, or three of the largest. */
export const MAX_WAITING_CHANGES = 32_000;
/** How often a call is decided before it is given up. */
const MAX_ATTEMPTS = 50;
const LONGEST_PAUSE_MS = 40;
/** How many changes must wait for a transaction of their own beside the one under way, where calls are gathered. */
const WORTH_A_LANE = 200;

interface Call extends WantedChanges {
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

export class Committer {
  readonly #store: SubscriberStore;
  readonly #ledger: LedgerStore;
  readonly #catalogs: Catalogs;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #waiting: WaitingCalls<Call>;
  #running = 0;
  #isAboutToRun = false;
  #waitingChanges = 0;

  constructor(
    { subscribers, ledger }: Pick<Store, 'subscribers' | 'ledger'>,
    catalogs: Catalogs,
    clock: Clock,
    randomness: Randomness,
  ) {
    this.#store = subscribers;
    this.#ledger = ledger;
    this.#catalogs = catalogs;
    this.#clock = clock;
    this.#randomness = randomness;
    this.#waiting = new WaitingCalls();
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
      this.#waiting.add({ ...wanted, resolve, reject });
      this.#waitingChanges += wanted.changes.length;
      this.#runSoon();
    });
  }

  /** Not at once: what else the sockets hold by now rides along. */
  #runSoon(): void {
    if (this.#isAboutToRun || !this.#mayRun()) return;
    this.#isAboutToRun = true;
    setImmediate(() => {
      this.#isAboutToRun = false;
      if (this.#mayRun()) this.#run();
    });
  }

  /**
   * A second transaction beside the first pays only where it is a large one: small ones do better by waiting together.
   * Where contacts are spread over several servers each call goes by itself, and is not held up by others' servers.
   */
  #mayRun(): boolean {
    if (this.#running === 0) return true;
    return this.#running < this.#store.lanes && this.#waiting.changes >= (this.#store.isSpread ? 1 : WORTH_A_LANE);
  }

  #take(): Call[] {
    return this.#waiting.take(this.#store.isSpread ? 1 : MAX_CHANGES_PER_COMMIT);
  }

  async #run(): Promise<void> {
    this.#running += 1;
    for (let calls = this.#take(); calls.length > 0; calls = this.#take()) {
      if (this.#waiting.mayTake) this.#runSoon();
      await this.#process(calls, 1);
      this.#waiting.release(calls);
      for (const call of calls) this.#waitingChanges -= call.changes.length;
    }
    this.#running -= 1;
  }

  /** Carries out some calls in one transaction and answers them. Never rejects. */
  async #process(calls: readonly Call[], attempt: number): Promise<void> {
    try {
      const refs = refsOf(calls);
      const { rows, areCurrent } = await this.#store.loadToChange(refs, attempt === 1 && isOfOneChange(calls));
      const catalogs = await this.#catalogsFor(calls, refs, rows);
      const gathering = new Gathering(rows, refs, this.#randomness);
      const decided = decideAll(gathering, calls, catalogs, this.#clock());
      const changes = gathering.changes();
      // That nothing is to be done about a contact is no commit, which would show whether that is still so.
      if (!areCurrent && changes.length < refs.length) return await this.#process(calls, attempt + 1);
      const result = changes.length === 0 ? 'committed' : await this.#store.commit(changes);
      if (result !== 'committed') {
        const refused = decided.map(({ call }) => call);
        if (attempt >= MAX_ATTEMPTS) return giveUp(refused);
        if (result === 'conflict') return await this.#processAgain(refused, gathering, attempt);
        return await this.#processLater(refused, attempt);
      }
      for (const { call, outcomes } of decided) call.resolve({ kind: 'committed', outcomes });
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }

  /** After a conflict: calls whose subscribers changed meanwhile are decided again alone, the others together. */
  async #processAgain(calls: readonly Call[], gathering: Gathering, attempt: number): Promise<void> {
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

  /** After the ledger was closed through ids that were made for these calls: with later ones. */
  async #processLater(calls: readonly Call[], attempt: number): Promise<void> {
    const closedThrough = await this.#ledger.closedThrough();
    if (closedThrough !== null) this.#randomness.eventIds.catchUp(closedThrough);
    await this.#process(calls, attempt + 1);
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
        else if (request.kind === 'status-change' && request.state === 'SUBSCRIBED') {
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

function isOfOneChange([call, ...others]: readonly Call[]): boolean {
  return others.length === 0 && call?.changes.length === 1;
}

function giveUp(calls: readonly Call[]): void {
  for (const call of calls) call.resolve({ kind: 'contended' });
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
