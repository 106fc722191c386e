/**
 * Reads what holds for some addresses, as of now or as recently as the operator allows. They need not be known: a status
 * belongs to the address. Changes nothing.
 */
import type { Principal } from '../domain/access.ts';
import type { Address } from '../domain/address.ts';
import { activeDefinitions, type Catalog } from '../domain/catalog.ts';
import type { Refusal } from '../domain/outcome.ts';
import {
  type Channel,
  type ChannelPreferences,
  channelPreferences,
  type EffectiveStatus,
  effectiveStatus,
  type OptOut,
  optOutsFor,
} from '../domain/preferences.ts';
import type { Context } from './context.ts';
import { refOf } from './subscriber-ref.ts';

/** What is asked about each address: one channel, and one brand or (null) all of them. */
export interface ReadScope {
  readonly channel: Channel;
  readonly businessUnitId: number | null;
}

/** One answer an address, in the order asked; or why none can be given. `overloaded`: too many reads wait already. */
export type ReadOutcome<Answer> =
  | { readonly kind: 'read'; readonly answers: readonly Answer[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'overloaded' };

/** Every active definition's status for each address. */
export function readStatuses(
  context: Context,
  principal: Principal,
  addresses: readonly Address[],
  scope: ReadScope,
): Promise<ReadOutcome<readonly EffectiveStatus[]>> {
  return readEach(context, principal, addresses, scope, (catalog) => {
    const definitions = activeDefinitions(catalog, scope.businessUnitId);
    return (preferences) => definitions.map((definition) => effectiveStatus(preferences, definition));
  });
}

/** The active opt-outs of everything for each address; with a brand, its own and the account's. */
export function readOptOuts(
  context: Context,
  principal: Principal,
  addresses: readonly Address[],
  scope: ReadScope,
): Promise<ReadOutcome<readonly OptOut[]>> {
  return readEach(
    context,
    principal,
    addresses,
    scope,
    () => (preferences) => optOutsFor(preferences, scope.businessUnitId),
  );
}

async function readEach<Answer>(
  context: Context,
  principal: Principal,
  addresses: readonly Address[],
  { channel, businessUnitId }: ReadScope,
  answer: (catalog: Catalog) => (preferences: ChannelPreferences) => Answer,
): Promise<ReadOutcome<Answer>> {
  const { accountId } = principal;
  const catalog = await context.catalogs.catalog(accountId);
  if (businessUnitId !== null && !catalog.businessUnits.has(businessUnitId)) {
    return { kind: 'refused', refusal: { code: 'business-unit-unknown', businessUnitId } };
  }
  const refs = addresses.map((address) => refOf(accountId, address));
  const found = await context.lenientReader.load(refs);
  if (found === 'overloaded') return { kind: 'overloaded' };
  const answerOf = answer(catalog);
  return {
    kind: 'read',
    answers: found.map((preferences = {}) => answerOf(channelPreferences(preferences, channel))),
  };
}
