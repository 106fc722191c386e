/** The one order in which rows go out to any engine. */
import type { SubscriberChange, SubscriberRef } from './port.ts';

/** By account, then by key; hexadecimal digits sort as the bytes they stand for. */
export function compareRefs(a: SubscriberRef, b: SubscriberRef): number {
  if (a.accountId !== b.accountId) return a.accountId - b.accountId;
  if (a.subscriberKey === b.subscriberKey) return 0;
  return a.subscriberKey < b.subscriberKey ? -1 : 1;
}

/**
 * Sorted, two commits that share rows meet them in the same order and cannot deadlock (six unsorted writers on
 * PostgreSQL did, in every round), and neighbours in the index are written together.
 */
export function inKeyOrder(changes: readonly SubscriberChange[]): readonly SubscriberChange[] {
  return changes.length < 2 ? changes : changes.toSorted((a, b) => compareRefs(a.ref, b.ref));
}
