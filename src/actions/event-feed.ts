/**
 * The change feed: an account's events in the order in which the ledger is closed. So whoever reads on from where they
 * were gets every event once and skips none, however many processes write.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { EventBody, LedgerEvent } from '../domain/ledger.ts';
import type { Store } from '../storage/port.ts';
import type { LedgerHorizon } from './ledger-horizon.ts';
import { Turns } from './turns.ts';

export interface FeedEvent {
  readonly event: LedgerEvent;
  readonly body: EventBody;
  /** The contact's as it is now, as written last; null once erased. */
  readonly address: string | null;
}

export interface FeedPage {
  /** Oldest first. */
  readonly events: readonly FeedEvent[];
  /** The id to read on after: that of the last event, or a later one where the account has none up to there. */
  readonly next: string;
  /** Whether there is more to be read at once. */
  readonly hasMore: boolean;
}

/** `overloaded`: too many wait already. */
export type FeedOutcome = { readonly kind: 'page'; readonly page: FeedPage } | { readonly kind: 'overloaded' };

export interface FeedRequest {
  /** The `next` of the page before; null to begin with the first event that there is. */
  readonly after: string | null;
  readonly limit: number;
  /** How long to wait for an event where there is none, in milliseconds. */
  readonly waitMs: number;
  /** Whoever asked is gone. */
  readonly gone: AbortSignal;
}

/** Readers who may wait at once in one process. They cost no connection to the database, but one to the server each. */
export const MAX_WAITING_READERS = 256;
/** How often those who wait look whether the ledger was closed further; whether that is so is asked less often. */
const LOOK_EVERY_MS = 100;
/** How many reads run side by side: those who follow shall not be in the way of those who are served. */
const READS_AT_ONCE = 2;
/** How often one request reads on where all that it finds is other accounts' events. */
const MAX_READS = 10;
/** Comes before every event. */
const BEGINNING = '00000000-0000-0000-0000-000000000000';

export class EventFeed {
  readonly #store: Pick<Store, 'ledger' | 'subscribers'>;
  readonly #horizon: LedgerHorizon;
  readonly #reads = new Turns(READS_AT_ONCE);
  readonly #ending = new AbortController();
  #waiting = 0;

  constructor(store: Pick<Store, 'ledger' | 'subscribers'>, horizon: LedgerHorizon) {
    this.#store = store;
    this.#horizon = horizon;
  }

  /** A page of the account's events; one without events only where none came while it waited. */
  async follow(accountId: number, request: FeedRequest): Promise<FeedOutcome> {
    const { after, limit, waitMs, gone } = request;
    let page = await this.#read(accountId, after, limit);
    if (!isEmpty(page) || waitMs === 0) return { kind: 'page', page };
    if (this.#waiting >= MAX_WAITING_READERS) return { kind: 'overloaded' };
    this.#waiting += 1;
    try {
      const enough = AbortSignal.any([gone, this.#ending.signal, AbortSignal.timeout(waitMs)]);
      while (isEmpty(page) && (await this.#closedBeyond(page.next, enough))) {
        page = await this.#read(accountId, page.next, limit);
      }
      return { kind: 'page', page };
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Nobody waits any longer, from now on: they get what there is. */
  endWaits(): void {
    this.#ending.abort();
  }

  /** True once the ledger is closed beyond an id, false where there was enough of waiting before. */
  async #closedBeyond(id: string, enough: AbortSignal): Promise<boolean> {
    while (!enough.aborted) {
      const closedThrough = await this.#horizon.advance();
      if (closedThrough !== null && closedThrough > id) return true;
      await pause(LOOK_EVERY_MS, undefined, { signal: enough }).catch(() => {});
    }
    return false;
  }

  async #read(accountId: number, from: string | null, limit: number): Promise<FeedPage> {
    const through = await this.#horizon.advance();
    return this.#reads.take(async () => {
      let after = from ?? BEGINNING;
      for (let reads = 1; through !== null && after < through; reads += 1) {
        const { events, readThrough } = await this.#store.ledger.read(after, through, limit, accountId);
        after = readThrough;
        if (events.length === 0 && reads < MAX_READS) continue;
        return { events: await this.#withAddresses(events), next: after, hasMore: after < through };
      }
      return { events: [], next: after, hasMore: false };
    });
  }

  async #withAddresses(events: readonly LedgerEvent[]): Promise<FeedEvent[]> {
    const refs = [...new Map(events.map((event) => [event.subscriberKey, event])).values()];
    const subscribers = await this.#store.subscribers.load(refs);
    const addresses = new Map(refs.map(({ subscriberKey }, index) => [subscriberKey, subscribers[index]?.address]));
    return events.map((event) => ({
      event,
      body: JSON.parse(event.body) as EventBody,
      address: addresses.get(event.subscriberKey) ?? null,
    }));
  }
}

function isEmpty({ events, hasMore }: FeedPage): boolean {
  return events.length === 0 && !hasMore;
}
