/** What decisions are about, in the plainest form: a definition, and a request to set it. */
import type { SubscriptionDefinition } from '../../src/domain/catalog.ts';
import type { StatusChange } from '../../src/domain/outcome.ts';
import type { State } from '../../src/domain/preferences.ts';

export function definition(id: number, traits: Partial<SubscriptionDefinition> = {}): SubscriptionDefinition {
  return {
    id,
    businessUnitId: 0,
    name: `Type ${id}`,
    description: `What type ${id} is about`,
    purpose: 'Marketing',
    communicationMethod: 'Email',
    isActive: true,
    isDefault: false,
    isInternal: false,
    translations: [],
    createdAt: 10,
    updatedAt: 10,
    ...traits,
  };
}

export function statusChange(subscriptionId: number, state: State): StatusChange {
  return {
    kind: 'status-change',
    channel: 'EMAIL',
    subscriptionId,
    state,
    legalBasis: null,
    legalBasisExplanation: null,
  };
}
