/**
 * Drops the evidence of contacts' own acts that an account has kept as long as it wants to, and leaves a tombstone with each
 * contact that says of which events. What was chosen, when and on which legal basis, stays.
 */
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { Account } from '../domain/catalog.ts';
import { draftExpiry, monthsBefore, remaindersOfExpiry } from '../domain/erasure.ts';
import type { SubscriberRef } from '../storage/port.ts';
import { type Forgetter, writeForgotten } from './forget.ts';
import { done, persist } from './manage-outcome.ts';
import { LedgerBroken, readLedger } from './read-ledger.ts';

/** What came of one account's limit. */
export interface Expiry {
  readonly contacts: number;
  /** Whose evidence went. */
  readonly events: number;
  /** Contacts that were left as they are, since their ledger does not hold or others changed it all the time. */
  readonly passedOver: number;
}

/** How many events are looked at in one query: some milliseconds' worth. */
const EVENTS_AT_A_TIME = 1_000;

/** Looks at the whole ledger, a page at a time; nothing, where the account keeps evidence for good. `isWanted` may end it early. */
export async function expireEvidence(
  forgetter: Forgetter,
  account: Account,
  isWanted: () => boolean = () => true,
): Promise<Expiry> {
  const total = { contacts: 0, events: 0, passedOver: 0 };
  if (account.keepEvidenceMonths === null) return total;
  const { subscribers } = forgetter.store;
  const before = monthsBefore(forgetter.clock(), account.keepEvidenceMonths);
  let after: string | null = null;
  do {
    const page = await subscribers.findEvidence(account.id, before, after, EVENTS_AT_A_TIME);
    for (const ref of page.refs) {
      if (!isWanted()) return total;
      const events = await expireOf(forgetter, ref, before);
      if (events === null) total.passedOver += 1;
      else if (events > 0) total.contacts += 1;
      total.events += events ?? 0;
    }
    after = page.next;
    await letOthersRun();
  } while (after !== null && isWanted());
  return total;
}

/** The number of events whose evidence went; null where that could not be. */
async function expireOf(forgetter: Forgetter, ref: SubscriberRef, before: number): Promise<number | null> {
  try {
    const outcome = await persist<number>('contact', () => expireOnce(forgetter, ref, before));
    return outcome.kind === 'done' ? outcome.value : null;
  } catch (error) {
    if (error instanceof LedgerBroken) return null;
    throw error;
  }
}

async function expireOnce(forgetter: Forgetter, ref: SubscriberRef, before: number) {
  const { store, clock } = forgetter;
  const [row] = await store.subscribers.load([ref]);
  if (!row) return done(0);
  const events = (await readLedger(store.subscribers, ref)).map(({ event }) => event);
  const drafted = draftExpiry(row.state, events, before, clock());
  if (!drafted) return done(0);
  const remainders = remaindersOfExpiry(events, before);
  const tombstone = await writeForgotten(forgetter, row, drafted, remainders);
  return tombstone && done(remainders.length);
}
