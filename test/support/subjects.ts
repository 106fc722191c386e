/** What an account has set up, in the plainest form, and requests to it. */
import { randomUUID } from 'node:crypto';
import type { App, SubscriptionDefinition } from '../../src/domain/catalog.ts';
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

export function app(id: number, traits: Partial<App> = {}): App {
  const clientId = randomUUID();
  return { id, name: `App ${id}`, clientId, redirectUris: [], secrets: [], createdAt: 10, updatedAt: 10, ...traits };
}
