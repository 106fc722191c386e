/**
 * The decision: a contact's state and a request in, an outcome and at most one event out. Pure.
 * The rules are those of HubSpot's API where they are known; `docs/decisions.md` lists the ones that are ours.
 */
import type { Catalog, SubscriptionDefinition } from './catalog.ts';
import { type Evidence as Observation, withoutConsent } from './evidence.ts';
import type { EndedOptOut, EventDraft, OptedOutOfAll, OptOutWithdrawn, SubscriberState } from './ledger.ts';
import type {
  Actor,
  ChangeRequest,
  OptOutOfAll,
  OptOutWithdrawal,
  Outcome,
  Refusal,
  StatusChange,
  Transition,
} from './outcome.ts';
import type { ChannelPreferences, EffectiveStatus, State } from './preferences.ts';
import { channelPreferences, covers, effectiveStatus, findRecorded } from './preferences.ts';

/** What was decided. `event` is null where nothing is to be written: refusals, and what was so already. */
export interface Decision {
  readonly event: EventDraft | null;
  /** The answer, given the preferences that hold once the event is followed. */
  readonly conclude: (after: ChannelPreferences) => Outcome;
}

/**
 * Decides one request. `now` is epoch milliseconds; an event is dated `now`, or one millisecond after the contact's
 * last event where that is later, so that a contact's instants strictly increase.
 */
export function decide(
  state: SubscriberState,
  request: ChangeRequest,
  actor: Actor,
  catalog: Catalog,
  now: number,
): Decision {
  const before = channelPreferences(state.preferences, request.channel);
  const occurredAt = Math.max(now, state.lastEventAt + 1);
  switch (request.kind) {
    case 'status-change':
      return decideStatusChange(before, request, actor, catalog, occurredAt);
    case 'opt-out-of-all':
      return decideOptOut(before, request, actor, catalog, occurredAt);
    case 'opt-out-withdrawal':
      return decideWithdrawal(before, request, actor, occurredAt);
  }
}

/** Whether carrying out the request would end an opt-out of everything, which needs the catalog to be current. */
export function endsOptOut(state: SubscriberState, request: ChangeRequest): boolean {
  return (
    request.kind === 'status-change' &&
    request.state === 'SUBSCRIBED' &&
    channelPreferences(state.preferences, request.channel).optOuts.length > 0
  );
}

function decideOptOut(
  before: ChannelPreferences,
  request: OptOutOfAll,
  actor: Actor,
  catalog: Catalog,
  occurredAt: number,
): Decision {
  const { channel, businessUnitId } = request;
  if (businessUnitId !== null && !catalog.businessUnits.has(businessUnitId)) {
    return refuse({ code: 'business-unit-unknown', businessUnitId });
  }
  const isNew = !request.onlyOnce || !before.optOuts.some((optOut) => covers(optOut, request));
  return {
    event: isNew ? draft(actor, occurredAt, { type: 'OPTED_OUT_OF_ALL', channel, businessUnitId }) : null,
    conclude: (preferences) => ({ kind: 'opted-out-of-all', preferences, isNew }),
  };
}

function decideWithdrawal(
  before: ChannelPreferences,
  request: OptOutWithdrawal,
  actor: Actor,
  occurredAt: number,
): Decision {
  const { channel, businessUnitId } = request;
  const isNew = before.optOuts.some((optOut) => optOut.businessUnitId === businessUnitId);
  return {
    event: isNew ? draft(actor, occurredAt, { type: 'OPT_OUT_WITHDRAWN', channel, businessUnitId }) : null,
    conclude: () => ({ kind: 'opt-out-withdrawn', isNew }),
  };
}

/** An event about an opt-out of everything. */
function draft(
  actor: Actor,
  occurredAt: number,
  { type, channel, businessUnitId }: Pick<OptedOutOfAll | OptOutWithdrawn, 'type' | 'channel' | 'businessUnitId'>,
): EventDraft {
  return {
    occurredAt,
    body: { type, channel, businessUnitId, appId: actor.appId, source: actor.source },
    legalBasisExplanation: null,
    evidence: observationOf(actor, type === 'OPT_OUT_WITHDRAWN'),
  };
}

/** How the act was observed, with what was agreed to only where it brings something. */
function observationOf({ evidence = null }: Actor, brings: boolean): Observation | null {
  return evidence && !brings ? withoutConsent(evidence) : evidence;
}

