/** Creates, lists and changes subscription definitions. They are never deleted: the ledger refers to them. */
import type { Catalog, SubscriptionDefinition } from '../domain/catalog.ts';
import { checkId, checkName, checkText, firstProblem, insertWithId, invalid, tidy } from './manage-checks.ts';
import {
  done,
  instantAfter,
  type Management,
  type ManageOutcome,
  type ManageRefusal,
  persist,
  refused,
} from './manage-outcome.ts';

/** What may be changed. Not the brand: a contact's opt-out of it would silently stop to cover the definition. */
export interface DefinitionChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly purpose?: string | undefined;
  readonly communicationMethod?: string | undefined;
  readonly isActive?: boolean | undefined;
  readonly isDefault?: boolean | undefined;
  readonly isInternal?: boolean | undefined;
}

export interface DefinitionWish extends DefinitionChange {
  readonly id?: number | undefined;
  readonly name: string;
  readonly purpose: string;
  readonly businessUnitId?: number | undefined;
}

/** An account's definitions, active or not, in the order they were created; of one brand where it is named. */
export async function listAllDefinitions(
  management: Management,
  accountId: number,
  businessUnitId?: number | undefined,
): Promise<ManageOutcome<SubscriptionDefinition[]>> {
  const catalog = await management.store.catalog.loadCatalog(accountId);
  if (!catalog) return refused({ code: 'not-found', thing: 'account', id: accountId });
  if (businessUnitId !== undefined && !catalog.businessUnits.has(businessUnitId)) {
    return refused({ code: 'not-found', thing: 'brand', id: businessUnitId });
  }
  const definitions = [...catalog.definitions.values()];
  return done(definitions.filter((each) => businessUnitId === undefined || each.businessUnitId === businessUnitId));
}

export async function findDefinition(
  management: Management,
  accountId: number,
  id: number,
): Promise<ManageOutcome<SubscriptionDefinition>> {
  const catalog = await management.store.catalog.loadCatalog(accountId);
  return definitionOf(catalog, id);
}

function definitionOf(catalog: Catalog | null, id: number): ManageOutcome<SubscriptionDefinition> {
  const definition = catalog?.definitions.get(id);
  return definition ? done(definition) : refused({ code: 'not-found', thing: 'definition', id });
}

/** Creates a definition, by default one of the account's own brand, active, for e-mail, not internal. */
export async function createDefinition(
  management: Management,
  accountId: number,
  wish: DefinitionWish,
): Promise<ManageOutcome<SubscriptionDefinition>> {
  const problem = firstProblem(checkId('id', wish.id), checkChange(wish));
  if (problem) return refused(problem);
  const businessUnitId = wish.businessUnitId ?? 0;
  const catalog = await management.store.catalog.loadCatalog(accountId);
  if (!catalog) return refused({ code: 'not-found', thing: 'account', id: accountId });
  if (!catalog.businessUnits.has(businessUnitId)) {
    return refused({ code: 'not-found', thing: 'brand', id: businessUnitId });
  }
  const now = management.clock();
  const outcome = await insertWithId<SubscriptionDefinition>(management, 'definition', wish.id, async (id) => {
    const blank = { ...BLANK, id, businessUnitId, createdAt: now, updatedAt: now };
    const definition = applyChange(blank, wish);
    const result = await management.store.catalog.insertDefinition(accountId, definition);
    return result === 'taken' ? 'taken' : done(definition);
  });
  management.catalogs.clear();
  return outcome;
}

const BLANK = {
  name: '',
  description: '',
  purpose: '',
  communicationMethod: 'Email',
  isActive: true,
  isDefault: false,
  isInternal: false,
  translations: [],
};

/** Changes what is given and leaves the rest. A brand may be named, so that asking for another one is refused aloud. */
export async function updateDefinition(
  management: Management,
  accountId: number,
  id: number,
  change: DefinitionChange & { readonly businessUnitId?: number | undefined },
): Promise<ManageOutcome<SubscriptionDefinition>> {
  const problem = checkChange(change);
  if (problem) return refused(problem);
  return rewriteDefinition(management, accountId, id, (before) => {
    if (change.businessUnitId !== undefined && change.businessUnitId !== before.businessUnitId) {
      return refused(
        invalid('businessUnitId', `must stay ${before.businessUnitId}: contacts may have opted out of that brand`),
      );
    }
    return done(applyChange(before, change));
  });
}

/**
 * Loads a definition, has it rewritten, and stores what came out if anything differs; again where somebody else was
 * faster. `rewrite` leaves `updatedAt` alone and may run more than once.
 */
export async function rewriteDefinition(
  management: Management,
  accountId: number,
  id: number,
  rewrite: (before: SubscriptionDefinition, now: number) => ManageOutcome<SubscriptionDefinition>,
): Promise<ManageOutcome<SubscriptionDefinition>> {
  const outcome = await persist('definition', async () => {
    const found = await findDefinition(management, accountId, id);
    if (found.kind === 'refused') return found;
    const before = found.value;
    const now = instantAfter(management.clock, before.updatedAt);
    const rewritten = rewrite(before, now);
    if (rewritten.kind === 'refused') return rewritten;
    if (JSON.stringify(rewritten.value) === JSON.stringify(before)) return found;
    const after = { ...rewritten.value, updatedAt: now };
    const result = await management.store.catalog.updateDefinition(accountId, after, before.updatedAt);
    return result === 'stale' ? null : done(after);
  });
  management.catalogs.clear();
  return outcome;
}

function checkChange(change: DefinitionChange): ManageRefusal | null {
  return firstProblem(
    checkName('name', change.name),
    checkText('description', change.description),
    checkName('purpose', change.purpose),
    checkName('communicationMethod', change.communicationMethod),
  );
}

function applyChange(before: SubscriptionDefinition, change: DefinitionChange): SubscriptionDefinition {
  return {
    ...before,
    name: tidy(change.name ?? before.name),
    description: tidy(change.description ?? before.description),
    purpose: tidy(change.purpose ?? before.purpose),
    communicationMethod: tidy(change.communicationMethod ?? before.communicationMethod),
    isActive: change.isActive ?? before.isActive,
    isDefault: change.isDefault ?? before.isDefault,
    isInternal: change.isInternal ?? before.isInternal,
  };
}
