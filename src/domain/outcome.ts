/** What may come of a request: a closed union, switched over exhaustively. */
import type { Evidence } from './evidence.ts';
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
  /** Whether it may be a type that is sent no more: a contact may always say no to one. */
  readonly evenInactive?: boolean;
}

/** "Send this contact nothing any more", from the whole account (null) or one brand. */
export interface OptOutOfAll {
  readonly kind: 'opt-out-of-all';
  readonly channel: Channel;
  readonly businessUnitId: number | null;
  /** Leave it as it is where an opt-out of that scope, or of the account, holds already. */
  readonly onlyOnce?: boolean;
}

/** "I take that opt-out of everything back." Each type then reads as it did before. */
export interface OptOutWithdrawal {
  readonly kind: 'opt-out-withdrawal';
  readonly channel: Channel;
  readonly businessUnitId: number | null;
}

export type ChangeRequest = StatusChange | OptOutOfAll | OptOutWithdrawal;

/** Who acts, as the ledger and the status rows name them. */
export interface Actor {
  /** Null where it is the contact, not an app. */
  readonly appId: number | null;
  /** For example `Public status API, App ID:123`. */
  readonly source: string;
  /** How the act was observed; null where the actor's word is all there is. */
  readonly evidence?: Evidence | null;
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
  /** `isNew`: whether anything was written, as it always is unless `onlyOnce` was asked for. */
  | { readonly kind: 'opted-out-of-all'; readonly preferences: ChannelPreferences; readonly isNew: boolean }
  /** `isNew`: whether there was such an opt-out. */
  | { readonly kind: 'opt-out-withdrawn'; readonly isNew: boolean }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
