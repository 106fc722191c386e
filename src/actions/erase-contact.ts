/** Erases a contact (GDPR article 17): what is personal goes, what it said no to stays, and a tombstone says when and why. */
import type { Address } from '../domain/address.ts';
import { draftErasure, findReasonProblem, remaindersOfErasure } from '../domain/erasure.ts';
import type { LedgerEvent } from '../domain/ledger.ts';
import type { Actor } from '../domain/outcome.ts';
import { type Forgetter, writeForgotten } from './forget.ts';
import { done, type ManageOutcome, persist, refused } from './manage-outcome.ts';
import { readLedger } from './read-ledger.ts';
import { refOf } from './subscriber-ref.ts';

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
  forgetter: Forgetter,
  accountId: number,
  address: Address,
  actor: Actor,
  reason: string | null,
): Promise<ManageOutcome<Erasure>> {
  const problem = reason === null ? null : findReasonProblem(reason);
  if (problem) return Promise.resolve(refused({ code: 'invalid', field: 'reason', problem }));
  const { store, clock } = forgetter;
  const ref = refOf(accountId, address);
  return persist<Erasure>('contact', async () => {
    const [row] = await store.subscribers.load([ref]);
    const drafted = row && draftErasure(row.state, actor, reason, clock());
    if (!drafted) return done({ tombstone: null, droppedSignUp: await store.signUps.forget(ref) });
    const steps = await readLedger(store.subscribers, ref);
    const remainders = remaindersOfErasure(steps.map(({ event }) => event));
    const tombstone = await writeForgotten(forgetter, row, drafted, remainders);
    return tombstone && done({ tombstone, droppedSignUp: false });
  });
}
