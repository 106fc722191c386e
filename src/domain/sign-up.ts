/**
 * Double opt-in: what was asked for with an address, and waits until its owner confirms. Pure. Instants are epoch
 * milliseconds. Nothing in here makes anybody more mailable: only the confirmation does, and that is a status change.
 */
import type { SignUpEvidence } from './evidence.ts';

/** How long a request waits for its confirmation, and how long the link in a message confirms. */
export const CONFIRM_WITHIN_MS = 7 * 86_400_000;

/** At most one message an address in that time. */
export const MESSAGE_EVERY_MS = 3_600_000;

/** A sign-up, as it was observed. */
export interface SignUpRequest extends SignUpEvidence {
  readonly requestedAt: number;
  /** Of the message and the page that confirms, BCP 47; null where none was named. */
  readonly language: string | null;
}

/** A type that was asked for. */
export interface PendingType extends SignUpRequest {
  readonly subscriptionId: number;
}

/** When the contact is written to. */
export interface MessagePlan {
  /** When to try next; null where nothing is to be sent. */
  readonly dueAt: number | null;
  /** From when on it has been tried; null where nothing is to be sent. */
  readonly dueSince: number | null;
  /** When the last message was sent; null where none was. */
  readonly sentAt: number | null;
}

/** All that was asked for with one address of an account. */
export interface SignUps {
  /** As it was written last. */
  readonly address: string;
  /** One entry a type, the latest; the earliest stands first. */
  readonly pending: readonly PendingType[];
  /** The types of the last confirmation. */
  readonly confirmed: readonly number[];
  readonly message: MessagePlan;
  /** From then on nothing of it is of use, and it is forgotten. */
  readonly expiresAt: number;
}

/** Of an address with which nobody asked for anything. */
export function noSignUps(address: string): SignUps {
  const message = { dueAt: null, dueSince: null, sentAt: null };
  return { address, pending: [], confirmed: [], message, expiresAt: 0 };
}

/** The requests that may still be confirmed. */
export function livePending({ pending }: SignUps, now: number): PendingType[] {
  return pending.filter(({ requestedAt }) => requestedAt + CONFIRM_WITHIN_MS > now);
}

/**
 * Adds what is asked for now. Its message is due at once, unless one was sent within the hour: then none is sent where
 * that one named all of it, and another one, when the hour is over, where it did not.
 */
export function askFor(
  signUps: SignUps,
  address: string,
  subscriptionIds: readonly number[],
  request: SignUpRequest,
): SignUps {
  const now = request.requestedAt;
  const before = livePending(signUps, now);
  const asked = subscriptionIds.map((subscriptionId) => ({ subscriptionId, ...request }));
  const others = before.filter(({ subscriptionId }) => !subscriptionIds.includes(subscriptionId));
  const isKnown = others.length + asked.length === before.length;
  return {
    address,
    pending: [...others, ...asked],
    confirmed: signUps.confirmed,
    message: planMessage(signUps.message, isKnown, now),
    expiresAt: now + CONFIRM_WITHIN_MS,
  };
}

function planMessage(plan: MessagePlan, isKnown: boolean, now: number): MessagePlan {
  if (plan.dueAt !== null) return plan;
  const nextAt = plan.sentAt === null ? now : plan.sentAt + MESSAGE_EVERY_MS;
  if (isKnown && nextAt > now) return plan;
  const dueAt = Math.max(now, nextAt);
  return { ...plan, dueAt, dueSince: dueAt };
}

/** Takes out what was confirmed. Where nothing is left to confirm, nothing is left to write about. */
export function settleConfirmed(signUps: SignUps, subscriptionIds: readonly number[], now: number): SignUps {
  const pending = livePending(signUps, now).filter(({ subscriptionId }) => !subscriptionIds.includes(subscriptionId));
  const { message } = signUps;
  return {
    ...signUps,
    pending,
    confirmed: [...new Set([...signUps.confirmed, ...subscriptionIds])],
    message: pending.length > 0 ? message : { ...message, dueAt: null, dueSince: null },
    expiresAt: Math.max(signUps.expiresAt, now + CONFIRM_WITHIN_MS),
  };
}
