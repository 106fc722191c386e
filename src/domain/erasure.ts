/**
 * Forgetting, by law or by an account's own limit: what a contact's ledger says of it, and what is left. Pure.
 * Nothing in here makes anybody more mailable. `docs/erasure.md` says what goes, what stays, and why.
 */
import type { Personal } from './event-bodies.ts';
import type { EventDraft, LedgerEvent, SubscriberState } from './ledger.ts';
import type { Actor } from './outcome.ts';
import { CHANNELS, type ChannelPreferences, type Preferences } from './preferences.ts';

/** In UTF-16 units. */
export const MAX_REASON_CHARACTERS = 200;

/** What is wrong with a reason, to follow the field's name; null where nothing is. It stays in the ledger for good. */
export function findReasonProblem(reason: string): string | null {
  if (reason.trim() === '') return 'must not be empty';
  if (reason.length > MAX_REASON_CHARACTERS) return `must have at most ${MAX_REASON_CHARACTERS} characters`;
  if (/\p{Cc}/u.test(reason)) return 'must be one line of text';
  if (reason.includes('@')) return 'must name no e-mail address: it stays when the address is gone';
  return null;
}

/** The tombstone of a contact; null where nothing is known of it that could be erased. `now` as for `decide`. */
export function draftErasure(
  state: SubscriberState,
  { appId, source }: Actor,
  reason: string | null,
  now: number,
): EventDraft | null {
  if (state.version === 0 || state.isErased) return null;
  return draft(state, now, { type: 'ERASED', appId, source, reason });
}

/** A hundred years: as good as for good. */
export const MAX_KEEP_MONTHS = 1_200;

/** The instant so many months of the calendar ago, in UTC; on the month's last day where it has no such day. Epoch milliseconds. */
export function monthsBefore(now: number, months: number): number {
  const then = new Date(now);
  then.setUTCMonth(then.getUTCMonth() - months);
  if (then.getUTCDate() !== new Date(now).getUTCDate()) then.setUTCDate(0);
  return then.getTime();
}

/** The source of what an account's limits bring about. */
export const RETENTION_SOURCE = 'Retention';

/**
 * That the evidence of some events was kept long enough: of those of `events`, in any order, that happened before `before`
 * (epoch milliseconds) and still have any. Null where there are none.
 */
export function draftExpiry(
  state: SubscriberState,
  events: readonly LedgerEvent[],
  before: number,
  now: number,
): EventDraft | null {
  const versions = expired(events, before)
    .map(({ version }) => version)
    .sort((a, b) => a - b);
  if (versions.length === 0) return null;
  return draft(state, now, { type: 'EVIDENCE_EXPIRED', appId: null, source: RETENTION_SOURCE, versions });
}

function draft(state: SubscriberState, now: number, body: EventDraft['body']): EventDraft {
  return { occurredAt: Math.max(now, state.lastEventAt + 1), body, legalBasisExplanation: null };
}

/** What is left of an event's personal values. */
export interface Remainder {
  readonly eventId: string;
  readonly personal: Personal | null;
}

/** After an erasure: nothing. */
export function remaindersOfErasure(events: readonly LedgerEvent[]): Remainder[] {
  return events.filter(({ personal }) => personal !== null).map(({ eventId }) => ({ eventId, personal: null }));
}

/** After the limit on evidence: the explanation of a legal basis, which is what the status itself says. */
export function remaindersOfExpiry(events: readonly LedgerEvent[], before: number): Remainder[] {
  return expired(events, before).map(({ eventId, personal }) => {
    const { legalBasisExplanation } = personal!;
    return { eventId, personal: legalBasisExplanation ? { legalBasisExplanation } : null };
  });
}

function expired(events: readonly LedgerEvent[], before: number): LedgerEvent[] {
  return events.filter(({ occurredAt, personal }) => occurredAt < before && personal?.evidence !== undefined);
}

/** What of a contact's preferences outlives it: every "no", without its explanation. */
export function withoutPersonal(preferences: Preferences): Preferences {
  const left: Record<string, ChannelPreferences> = {};
  for (const channel of CHANNELS) {
    const said = preferences[channel];
    if (!said) continue;
    const statuses = said.statuses
      .filter(({ state }) => state === 'UNSUBSCRIBED')
      .map((status) => ({ ...status, legalBasisExplanation: null }));
    left[channel] = { statuses, optOuts: said.optOuts };
  }
  return left;
}