function decideStatusChange(
  before: ChannelPreferences,
  request: StatusChange,
  actor: Actor,
  catalog: Catalog,
  occurredAt: number,
): Decision {
  const definition = catalog.definitions.get(request.subscriptionId);
  if (!definition) return refuse({ code: 'subscription-unknown', subscriptionId: request.subscriptionId });
  if (!definition.isActive && !request.evenInactive)
    return refuse({ code: 'subscription-inactive', subscriptionId: definition.id });
  const had = effectiveStatus(before, definition);
  if (request.onlyFrom && !request.onlyFrom.includes(had.state)) {
    return { event: null, conclude: () => ({ kind: 'left-as-it-was', status: had }) };
  }
  const refusal = findRefusal(before, request, catalog, definition);
  if (refusal) return refuse(refusal);

  const evidence = evidenceOf(had, request);
  const transition = transitionOf(had.state, request.state);
  const event: EventDraft | null =
    transition === 'NO_STATUS_CHANGE' && !evidence.isNew
      ? null
      : {
          occurredAt,
          body: {
            type: 'STATUS_SET',
            channel: request.channel,
            subscriptionId: definition.id,
            from: had.state,
            to: request.state,
            appId: actor.appId,
            source: actor.source,
            legalBasis: evidence.legalBasis,
            legalBasisExplanation: null,
            ...endedBy(before, request, definition, catalog),
          },
          legalBasisExplanation: evidence.legalBasisExplanation,
          evidence: observationOf(actor, request.state !== 'UNSUBSCRIBED'),
        };
  return {
    event,
    conclude: (after) => ({ kind: 'status-set', status: effectiveStatus(after, definition), transition }),
  };
}

function refuse(refusal: Refusal): Decision {
  return { event: null, conclude: () => ({ kind: 'refused', refusal }) };
}

function findRefusal(
  before: ChannelPreferences,
  request: StatusChange,
  catalog: Catalog,
  definition: SubscriptionDefinition,
): Refusal | null {
  // Withdrawing must be as easy as giving (GDPR article 7(3)): no evidence is ever asked for UNSUBSCRIBED.
  if (catalog.account.dataPrivacy && request.state !== 'UNSUBSCRIBED') {
    const missing = (['legalBasis', 'legalBasisExplanation'] as const).filter((field) => !request[field]?.trim());
    if (missing.length > 0) return { code: 'legal-basis-required', missing };
  }
  // It would quietly undo an opt-out.
  if (request.state === 'NOT_SPECIFIED' && before.optOuts.some((optOut) => covers(optOut, definition))) {
    return { code: 'opted-out-of-all', subscriptionId: definition.id };
  }
  return null;
}

function transitionOf(had: State, asked: State): Transition {
  if (had === asked) return 'NO_STATUS_CHANGE';
  return had === 'UNSUBSCRIBED' && asked === 'SUBSCRIBED' ? 'RESUBSCRIBE_OCCURRED' : 'REQUESTED_CHANGE_OCCURRED';
}

/**
 * The evidence as it will stand. Where the state stays, a new legal basis replaces basis and explanation together
 * (an old explanation does not explain a new basis), and a new explanation alone keeps the basis. What stood before is
 * what the type read: a record that an opt-out of everything hides is no evidence for that opt-out.
 */
function evidenceOf(had: EffectiveStatus, request: StatusChange): Evidence & { isNew: boolean } {
  const stood: Evidence = had.state === request.state ? had : { legalBasis: null, legalBasisExplanation: null };
  const legalBasis = request.legalBasis ?? stood.legalBasis;
  const legalBasisExplanation =
    request.legalBasisExplanation ?? (legalBasis === stood.legalBasis ? stood.legalBasisExplanation : null);
  const isNew = legalBasis !== stood.legalBasis || legalBasisExplanation !== stood.legalBasisExplanation;
  return { legalBasis, legalBasisExplanation, isNew };
}

type Evidence = Pick<EffectiveStatus, 'legalBasis' | 'legalBasisExplanation'>;

/**
 * Subscribing to one type ends the opt-outs of everything that cover it. Every other type in their scope, active or
 * not, goes on being UNSUBSCRIBED on its own, as it read while the opt-out held.
 */
function endedBy(
  before: ChannelPreferences,
  request: StatusChange,
  definition: SubscriptionDefinition,
  catalog: Catalog,
): { ended?: readonly EndedOptOut[] } {
  if (request.state !== 'SUBSCRIBED') return {};
  const ending = before.optOuts.filter((optOut) => covers(optOut, definition));
  if (ending.length === 0) return {};
  const left = new Map(ending.map((optOut) => [optOut, [] as number[]]));
  for (const other of catalog.definitions.values()) {
    if (other.id === definition.id) continue;
    const latest = ending
      .filter((optOut) => covers(optOut, other))
      .sort((a, b) => b.occurredAt - a.occurredAt)
      .at(0);
    if (!latest) continue;
    const own = findRecorded(before, other.id);
    if (own?.state === 'UNSUBSCRIBED' && own.occurredAt > latest.occurredAt) continue;
    left.get(latest)?.push(other.id);
  }
  return {
    ended: ending.map((optOut) => ({
      businessUnitId: optOut.businessUnitId,
      unsubscribed: left.get(optOut) ?? [],
    })),
  };
}
