/** A contact's past as plain resources: what the API answers and `--json` prints. */
import type { Address } from '../domain/address.ts';
import type { Catalog, SubscriptionDefinition } from '../domain/catalog.ts';
import { existedAt } from '../domain/eligibility.ts';
import { actOfSource, type Evidence } from '../domain/evidence.ts';
import type { LedgerEvent, ReplayStep } from '../domain/ledger.ts';
import {
  CHANNELS,
  type Channel,
  channelPreferences,
  effectiveStatus,
  type Preferences,
  type State,
} from '../domain/preferences.ts';
import type { StatusThen } from './read-history.ts';
import { instant } from './show-instant.ts';

/** What one event did to one type: the effective state before and after. */
export interface StateChange {
  readonly subscriptionId: number;
  /** As the type is called now; null where this process does not know of it. */
  readonly subscriptionName: string | null;
  readonly from: State;
  readonly to: State;
}

/** An event, and what it says. */
type Said = Pick<ReplayStep, 'event' | 'body'>;

/** One event, in full. Texts that were erased are null. */
export function describeEvent(step: ReplayStep, catalog: Catalog) {
  return { ...describeSubject(step, catalog), changes: changesOf(step, catalog), ...describeGrounds(step) };
}

/** Which event it is, and what it is about. */
export function describeSubject({ event, body }: Said, catalog: Catalog) {
  const set = body.type === 'STATUS_SET' ? body : null;
  const definition = set && catalog.definitions.get(set.subscriptionId);
  return {
    eventId: event.eventId,
    version: event.version,
    occurredAt: instant(event.occurredAt),
    type: body.type,
    channel: 'channel' in body ? body.channel : null,
    businessUnitId: 'businessUnitId' in body ? body.businessUnitId : (definition?.businessUnitId ?? null),
    subscriptionId: set?.subscriptionId ?? null,
  };
}

/** What else it did, why, by whom, what shows it, and how it is chained. */
export function describeGrounds(said: Said) {
  const { event, body } = said;
  const { personal } = event;
  const set = body.type === 'STATUS_SET' ? body : null;
  const evidence = personal?.evidence ? (JSON.parse(personal.evidence.value) as Evidence) : null;
  return {
    endedOptOuts: (set?.ended ?? []).map(({ businessUnitId }) => ({ businessUnitId })),
    legalBasis: set?.legalBasis ?? null,
    legalBasisExplanation: personal?.legalBasisExplanation?.value ?? null,
    source: body.source,
    appId: body.appId,
    reason: body.type === 'ERASED' ? body.reason : null,
    expiredVersions: body.type === 'EVIDENCE_EXPIRED' ? [...body.versions] : [],
    page: body.appId === null ? actOfSource(body.source) : null,
    evidence,
    erased: isErased(said),
    previousEventId: event.previousEventId,
    hash: event.hash,
  };
}

export type DescribedEvent = ReturnType<typeof describeEvent>;

/** Whether the body commits to something that is there no more. */
function isErased({ body, event: { personal } }: Said): boolean {
  const explained = body.type === 'STATUS_SET' && body.legalBasisExplanation !== null;
  return (explained && !personal?.legalBasisExplanation) || (body.evidence !== undefined && !personal?.evidence);
}

/** The type that was set first, also where only its evidence is new; then those that changed along with it. */
function changesOf(step: ReplayStep, catalog: Catalog): StateChange[] {
  const { body } = step;
  const channels = 'channel' in body ? [body.channel] : CHANNELS;
  return channels.flatMap((channel) => changesIn(channel, step, catalog));
}

function changesIn(channel: Channel, { event, body, before, after }: ReplayStep, catalog: Catalog): StateChange[] {
  const [had, has] = [before, after].map(({ preferences }) => channelPreferences(preferences, channel));
  const own: StateChange[] =
    body.type === 'STATUS_SET' ? [change(catalog, body.subscriptionId, body.from, body.to)] : [];
  const others = [...catalog.definitions.values()].filter(
    (definition) => definition.id !== own[0]?.subscriptionId && existedAt(has!, definition, event.occurredAt),
  );
  const changed = others.flatMap((definition) => {
    const [from, to] = [effectiveStatus(had!, definition).state, effectiveStatus(has!, definition).state];
    return from === to ? [] : [change(catalog, definition.id, from, to)];
  });
  return [...own, ...changed];
}

function change({ definitions }: Catalog, subscriptionId: number, from: State, to: State): StateChange {
  return { subscriptionId, subscriptionName: definitions.get(subscriptionId)?.name ?? null, from, to };
}

/** A row of what held at an instant, in the order of HubSpot's rows as far as they have the same fields. */
export function describeStatusThen(address: Address, channel: Channel, { status, decidedBy }: StatusThen) {
  const { definition, state, source, legalBasis, legalBasisExplanation, occurredAt } = status;
  return {
    ...namesOf(definition, channel, address),
    isActive: definition.isActive,
    status: state,
    source,
    legalBasis,
    legalBasisExplanation,
    timestamp: instant(occurredAt),
    decidedBy: idOf(decidedBy),
  };
}

export type DescribedStatus = ReturnType<typeof describeStatusThen>;

/** The opt-outs of everything that hold. */
export function describeOptOuts(preferences: Preferences) {
  return CHANNELS.flatMap((channel) =>
    channelPreferences(preferences, channel).optOuts.map(({ businessUnitId, source, occurredAt }) => {
      return { channel, businessUnitId, source, timestamp: instant(occurredAt) };
    }),
  );
}

function namesOf(definition: SubscriptionDefinition, channel: Channel, address: Address) {
  return {
    businessUnitId: definition.businessUnitId,
    channel,
    subscriberIdString: address.shown,
    subscriptionId: definition.id,
    subscriptionName: definition.name,
  };
}

function idOf(event: LedgerEvent | null): string | null {
  return event?.eventId ?? null;
}
