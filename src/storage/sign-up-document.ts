/**
 * What was asked for with an address as one JSON text, the same on every engine:
 *
 *     {"pending":[{"subscriptionId":…,"requestedAt":…,"language":…,"request":{…},"consent":{…},"appId":…}, …],
 *      "confirmed":[subscriptionId, …]}
 */
import type { PendingType, SignUps } from '../domain/sign-up.ts';

type SignUpDocument = Pick<SignUps, 'pending' | 'confirmed'>;

export function encodeSignUps({ pending, confirmed }: SignUps): string {
  return JSON.stringify({ pending: pending.map(inOrder), confirmed } satisfies SignUpDocument);
}

export function decodeSignUps(document: string): SignUpDocument {
  return JSON.parse(document) as SignUpDocument;
}

/** Nothing but what the document is meant to hold. */
function inOrder({ subscriptionId, requestedAt, language, request, consent, appId }: PendingType): PendingType {
  return { subscriptionId, requestedAt, language, request, consent, appId };
}
