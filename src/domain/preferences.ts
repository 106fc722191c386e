/**
 * What a contact said, and what follows from it.
 *
 * Only what somebody said is recorded. What nobody said is derived: while an opt-out of everything covers a type it
 * reads UNSUBSCRIBED, else as it was recorded, else NOT_SPECIFIED.
 */
import type { SubscriptionDefinition } from './catalog.ts';

export const CHANNELS = ['EMAIL'] as const;
export type Channel = (typeof CHANNELS)[number];

export const STATES = ['NOT_SPECIFIED', 'SUBSCRIBED', 'UNSUBSCRIBED'] as const;
export type State = (typeof STATES)[number];

export const LEGAL_BASES = [
  'CONSENT_WITH_NOTICE',
  'LEGITIMATE_INTEREST_CLIENT',
  'LEGITIMATE_INTEREST_OTHER',
  'LEGITIMATE_INTEREST_PQL',
  'NON_GDPR',
  'PERFORMANCE_OF_CONTRACT',
  'PROCESS_AND_STORE',
] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

/** The source of a type that nobody ever touched. */
export const NOT_SPECIFIED_SOURCE = 'Not specified';

/** One type's state as it was last said. */
export interface RecordedStatus {
  readonly subscriptionId: number;
  readonly state: State;
  readonly legalBasis: LegalBasis | null;
  readonly legalBasisExplanation: string | null;
  readonly source: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
}

/** An active opt-out of everything: of the whole account, or of one brand. */
export interface OptOut {
  /** null: the whole account (PORTAL_WIDE). */
  readonly businessUnitId: number | null;
  readonly source: string;
  readonly occurredAt: number;
}

/** A contact's preferences in one channel. */
export interface ChannelPreferences {
  readonly statuses: readonly RecordedStatus[];
  readonly optOuts: readonly OptOut[];
}

/** A contact's preferences, by channel; a channel nobody spoke of is absent. */
export type Preferences = Readonly<Partial<Record<Channel, ChannelPreferences>>>;

export const NO_PREFERENCES: ChannelPreferences = { statuses: [], optOuts: [] };

/** What holds for one type now, and why. */
export interface EffectiveStatus {
  readonly definition: SubscriptionDefinition;
  readonly state: State;
  readonly legalBasis: LegalBasis | null;
  readonly legalBasisExplanation: string | null;
  readonly source: string;
  readonly occurredAt: number;
  /** What decided: an opt-out of everything, the type's own record, or nobody's word. */
  readonly decidedBy: 'portal-wide' | 'brand-wide' | 'subscription' | 'nobody';
}

export function channelPreferences(preferences: Preferences, channel: Channel): ChannelPreferences {
  return preferences[channel] ?? NO_PREFERENCES;
}

/** Whether the opt-out speaks for all of that brand, a type of it for instance, or (null) of the account. */
export function covers(optOut: OptOut, { businessUnitId }: Pick<OptOut, 'businessUnitId'>): boolean {
  return optOut.businessUnitId === null || optOut.businessUnitId === businessUnitId;
}

/**
 * What holds for a type. Where several words agree that it is UNSUBSCRIBED, the latest of them is shown. A type that
 * nobody touched carries its definition's `createdAt`.
 */
export function effectiveStatus(preferences: ChannelPreferences, definition: SubscriptionDefinition): EffectiveStatus {
  const recorded = findRecorded(preferences, definition.id);
  const optOut = latestCovering(preferences.optOuts, definition);
  if (optOut && !(recorded?.state === 'UNSUBSCRIBED' && recorded.occurredAt > optOut.occurredAt)) {
    return {
      definition,
      state: 'UNSUBSCRIBED',
      legalBasis: null,
      legalBasisExplanation: null,
      source: optOut.source,
      occurredAt: optOut.occurredAt,
      decidedBy: optOut.businessUnitId === null ? 'portal-wide' : 'brand-wide',
    };
  }
  if (recorded) {
    const { state, legalBasis, legalBasisExplanation, source, occurredAt } = recorded;
    return { definition, state, legalBasis, legalBasisExplanation, source, occurredAt, decidedBy: 'subscription' };
  }
  return {
    definition,
    state: 'NOT_SPECIFIED',
    legalBasis: null,
    legalBasisExplanation: null,
    source: NOT_SPECIFIED_SOURCE,
    occurredAt: definition.createdAt,
    decidedBy: 'nobody',
  };
}

export function findRecorded(preferences: ChannelPreferences, subscriptionId: number): RecordedStatus | undefined {
  return preferences.statuses.find((status) => status.subscriptionId === subscriptionId);
}

/** The latest opt-out of everything that covers the type, if one does. */
export function latestCovering(optOuts: readonly OptOut[], definition: SubscriptionDefinition): OptOut | undefined {
  let latest: OptOut | undefined;
  for (const optOut of optOuts) {
    if (covers(optOut, definition) && (!latest || optOut.occurredAt > latest.occurredAt)) latest = optOut;
  }
  return latest;
}

/** The opt-outs that count for a brand: its own and the account's; all where `businessUnitId` is null. Account first. */
export function optOutsFor(preferences: ChannelPreferences, businessUnitId: number | null): OptOut[] {
  return preferences.optOuts
    .filter((optOut) => businessUnitId === null || covers(optOut, { businessUnitId }))
    .sort((a, b) => (a.businessUnitId ?? -1) - (b.businessUnitId ?? -1));
}
