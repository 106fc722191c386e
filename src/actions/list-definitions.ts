/** Lists an account's subscription definitions, active or not. */
import type { Principal } from '../domain/access.ts';
import type { SubscriptionDefinition } from '../domain/catalog.ts';
import type { Context } from './context.ts';
import type { ReadOutcome } from './read-statuses.ts';

/** The definitions of one brand, or of all where `businessUnitId` is null, in the order they were created. */
export async function listDefinitions(
  context: Context,
  principal: Principal,
  businessUnitId: number | null,
): Promise<ReadOutcome<SubscriptionDefinition>> {
  const catalog = await context.catalogs.catalog(principal.accountId);
  if (businessUnitId !== null && !catalog.businessUnits.has(businessUnitId)) {
    return { kind: 'refused', refusal: { code: 'business-unit-unknown', businessUnitId } };
  }
  const definitions = [...catalog.definitions.values()];
  return {
    kind: 'read',
    answers: definitions.filter((each) => businessUnitId === null || each.businessUnitId === businessUnitId),
  };
}
