/**
 * Reads a contact's ledger whole, and replays it: what is told of the past comes from the events, never from the row.
 * A contact has tens of events, and what an event changed is only known once all before it were followed.
 */
import {
  type BrokenLink,
  type LedgerEvent,
  type ReplayStep,
  replaySteps,
  type SubscriberState,
  UNKNOWN_SUBSCRIBER,
} from '../domain/ledger.ts';
import type { SubscriberRef, SubscriberStore } from '../storage/port.ts';

/** No contact has as many events. */
const ALL_EVENTS = 2_147_483_647;

/** A contact's ledger does not hold: nothing may be told from it. */
export class LedgerBroken extends Error {
  override readonly name = 'LedgerBroken';

  constructor(version: number, problem: BrokenLink['problem'] | 'head-missing') {
    super(`the ledger of this contact does not hold at event ${version} (${problem})`);
  }
}

/** The contact's events, oldest first, each with what it changed. Rejects with `LedgerBroken` where the chain is. */
export async function readLedger(
  subscribers: Pick<SubscriberStore, 'load' | 'history'>,
  ref: SubscriberRef,
): Promise<ReplayStep[]> {
  const [row] = await subscribers.load([ref]);
  if (!row) return [];
  return stepsUpTo(row.state, await subscribers.history(ref, ALL_EVENTS));
}

/** The replay of `newestFirst`, which must come by the state of the row: events may have been appended since it was read. */
function stepsUpTo(state: SubscriberState, newestFirst: readonly LedgerEvent[]): ReplayStep[] {
  const steps: ReplayStep[] = [];
  const walk = replaySteps(newestFirst.toReversed());
  let step = walk.next();
  for (; !step.done; step = walk.next()) steps.push(step.value);
  if (step.value) throw new LedgerBroken(step.value.version, step.value.problem);
  const head = steps[state.version - 1];
  if (head?.event.hash !== state.headHash) throw new LedgerBroken(state.version, 'head-missing');
  return steps;
}

/** What held at that instant (epoch milliseconds, itself included). */
export function stateAt(steps: readonly ReplayStep[], at: number): SubscriberState {
  const last = steps.findLast(({ event }) => event.occurredAt <= at);
  return last?.after ?? UNKNOWN_SUBSCRIBER;
}

/** The event of that instant, of which a contact has one at most: their instants strictly increase. */
export function eventOf(steps: readonly ReplayStep[], instant: number): LedgerEvent | null {
  return steps.find(({ event }) => event.occurredAt === instant)?.event ?? null;
}
