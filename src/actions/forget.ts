/** Writes the event that says what was forgotten of a contact, together with what is left. */
import type { Remainder } from '../domain/erasure.ts';
import { type EventDraft, type LedgerEvent, sealEvent } from '../domain/ledger.ts';
import type { Store, StoredSubscriber } from '../storage/port.ts';
import type { Clock, Randomness } from './context.ts';

/** What forgetting takes: a server's `Context`, or the parts of a command. */
export interface Forgetter {
  readonly store: Pick<Store, 'subscribers' | 'signUps' | 'ledger'>;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'eventIds' | 'salt'>;
}

/**
 * Resolves once it is durable, with the sealed event; with null where others changed the contact since it was loaded, or
 * the ledger was closed meanwhile: then nothing was written, and it is to be decided again.
 */
export async function writeForgotten(
  { store, randomness }: Forgetter,
  { ref, address, state }: StoredSubscriber,
  draft: EventDraft,
  remainders: readonly Remainder[],
): Promise<LedgerEvent | null> {
  const random = { eventId: randomness.eventIds.next(state.headEventId), salt: randomness.salt };
  const { event, next } = sealEvent(state, ref, draft, random);
  const left = next.isErased ? null : address;
  const change = { ref, address: left, baseVersion: state.version, state: next, events: [event], remainders };
  const result = await store.subscribers.forget(change);
  if (result === 'committed') return event;
  if (result === 'too-late') await catchUp(store, randomness);
  return null;
}

async function catchUp({ ledger }: Pick<Store, 'ledger'>, { eventIds }: Pick<Randomness, 'eventIds'>): Promise<void> {
  const closedThrough = await ledger.closedThrough();
  if (closedThrough !== null) eventIds.catchUp(closedThrough);
}
