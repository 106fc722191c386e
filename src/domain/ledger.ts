/**
 * The ledger: what an event says, how it is hashed, what it does to a contact's preferences.
 *
 * The events of one contact are a chain: each names the one before it, and its hash is taken over that one's hash
 * and its own canonical text. `docs/ledger.md` describes the format for verifiers that are not ours.
 */
import { hash } from 'node:crypto';
import type { SubscriberKey } from './address.ts';
import { withoutPersonal } from './erasure.ts';
import type { Choice, EndedOptOut, EventBody, Personal, Salted } from './event-bodies.ts';
import type { Evidence } from './evidence.ts';
import type { ChannelPreferences, Preferences, RecordedStatus } from './preferences.ts';
import { channelPreferences } from './preferences.ts';

export type * from './event-bodies.ts';

/** The hash that the first event of a contact builds on: 32 zero bytes, in hexadecimal like every hash here. */
export const GENESIS_HASH = '0'.repeat(64);

/** The version of the canonical text below; a change of the format takes a new number. */
const FORMAT = 1;

/** An event before it has its place in the chain: decided, but without what randomness and hashing add. */
export interface EventDraft {
  readonly occurredAt: number;
  readonly body: EventBody;
  /** The explanation in clear; the body's field of that name is null until `sealEvent` commits to it. */
  readonly legalBasisExplanation: string | null;
  /** How the act was observed; the body commits to it too. */
  readonly evidence?: Evidence | null;
}

/** An event as it is stored. */
export interface LedgerEvent {
  /** UUIDv7. */
  readonly eventId: string;
  readonly accountId: number;
  readonly subscriberKey: SubscriberKey;
  /** 1 for a contact's first event, and one more each. */
  readonly version: number;
  /** Epoch milliseconds, strictly increasing per contact. */
  readonly occurredAt: number;
  readonly previousEventId: string | null;
  /** 64 hexadecimal digits. */
  readonly hash: string;
  /** The body as JSON text: the very bytes that the hash covers. */
  readonly body: string;
  /** null where there was nothing personal, or where it was erased. */
  readonly personal: Personal | null;
}

/** A contact as the decision sees it. `version` counts its events; a contact that is not known has version 0. */
export interface SubscriberState {
  readonly version: number;
  readonly headEventId: string | null;
  readonly headHash: string;
  /** The instant of the last event, epoch milliseconds; 0 where there is none. */
  readonly lastEventAt: number;
  /** Whether the last event erased it: then neither its address nor anything else personal is known. */
  readonly isErased: boolean;
  readonly preferences: Preferences;
}

export const UNKNOWN_SUBSCRIBER: SubscriberState = {
  version: 0,
  headEventId: null,
  headHash: GENESIS_HASH,
  lastEventAt: 0,
  isErased: false,
  preferences: {},
};

/**
 * Gives a drafted event its place after `state`, and the state that follows from it.
 * `salt` (32 hexadecimal digits) is used only where the draft holds something personal.
 */
export function sealEvent(
  state: SubscriberState,
  owner: { readonly accountId: number; readonly subscriberKey: SubscriberKey },
  draft: EventDraft,
  random: { readonly eventId: string; readonly salt: () => string },
): { event: LedgerEvent; next: SubscriberState } {
  const { body, personal } = commitPersonal(draft, random.salt);
  const unhashed = {
    eventId: random.eventId,
    accountId: owner.accountId,
    subscriberKey: owner.subscriberKey,
    version: state.version + 1,
    occurredAt: draft.occurredAt,
    previousEventId: state.headEventId,
    body: JSON.stringify(body),
  };
  const event: LedgerEvent = { ...unhashed, hash: hashEvent(state.headHash, unhashed), personal };
  return { event, next: followEvent(state, event, body) };
}

function commitPersonal(draft: EventDraft, salt: () => string): { body: EventBody; personal: Personal | null } {
  const { legalBasisExplanation, evidence } = draft;
  const personal: { -readonly [Part in keyof Personal]: Personal[Part] } = {};
  let { body } = draft;
  if (legalBasisExplanation !== null && body.type === 'STATUS_SET') {
    personal.legalBasisExplanation = { salt: salt(), value: legalBasisExplanation };
    body = { ...body, legalBasisExplanation: commitmentTo(personal.legalBasisExplanation) };
  }
  if (evidence) {
    personal.evidence = { salt: salt(), value: JSON.stringify(evidence) };
    body = { ...body, evidence: commitmentTo(personal.evidence) };
  }
  return { body, personal: body === draft.body ? null : personal };
}

function commitmentTo({ salt, value }: Salted): string {
  return commitment(salt, value);
}

/** SHA-256 over the salt's hexadecimal digits followed by the value, as UTF-8; 64 hexadecimal digits. */
export function commitment(salt: string, value: string): string {
  return hash('sha256', salt + value, 'hex');
}

/** The text whose bytes are hashed, after the previous hash and a line feed. */
export function canonicalText(event: Omit<LedgerEvent, 'hash' | 'personal'>): string {
  const previous = event.previousEventId === null ? 'null' : `"${event.previousEventId}"`;
  return (
    `[${FORMAT},${event.accountId},"${event.subscriberKey}","${event.eventId}",${previous},` +
    `${event.version},${event.occurredAt},${event.body}]`
  );
}

export function hashEvent(previousHash: string, event: Omit<LedgerEvent, 'hash' | 'personal'>): string {
  return hash('sha256', `${previousHash}\n${canonicalText(event)}`, 'hex');
}

