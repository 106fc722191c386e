/** Whether a contact may be mailed about a type: what the contact said, read by the account's rule. */
import type { Catalog, SubscriptionDefinition } from './catalog.ts';
import { type ChannelPreferences, type EffectiveStatus, effectiveStatus, findRecorded } from './preferences.ts';

/** Why, in a closed set. Under the first two the contact may be mailed, under no other. */
export const ELIGIBILITY_REASONS = [
  'SUBSCRIBED',
  'NOT_OPTED_OUT',
  'NOT_SUBSCRIBED',
  'UNSUBSCRIBED',
  'OPTED_OUT_OF_BRAND',
  'OPTED_OUT_OF_ALL',
  'SUBSCRIPTION_INACTIVE',
  'SUBSCRIPTION_NOT_CREATED',
  'INVALID_ADDRESS',
] as const;
export type EligibilityReason = (typeof ELIGIBILITY_REASONS)[number];

export interface Eligibility {
  readonly eligible: boolean;
  readonly reason: EligibilityReason;
  /** The instant of the word that decided, epoch milliseconds; null where nobody said anything that did. */
  readonly decidedAt: number | null;
}

/** Of text that is no e-mail address. */
export const INVALID_ADDRESS: Eligibility = { eligible: false, reason: 'INVALID_ADDRESS', decidedAt: null };

const NOT_SUBSCRIBED: Eligibility = { eligible: false, reason: 'NOT_SUBSCRIBED', decidedAt: null };
const NOT_OPTED_OUT: Eligibility = { eligible: true, reason: 'NOT_OPTED_OUT', decidedAt: null };
const INACTIVE: Eligibility = { eligible: false, reason: 'SUBSCRIPTION_INACTIVE', decidedAt: null };
const NOT_CREATED: Eligibility = { eligible: false, reason: 'SUBSCRIPTION_NOT_CREATED', decidedAt: null };

/**
 * Judges what held at the instant `at` (epoch milliseconds). The type and the rule are as the catalog says, which
 * knows no past: a type that is inactive now may not be mailed about whatever was said of it.
 */
export function judge(
  preferences: ChannelPreferences,
  definition: SubscriptionDefinition,
  { account }: Pick<Catalog, 'account'>,
  at: number,
): Eligibility {
  if (!definition.isActive) return INACTIVE;
  if (!existedAt(preferences, definition, at)) return NOT_CREATED;
  const status = effectiveStatus(preferences, definition);
  if (status.state === 'SUBSCRIBED') return { eligible: true, reason: 'SUBSCRIBED', decidedAt: status.occurredAt };
  if (status.state === 'UNSUBSCRIBED') {
    return { eligible: false, reason: REASONS_AGAINST[status.decidedBy], decidedAt: status.occurredAt };
  }
  const decidedAt = status.decidedBy === 'nobody' ? null : status.occurredAt;
  const judged = account.mailRule === 'unless-opted-out' ? NOT_OPTED_OUT : NOT_SUBSCRIBED;
  return decidedAt === null ? judged : { ...judged, decidedAt };
}

const REASONS_AGAINST: Readonly<Record<EffectiveStatus['decidedBy'], EligibilityReason>> = {
  'portal-wide': 'OPTED_OUT_OF_ALL',
  'brand-wide': 'OPTED_OUT_OF_BRAND',
  subscription: 'UNSUBSCRIBED',
  nobody: 'NOT_SUBSCRIBED',
};

/** Whether the type was there at that instant: created by then, or spoken of, as one is that came from elsewhere. */
export function existedAt(preferences: ChannelPreferences, definition: SubscriptionDefinition, at: number): boolean {
  return definition.createdAt <= at || findRecorded(preferences, definition.id) !== undefined;
}
