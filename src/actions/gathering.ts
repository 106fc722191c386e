/**
 * The requests that share one transaction, decided one after the other on the subscribers they touch.
 * Nothing here reaches a database: the committer loads before and commits after.
 */
import type { Address } from '../domain/address.ts';
import type { Catalog } from '../domain/catalog.ts';
import { decide } from '../domain/decide.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { LedgerEvent, SubscriberState } from '../domain/ledger.ts';
import { sealEvent, UNKNOWN_SUBSCRIBER } from '../domain/ledger.ts';
import type { Actor, ChangeRequest, Outcome } from '../domain/outcome.ts';
import { channelPreferences } from '../domain/preferences.ts';
import type { StoredSubscriber, SubscriberChange, SubscriberRef } from '../storage/port.ts';
import type { Randomness } from './context.ts';

/** One wanted change of one contact. */
export interface WantedChange {
  readonly ref: SubscriberRef;
  readonly address: Address;
  readonly request: ChangeRequest;
  /** How this one was observed, where that is not the same for all changes of the call. */
  readonly evidence?: Evidence;
}

/** What one API call wants: its changes commit together or not at all. */
export interface WantedChanges {
  readonly accountId: number;
  readonly actor: Actor;
  readonly changes: readonly WantedChange[];
}

/** A subscriber in the middle of a gathering. */
interface Touched {
  readonly ref: SubscriberRef;
  readonly baseVersion: number;
  address: string;
  state: SubscriberState;
  readonly events: LedgerEvent[];
}

export class Gathering {
  /** By subscriber key, which the account's id is part of. */
  readonly #touched = new Map<string, Touched>();
  readonly #randomness: Randomness;

  constructor(loaded: readonly (StoredSubscriber | undefined)[], refs: readonly SubscriberRef[], random: Randomness) {
    this.#randomness = random;
    refs.forEach((ref, index) => {
      const stored = loaded[index];
      const state = stored?.state ?? UNKNOWN_SUBSCRIBER;
      const address = stored?.address ?? '';
      this.#touched.set(ref.subscriberKey, {
        ref,
        baseVersion: state.version,
        address,
        state,
        events: [],
      });
    });
  }

  /** Decides one call's changes in their order. If deciding throws, the gathering is as it was before the call. */
  decide(wanted: WantedChanges, catalog: Catalog, now: number): Outcome[] {
    const undo = wanted.changes.map(({ ref }) => {
      const touched = this.#get(ref);
      const { address, state, events } = touched;
      return { touched, address, state, events: events.length };
    });
    try {
      return wanted.changes.map((change) => this.#decideOne(change, wanted.actor, catalog, now));
    } catch (error) {
      for (const { touched, address, state, events } of undo) {
        touched.address = address;
        touched.state = state;
        touched.events.length = events;
      }
      throw error;
    }
  }

  #decideOne(wanted: WantedChange, caller: Actor, catalog: Catalog, now: number): Outcome {
    const { ref, address, request, evidence } = wanted;
    const touched = this.#get(ref);
    const actor = evidence ? { ...caller, evidence } : caller;
    const decision = decide(touched.state, request, actor, catalog, now);
    if (decision.event) {
      const { eventIds, salt } = this.#randomness;
      const random = { eventId: eventIds.next(touched.state.headEventId), salt };
      const { event, next } = sealEvent(touched.state, ref, decision.event, random);
      touched.state = next;
      touched.address = address.written;
      touched.events.push(event);
    }
    return decision.conclude(channelPreferences(touched.state.preferences, request.channel));
  }

  /** What is to be written: the subscribers to whom something happened. */
  changes(): SubscriberChange[] {
    const changes: SubscriberChange[] = [];
    for (const { ref, address, baseVersion, state, events } of this.#touched.values()) {
      if (events.length > 0) changes.push({ ref, address, baseVersion, state, events });
    }
    return changes;
  }

  /** The version of a subscriber as it was loaded. */
  baseVersion(ref: SubscriberRef): number {
    return this.#get(ref).baseVersion;
  }

  #get(ref: SubscriberRef): Touched {
    const touched = this.#touched.get(ref.subscriberKey);
    if (!touched) throw new Error('A change was decided whose subscriber had not been loaded');
    return touched;
  }
}

/** The distinct subscribers of some calls. */
export function refsOf(calls: readonly WantedChanges[]): SubscriberRef[] {
  const refs = new Map<string, SubscriberRef>();
  for (const call of calls) for (const { ref } of call.changes) refs.set(ref.subscriberKey, ref);
  return [...refs.values()];
}