/** The state after an event, by what the event itself says: deciding and replaying both go through here. */
export function followEvent(state: SubscriberState, event: LedgerEvent, body: EventBody): SubscriberState {
  return {
    version: event.version,
    headEventId: event.eventId,
    headHash: event.hash,
    lastEventAt: event.occurredAt,
    isErased: body.type === 'ERASED',
    preferences: applyBody(state.preferences, body, event),
  };
}

function applyBody(before: Preferences, body: EventBody, event: LedgerEvent): Preferences {
  switch (body.type) {
    case 'ERASED':
      return withoutPersonal(before);
    case 'EVIDENCE_EXPIRED':
      return before;
    default:
      return { ...before, [body.channel]: applyChoice(channelPreferences(before, body.channel), body, event) };
  }
}

function applyChoice(before: ChannelPreferences, body: Choice, event: LedgerEvent): ChannelPreferences {
  switch (body.type) {
    case 'OPTED_OUT_OF_ALL': {
      const optOut = { businessUnitId: body.businessUnitId, source: body.source, occurredAt: event.occurredAt };
      const others = before.optOuts.filter((other) => other.businessUnitId !== body.businessUnitId);
      return { statuses: before.statuses, optOuts: [...others, optOut] };
    }
    case 'OPT_OUT_WITHDRAWN': {
      const optOuts = before.optOuts.filter((optOut) => optOut.businessUnitId !== body.businessUnitId);
      return { statuses: before.statuses, optOuts };
    }
    case 'STATUS_SET': {
      const unsubscribed = (body.ended ?? []).flatMap((ended) => leftUnsubscribed(before, ended));
      const set: RecordedStatus = {
        subscriptionId: body.subscriptionId,
        state: body.to,
        legalBasis: body.legalBasis,
        legalBasisExplanation: event.personal?.legalBasisExplanation?.value ?? null,
        source: body.source,
        occurredAt: event.occurredAt,
      };
      const ended = new Set(body.ended?.map((optOut) => optOut.businessUnitId));
      return {
        statuses: replaceStatuses(before.statuses, [...unsubscribed, set]),
        optOuts: ended.size === 0 ? before.optOuts : before.optOuts.filter((o) => !ended.has(o.businessUnitId)),
      };
    }
  }
}

/** The records that an ended opt-out leaves behind: its types go on as they read while it held. */
function leftUnsubscribed(before: ChannelPreferences, ended: EndedOptOut): RecordedStatus[] {
  const optOut = before.optOuts.find((candidate) => candidate.businessUnitId === ended.businessUnitId);
  if (!optOut) return [];
  return ended.unsubscribed.map((subscriptionId) => ({
    subscriptionId,
    state: 'UNSUBSCRIBED',
    legalBasis: null,
    legalBasisExplanation: null,
    source: optOut.source,
    occurredAt: optOut.occurredAt,
  }));
}

function replaceStatuses(statuses: readonly RecordedStatus[], changed: readonly RecordedStatus[]): RecordedStatus[] {
  const next = [...statuses];
  for (const status of changed) {
    const index = next.findIndex((other) => other.subscriptionId === status.subscriptionId);
    if (index === -1) next.push(status);
    else next[index] = status;
  }
  return next;
}

/** What is wrong with a chain, and at which version. */
export interface BrokenLink {
  readonly version: number;
  readonly problem: 'version-gap' | 'wrong-previous-event' | 'wrong-hash' | 'wrong-commitment' | 'instant-not-later';
}

/** One event of a replay, with the contact before and after it. */
export interface ReplayStep {
  readonly event: LedgerEvent;
  readonly body: EventBody;
  readonly before: SubscriberState;
  readonly after: SubscriberState;
}

/** Walks one contact's events, oldest first, and checks every link. Returns the first that does not hold, or null. */
export function* replaySteps(events: Iterable<LedgerEvent>): Generator<ReplayStep, BrokenLink | null> {
  let before = UNKNOWN_SUBSCRIBER;
  for (const event of events) {
    const body = JSON.parse(event.body) as EventBody;
    const problem = findBrokenLink(before, event, body);
    if (problem) return { version: event.version, problem };
    const after = followEvent(before, event, body);
    yield { event, body, before, after };
    before = after;
  }
  return null;
}

/** Replays one contact's events, oldest first: the rebuilt state, or the first link that does not hold. */
export function replay(events: Iterable<LedgerEvent>): SubscriberState | BrokenLink {
  const steps = replaySteps(events);
  let state = UNKNOWN_SUBSCRIBER;
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value ?? state;
    state = step.value.after;
  }
}

/** What is wrong with an event after `state`; null where nothing is. */
export function findBrokenLink(
  state: SubscriberState,
  event: LedgerEvent,
  body: EventBody,
): BrokenLink['problem'] | null {
  if (event.version !== state.version + 1) return 'version-gap';
  if (event.previousEventId !== state.headEventId) return 'wrong-previous-event';
  if (event.hash !== hashEvent(state.headHash, event)) return 'wrong-hash';
  if (event.occurredAt <= state.lastEventAt) return 'instant-not-later';
  const { legalBasisExplanation: explanation, evidence } = event.personal ?? {};
  if (explanation && body.type === 'STATUS_SET') {
    if (commitmentTo(explanation) !== body.legalBasisExplanation) return 'wrong-commitment';
  }
  if (evidence && commitmentTo(evidence) !== body.evidence) return 'wrong-commitment';
  return null;
}
