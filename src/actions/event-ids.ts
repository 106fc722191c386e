/**
 * Ids of events. They are UUIDv7, and in the order of the ids events are read by those who follow the ledger. So that
 * what is closed to them is never added to, ids must be later than what is closed, by whichever process's clock that
 * was; and so that a contact's events are read in their order, each is later than the contact's event before it.
 */
import { v7 } from 'uuid';
import type { Clock } from './context.ts';

export interface EventIds {
  /** An id later than `after` and than all before it in this process. */
  next(after: string | null): string;
  /**
   * What the ledger may be closed through by now: ids up to it were made a while ago, so their events are committed. Where
   * another process's clock made `newest`, the newest event's id, that clock counts if it is ahead: nobody waits for ours.
   */
  closable(newest: string): string;
  /** Has all further ids be later than what the ledger is closed through, and stay so while others close it further. */
  catchUp(closedThrough: string): void;
}

/** How old an id is when the ledger is closed through it. Nearly every commit takes less; one that takes more is made again. */
const OPEN_MS = 1_000;

/** `takeRandom` gives 16 random octets. */
export function clockedEventIds(clock: Clock, takeRandom: () => Buffer): EventIds {
  let last = '';
  let msecs = 0;
  let sequence = 0;
  /** How far ids run ahead of the clock here, in milliseconds: another process's is that much ahead of ours. */
  let ahead = 0;
  const now = () => clock() + ahead;
  const reach = (instant: number) => {
    ahead = Math.max(ahead, instant - clock());
  };
  const pass = (id: string) => {
    msecs = instantOf(id);
    sequence = sequenceOf(id);
    reach(msecs);
  };
  return {
    // Within a millisecond, and where the clock goes back, ids go on counting (RFC 9562 section 6.2, method 1).
    next: (after) => {
      if (after !== null && after > last) pass(after);
      const random = takeRandom();
      const instant = now();
      sequence = instant > msecs ? random.readUInt32LE() >>> 1 : (sequence + 1) >>> 0;
      if (instant > msecs) msecs = instant;
      else if (sequence === 0) msecs += 1;
      last = v7({ random, msecs, seq: sequence });
      return last;
    },
    closable: (newest) => {
      reach(instantOf(newest));
      return firstIdAt(now() - OPEN_MS);
    },
    catchUp: (closedThrough) => reach(instantOf(closedThrough) + OPEN_MS),
  };
}

/** Epoch milliseconds. */
function instantOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The 32 bits that count within a millisecond, where `uuid` puts them: after the version's four bits and the variant's two. */
function sequenceOf(id: string): number {
  const upper = Number.parseInt(id.slice(15, 18), 16);
  const lower = Number.parseInt(id.slice(19, 23) + id.slice(24, 26), 16) & 0x3f_ffff;
  return upper * 2 ** 20 + (lower >>> 2);
}

/** The id that none of an instant or later comes before. */
function firstIdAt(instant: number): string {
  const digits = Math.max(instant, 0).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}
