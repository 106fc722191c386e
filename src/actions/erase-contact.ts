/** Erases a contact (GDPR article 17): what is personal goes, what it said no to stays, and a tombstone says when and why. */
import type { Address } from '../domain/address.ts';
import { draftErasure, findReasonProblem, remaindersOfErasure } from '../domain/erasure.ts';
import { type LedgerEvent, sealEvent, UNKNOWN_SUBSCRIBER } from '../domain/ledger.ts';
import type { Actor } from '../domain/outcome.ts';
import type { Store } from '../storage/port.ts';
import type { Clock, Randomness } from './context.ts';
import { done, type ManageOutcome, persist, refused } from './manage-outcome.ts';
import { readLedger } from './read-ledger.ts';
import { refOf } from './subscriber-ref.ts';

/** What forgetting takes: a server's `Context`, or the parts of a command. */
export interface Forgetter {
  readonly store: Pick<Store, 'subscribers' | 'signUps'>;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'eventId' | 'salt'>;
}

/** What came of an erasure. */
export interface Erasure {
  /** The contact's new last event; null where nothing was known of the address, or no more than that it was erased. */
  readonly tombstone: LedgerEvent | null;
  /** Whether a sign-up was dropped that waited for its confirmation, where there was no tombstone to write. */
  readonly droppedSignUp: boolean;
}

/** An app that erases through the management API. */
export function managementActor(appId: number): Actor {
  return { appId, source: `Management API, App ID:${appId}` };
}

/** Whoever runs the command line. */
export const OPERATOR_ACTOR: Actor = { appId: null, source: 'Command line' };

/**
 * Erases all that is personal, in one transaction; resolves once that is durable. Refuses a reason that may not stay.
 * Rejects with `LedgerBroken` where the contact's ledger does not hold: what cannot be found cannot be erased.
 */
export function eraseContact(
  { store, clock, randomness }: Forgetter,
  accountId: number,
  address: Address,
  actor: Actor,
  reason: string | null,
): Promise<ManageOutcome<Erasure>> {
  const problem = reason === null ? null : findReasonProblem(reason);
  if (problem) return Promise.resolve(refused({ code: 'invalid', field: 'reason', problem }));
  const ref = refOf(accountId, address);
  return persist<Erasure>('contact', async () => {
    const [row] = await store.subscribers.load([ref]);
    const state = row?.state ?? UNKNOWN_SUBSCRIBER;
    const drafted = draftErasure(state, actor, reason, clock());
    if (!drafted) return done({ tombstone: null, droppedSignUp: await store.signUps.forget(ref) });
    const steps = await readLedger(store.subscribers, ref);
    const remainders = remaindersOfErasure(steps.map(({ event }) => event));
    const random = { eventId: randomness.eventId(), salt: randomness.salt };
    const { event, next } = sealEvent(state, ref, drafted, random);
    const change = { ref, address: null, baseVersion: state.version, state: next, events: [event] };
    const result = await store.subscribers.forget({ ...change, remainders });
    return result === 'conflict' ? null : done({ tombstone: event, droppedSignUp: false });
  });
}
