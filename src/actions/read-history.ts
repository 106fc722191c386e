/** What was said of an address, and what held at an instant. Changes nothing; an address need not be known. */
import type { Address } from '../domain/address.ts';
import type { Catalog } from '../domain/catalog.ts';
import { existedAt } from '../domain/eligibility.ts';
import type { LedgerEvent, ReplayStep } from '../domain/ledger.ts';
import { channelPreferences, type EffectiveStatus, effectiveStatus } from '../domain/preferences.ts';
import type { Store } from '../storage/port.ts';
import { eventOf, readLedger, stateAt } from './read-ledger.ts';
import type { ReadScope } from './read-statuses.ts';
import { refOf } from './subscriber-ref.ts';

/** What reading the past takes: a server's `Context`, or the store of a command. */
export interface Past {
  readonly store: Pick<Store, 'subscribers'>;
}

export interface HistoryPage {
  /** Newest first. */
  readonly steps: readonly ReplayStep[];
  /** Where the next page begins; null where this is the last. */
  readonly next: string | null;
}

/**
 * A page of the contact's events. `after` is the event that the page before ended with, so that events which come
 * meanwhile move nothing; null where the contact has no such event.
 */
export async function readHistory(
  { store }: Past,
  accountId: number,
  address: Address,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<HistoryPage | null> {
  const newestFirst = (await readLedger(store.subscribers, refOf(accountId, address))).reverse();
  const start = after === null ? 0 : newestFirst.findIndex(({ event }) => event.eventId === after) + 1;
  if (after !== null && start === 0) return null;
  const steps = newestFirst.slice(start, start + limit);
  const isLast = start + limit >= newestFirst.length;
  return { steps, next: isLast ? null : steps.at(-1)!.event.eventId };
}

/** What held for one type at an instant. */
export interface StatusThen {
  readonly status: EffectiveStatus;
  /** The event that it follows from; null where nobody had said anything. */
  readonly decidedBy: LedgerEvent | null;
}

/**
 * What held at the instant `at` (epoch milliseconds) for each type that existed then, by the replay of the ledger up to
 * it. The catalog knows no past: types are called and grouped as they are now, and those are listed too that are
 * inactive by now, since they may have been active then.
 */
export async function readStatusesThen(
  { store }: Past,
  catalog: Catalog,
  address: Address,
  scope: ReadScope,
  at: number,
): Promise<StatusThen[]> {
  return statusesAfter(await readLedger(store.subscribers, refOf(catalog.account.id, address)), catalog, scope, at);
}

/** The same of a ledger that was read already. */
export function statusesAfter(
  steps: readonly ReplayStep[],
  catalog: Catalog,
  { channel, businessUnitId }: ReadScope,
  at: number,
): StatusThen[] {
  const preferences = channelPreferences(stateAt(steps, at).preferences, channel);
  const statuses: StatusThen[] = [];
  for (const definition of catalog.definitions.values()) {
    if (businessUnitId !== null && definition.businessUnitId !== businessUnitId) continue;
    if (!existedAt(preferences, definition, at)) continue;
    const status = effectiveStatus(preferences, definition);
    const decidedBy = status.decidedBy === 'nobody' ? null : eventOf(steps, status.occurredAt);
    statuses.push({ status, decidedBy });
  }
  return statuses;
}
