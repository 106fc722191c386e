/** The end of a double opt-in: what waits for a contact's confirmation, and confirming it. */
import type { BusinessUnit, Catalog, SubscriptionDefinition } from '../domain/catalog.ts';
import { type ObservedRequest, sourceOfAct, type TextShown, type TypeShown } from '../domain/evidence.ts';
import { effectiveStatus } from '../domain/preferences.ts';
import { CONFIRM_WITHIN_MS, livePending, type PendingType, type SignUps, settleConfirmed } from '../domain/sign-up.ts';
import { beginning, readOwnPreferences } from './act-by-link.ts';
import type { CommitOutcome } from './committer.ts';
import type { Context } from './context.ts';
import type { ContactLink } from './open-link.ts';
import { changeSignUps } from './sign-up.ts';

/** A type that may be confirmed. */
export interface Confirmable extends PendingType {
  readonly definition: SubscriptionDefinition;
  readonly brand: BusinessUnit;
}

/** What a link for confirming leads to. */
export type Confirmation =
  | { readonly kind: 'pending'; readonly pending: readonly Confirmable[] }
  /** Nothing is left to confirm; these were, and hold. */
  | { readonly kind: 'confirmed'; readonly definitions: readonly SubscriptionDefinition[] }
  /** It was waited too long; or all of it was confirmed, and taken back since. */
  | { readonly kind: 'over'; readonly why: 'expired' | 'used' }
  | { readonly kind: 'overloaded' };

/** What still waits, of all brands; types that are sent no more, or not shown to contacts, are left out. */
export function confirmable(signUps: SignUps, catalog: Catalog, now: number): Confirmable[] {
  return livePending(signUps, now).flatMap((pending) => {
    const definition = catalog.definitions.get(pending.subscriptionId);
    if (!definition?.isActive || definition.isInternal) return [];
    return { ...pending, definition, brand: catalog.businessUnits.get(definition.businessUnitId)! };
  });
}

/** Changes nothing. */
export async function readConfirmation(context: Context, link: ContactLink): Promise<Confirmation> {
  const now = context.clock();
  const signUps = (await context.store.signUps.load(link.ref))?.signUps;
  const isOld = link.claims.issuedAt + CONFIRM_WITHIN_MS <= now;
  const pending = signUps && !isOld ? confirmable(signUps, link.catalog, now) : [];
  if (pending.length > 0) return { kind: 'pending', pending };
  const preferences = await readOwnPreferences(context, link);
  if (preferences === 'overloaded') return { kind: 'overloaded' };
  const definitions = (signUps?.confirmed ?? []).flatMap((id) => {
    const definition = link.catalog.definitions.get(id);
    return definition && effectiveStatus(preferences, definition).state === 'SUBSCRIBED' ? definition : [];
  });
  if (definitions.length > 0) return { kind: 'confirmed', definitions };
  const wasConfirmed = (signUps?.confirmed ?? []).length > 0;
  return { kind: 'over', why: wasConfirmed && !isOld ? 'used' : 'expired' };
}

/** A type that the contact confirms, how it was shown, and the text that was agreed to by it. */
export interface Agreed {
  readonly type: Confirmable;
  readonly shown: TypeShown;
  readonly consent: TextShown;
}

/**
 * Subscribes the contact to all of it in one transaction, each with how it was asked for and how it was confirmed.
 * Only then does it wait no more: whatever happens in between, confirming again is harmless.
 */
export async function confirmSignUps(
  context: Context,
  { accountId, address, ref }: ContactLink,
  request: ObservedRequest,
  agreed: readonly Agreed[],
): Promise<CommitOutcome> {
  const act = 'sign-up';
  const changes = agreed.map(({ type, shown, consent }) => {
    const signUp = { request: type.request, consent: type.consent, appId: type.appId };
    return {
      ref,
      address,
      request: beginning(type.subscriptionId, consent),
      evidence: { act, request, type: shown, consent, signUp } as const,
    };
  });
  const actor = { appId: null, source: sourceOfAct(act) };
  const commit = await context.committer.submit({ accountId, actor, changes });
  if (commit.kind !== 'committed') return commit;
  const ids = agreed.map(({ type }) => type.subscriptionId);
  const settled = await changeSignUps(
    context,
    ref,
    (before) => before && settleConfirmed(before, ids, context.clock()),
  );
  return settled === 'contended' ? { kind: 'contended' } : commit;
}
