/** What waiting for contacts to confirm needs of a store: part of `../port.ts`. */
import type { MessagePlan, SignUps } from '../../domain/sign-up.ts';
import type { SaveResult, SubscriberRef } from '../port.ts';

/** What was asked for with an address, as it was read. */
export interface StoredSignUps {
  /** Grows with every change, whoever makes it. */
  readonly version: number;
  readonly signUps: SignUps;
}

export interface SignUpsChange {
  readonly ref: SubscriberRef;
  /** The version that was loaded and decided upon; 0 where there was no row. */
  readonly baseVersion: number;
  readonly signUps: SignUps;
}

/** A message that is due, and this process's alone to send for a while. */
export interface MessageClaim {
  readonly ref: SubscriberRef;
  /** Epoch milliseconds. From then on somebody else may claim it. */
  readonly until: number;
  readonly signUps: SignUps;
}

/** What waits to be confirmed, and the messages that ask for it. */
export interface SignUpStore {
  load(ref: SubscriberRef): Promise<StoredSignUps | null>;
  /** Writes only where the version is still `baseVersion`; resolves once it is durable. Claims stay as they are. */
  save(change: SignUpsChange): Promise<SaveResult>;
  /** Claims messages that are due at `now` and nobody's, at most `limit`, those first that are due longest. */
  claimDue(now: number, until: number, limit: number): Promise<MessageClaim[]>;
  /** Ends a claim and says when the contact is written to next. False where somebody else has claimed it since. */
  settle(claim: MessageClaim, plan: MessagePlan): Promise<boolean>;
  /** Deletes what was asked for with an address; false where there was nothing. */
  forget(ref: SubscriberRef): Promise<boolean>;
  /** Deletes what is of no use any more, and returns how many addresses that were. */
  forgetExpired(now: number): Promise<number>;
}
