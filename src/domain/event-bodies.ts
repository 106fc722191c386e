/** What the ledger's events say: their bodies, and the personal values beside them. `docs/ledger.md` describes each. */
import type { Channel, LegalBasis, State } from './preferences.ts';

/** What every event says. */
interface Said {
  /** The app that acted; null where no app did: the contacts themselves, an operator, or a limit on keeping. */
  readonly appId: number | null;
  readonly source: string;
  /** SHA-256 over salt and evidence, in hexadecimal (see `Personal`); absent where there is none. */
  readonly evidence?: string;
}

/** One type was set. The legal basis is as it now stands; its explanation is only committed to (see `Personal`). */
export interface StatusSet extends Said {
  readonly type: 'STATUS_SET';
  readonly channel: Channel;
  readonly subscriptionId: number;
  readonly from: State;
  readonly to: State;
  readonly legalBasis: LegalBasis | null;
  /** SHA-256 over salt and explanation, in hexadecimal; null where there is none. */
  readonly legalBasisExplanation: string | null;
  /** The opt-outs of everything that this ended; absent where there were none. */
  readonly ended?: readonly EndedOptOut[];
}

/** An opt-out that ended, and the types that it leaves unsubscribed on their own. */
export interface EndedOptOut {
  readonly businessUnitId: number | null;
  readonly unsubscribed: readonly number[];
}

/** Everything was opted out of: the account (null) or one brand. */
export interface OptedOutOfAll extends Said {
  readonly type: 'OPTED_OUT_OF_ALL';
  readonly channel: Channel;
  readonly businessUnitId: number | null;
}

/** An opt-out of everything was taken back: what it covered reads again as it did before. */
export interface OptOutWithdrawn extends Said {
  readonly type: 'OPT_OUT_WITHDRAWN';
  readonly channel: Channel;
  readonly businessUnitId: number | null;
}

/** What a contact wants, or is said to want. */
export type Choice = StatusSet | OptedOutOfAll | OptOutWithdrawn;

/**
 * The contact was erased, in all channels: its address, and the personal values of all events before. What made it less
 * mailable stays.
 */
export interface Erased extends Said {
  readonly type: 'ERASED';
  /** Why, in the words of whoever erased; null where nothing was said. It stays for good. */
  readonly reason: string | null;
}

/** Evidence was kept as long as the account keeps it: of the events of these versions, it is no more. */
export interface EvidenceExpired extends Said {
  readonly type: 'EVIDENCE_EXPIRED';
  /** Ascending, at least one. */
  readonly versions: readonly number[];
}

export type EventBody = Choice | Erased | EvidenceExpired;

/** What may have to be forgotten one day: each value beside the salt that its commitment in the body was made with. */
export interface Personal {
  readonly legalBasisExplanation?: Salted;
  /** The value is the `Evidence` as JSON text. */
  readonly evidence?: Salted;
}

export interface Salted {
  /** 32 hexadecimal digits. */
  readonly salt: string;
  readonly value: string;
}
