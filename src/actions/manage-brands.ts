/** Creates, lists and renames an account's brands (HubSpot: business units). Brand 0 is the account's own. */
import type { BusinessUnit } from '../domain/catalog.ts';
import { checkId, checkName, firstProblem, insertWithId, tidy } from './manage-checks.ts';
import { done, instantAfter, type Management, type ManageOutcome, persist, refused } from './manage-outcome.ts';

export interface BrandWish {
  readonly id?: number | undefined;
  readonly name: string;
}

export async function listBrands(management: Management, accountId: number): Promise<ManageOutcome<BusinessUnit[]>> {
  const catalog = await management.store.catalog.loadCatalog(accountId);
  if (!catalog) return refused({ code: 'not-found', thing: 'account', id: accountId });
  return done([...catalog.businessUnits.values()].sort((a, b) => a.createdAt - b.createdAt || a.id - b.id));
}

export async function findBrand(
  management: Management,
  accountId: number,
  id: number,
): Promise<ManageOutcome<BusinessUnit>> {
  const brand = (await management.store.catalog.loadCatalog(accountId))?.businessUnits.get(id);
  return brand ? done(brand) : refused({ code: 'not-found', thing: 'brand', id });
}

export async function createBrand(
  management: Management,
  accountId: number,
  wish: BrandWish,
): Promise<ManageOutcome<BusinessUnit>> {
  const problem = firstProblem(checkId('id', wish.id), checkName('name', wish.name));
  if (problem) return refused(problem);
  const now = management.clock();
  const outcome = await insertWithId<BusinessUnit>(management, 'brand', wish.id, async (id) => {
    const brand = { id, name: tidy(wish.name), createdAt: now, updatedAt: now };
    const result = await management.store.catalog.insertBusinessUnit(accountId, brand);
    return result === 'taken' ? 'taken' : done(brand);
  });
  management.catalogs.clear();
  return outcome;
}

export async function renameBrand(
  management: Management,
  accountId: number,
  id: number,
  name: string | undefined,
): Promise<ManageOutcome<BusinessUnit>> {
  const problem = checkName('name', name);
  if (problem) return refused(problem);
  const outcome = await persist<BusinessUnit>('brand', async () => {
    const before = (await management.store.catalog.loadCatalog(accountId))?.businessUnits.get(id);
    if (!before) return refused({ code: 'not-found', thing: 'brand', id });
    const wanted = tidy(name ?? before.name);
    if (wanted === before.name) return done(before);
    const after = { ...before, name: wanted, updatedAt: instantAfter(management.clock, before.updatedAt) };
    const result = await management.store.catalog.updateBusinessUnit(accountId, after, before.updatedAt);
    return result === 'stale' ? null : done(after);
  });
  management.catalogs.clear();
  return outcome;
}
