/** What may come of a request: a closed union, switched over exhaustively. */
import type { Channel, ChannelPreferences, EffectiveStatus, LegalBasis, State } from './preferences.ts';

/** "Set this type to that state for this contact." */
export interface StatusChange {
  readonly kind: 'status-change';
  readonly channel: Channel;
  readonly subscriptionId: number;
  readonly state: State;
  readonly legalBasis: LegalBasis | null;
  readonly legalBasisExplanation: string | null;
  /** The states that may be changed; from another one nothing is done. Any, where it is absent. */
  readonly onlyFrom?: readonly State[];
}

/** "Send this contact nothing any more", from the whole account (null) or one brand. */
export interface OptOutOfAll {
  readonly kind: 'opt-out-of-all';
  readonly channel: Channel;
  readonly businessUnitId: number | null;
}

export type ChangeRequest = StatusChange | OptOutOfAll;

/** Who acts, as the ledger and the status rows name them. */
export interface Actor {
  readonly appId: number;
  /** For example `Public status API, App ID:123`. */
  readonly source: string;
}

/** The source of a change that an app made through the API, in HubSpot's words. */
export function publicApiActor(appId: number): Actor {
  return { appId, source: `Public status API, App ID:${appId}` };
}

/** HubSpot's `setStatusSuccessReason`, less the one that belongs to unsubscribe-all. */
export type Transition = 'NO_STATUS_CHANGE' | 'REQUESTED_CHANGE_OCCURRED' | 'RESUBSCRIBE_OCCURRED';

/** Why a well-formed request was not carried out. */
export type Refusal =
  | { readonly code: 'subscription-unknown'; readonly subscriptionId: number }
  | { readonly code: 'subscription-inactive'; readonly subscriptionId: number }
  | { readonly code: 'business-unit-unknown'; readonly businessUnitId: number }
  | { readonly code: 'legal-basis-required'; readonly missing: readonly ('legalBasis' | 'legalBasisExplanation')[] }
  | { readonly code: 'opted-out-of-all'; readonly subscriptionId: number };

export type Outcome =
  | { readonly kind: 'status-set'; readonly status: EffectiveStatus; readonly transition: Transition }
  /** The state was none of those that the request may change. */
  | { readonly kind: 'left-as-it-was'; readonly status: EffectiveStatus }
  | { readonly kind: 'opted-out-of-all'; readonly preferences: ChannelPreferences }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
