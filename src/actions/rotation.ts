/** What rotating secrets has in common: how long the one that is replaced still works. */
import { invalid } from './manage-checks.ts';
import { done, type ManageOutcome, refused } from './manage-outcome.ts';

/** Epoch milliseconds; `now` ends it at once. By default it works for a day more. */
export type OldUntil = number | 'now' | undefined;

const DAY_MS = 86_400_000;

/** The instant that is meant, in epoch milliseconds. */
export function endOfOld(oldUntil: OldUntil, now: number): ManageOutcome<number> {
  return oldUntil === undefined ? done(now + DAY_MS) : readEnd('oldUntil', oldUntil, now);
}

/** The instant that `field` says something ends at; refused where it is past. */
export function readEnd(field: string, end: number | 'now', now: number): ManageOutcome<number> {
  if (end === 'now') return done(now);
  return end < now ? refused(invalid(field, 'must not be in the past')) : done(end);
}
