/**
 * Double opt-in: records what is asked for with an address, and has its owner asked. What is known of the address is not
 * even looked at, so whoever asks learns nothing of it, neither from the answer nor from how long it takes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Address } from '../domain/address.ts';
import type { BusinessUnit, Catalog, SubscriptionDefinition } from '../domain/catalog.ts';
import type { Refusal } from '../domain/outcome.ts';
import { askFor, noSignUps, type SignUpRequest, type SignUps } from '../domain/sign-up.ts';
import type { SubscriberRef } from '../storage/port.ts';
import type { Context } from './context.ts';
import { refOf } from './subscriber-ref.ts';

export interface SignUpWish {
  readonly address: Address;
  readonly subscriptionIds: readonly number[];
  readonly request: Omit<SignUpRequest, 'requestedAt'>;
}

export type SignUpRefusal = OfferRefusal | { /** Nobody sends messages here. */ readonly code: 'mail-not-set-up' };

export type OfferRefusal =
  | Extract<Refusal, { code: 'subscription-unknown' | 'subscription-inactive' }>
  /** Contacts are not shown it. */
  | { readonly code: 'subscription-internal'; readonly subscriptionId: number }
  /** It is another brand's than the first. */
  | { readonly code: 'several-brands'; readonly subscriptionId: number };

export type SignUpOutcome =
  | { readonly kind: 'recorded' }
  | { readonly kind: 'refused'; readonly refusal: SignUpRefusal }
  /** Others kept changing the same address's sign-ups. */
  | { readonly kind: 'contended' };

/** What somebody may sign up for together: at least one type, and the one brand that they are of. */
export type OfferOutcome =
  | { readonly kind: 'offered'; readonly brand: BusinessUnit; readonly definitions: readonly SubscriptionDefinition[] }
  | { readonly kind: 'refused'; readonly refusal: OfferRefusal };

/** Looks up the types of an offer, each once. */
export function offerOf(catalog: Catalog, subscriptionIds: readonly number[]): OfferOutcome {
  const definitions: SubscriptionDefinition[] = [];
  for (const subscriptionId of new Set(subscriptionIds)) {
    const definition = catalog.definitions.get(subscriptionId);
    if (!definition) return refused({ code: 'subscription-unknown', subscriptionId });
    if (!definition.isActive) return refused({ code: 'subscription-inactive', subscriptionId });
    if (definition.isInternal) return refused({ code: 'subscription-internal', subscriptionId });
    definitions.push(definition);
  }
  const businessUnitId = definitions[0]!.businessUnitId;
  const other = definitions.find((definition) => definition.businessUnitId !== businessUnitId);
  if (other) return refused({ code: 'several-brands', subscriptionId: other.id });
  return { kind: 'offered', brand: catalog.businessUnits.get(businessUnitId)!, definitions };
}

/** Records the wish and resolves once it is durable; the message is sent later, by whoever sends them. */
export async function signUp(context: Context, accountId: number, wish: SignUpWish): Promise<SignUpOutcome> {
  const { outbox } = context;
  if (!outbox) return refused({ code: 'mail-not-set-up' });
  const offer = offerOf(await context.catalogs.catalog(accountId), wish.subscriptionIds);
  if (offer.kind === 'refused') return offer;
  const { address, request } = wish;
  const ref = refOf(accountId, address);
  const ids = offer.definitions.map(({ id }) => id);
  const saved = await changeSignUps(context, ref, (before) =>
    askFor(before ?? noSignUps(address.written), address.written, ids, { ...request, requestedAt: context.clock() }),
  );
  if (saved === 'contended') return { kind: 'contended' };
  outbox.wake();
  return { kind: 'recorded' };
}

const MAX_ATTEMPTS = 50;
const LONGEST_PAUSE_MS = 40;

/** Changes an address's sign-ups, again and again until nobody else's change comes between. `null` leaves them as they are. */
export async function changeSignUps(
  context: Context,
  ref: SubscriberRef,
  change: (before: SignUps | null) => SignUps | null,
): Promise<'done' | 'contended'> {
  const { signUps } = context.store;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const stored = await signUps.load(ref);
    const next = change(stored?.signUps ?? null);
    if (!next) return 'done';
    const result = await signUps.save({ ref, baseVersion: stored?.version ?? 0, signUps: next });
    if (result === 'committed') return 'done';
    await pause(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS));
  }
  return 'contended';
}

function refused<R extends SignUpRefusal>(refusal: R): { kind: 'refused'; refusal: R } {
  return { kind: 'refused', refusal };
}
