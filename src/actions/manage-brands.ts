/** Creates, lists and changes an account's brands (HubSpot: business units). Brand 0 is the account's own. */
import { type LookChange, PLAIN_LOOK } from '../domain/brand-look.ts';
import type { BusinessUnit } from '../domain/catalog.ts';
import { changeLook } from './change-look.ts';
import { checkId, checkName, firstProblem, insertWithId, tidy } from './manage-checks.ts';
import { done, instantAfter, type Management, type ManageOutcome, persist, refused } from './manage-outcome.ts';

export interface BrandChange {
  readonly name?: string | undefined;
  readonly look?: LookChange | undefined;
}

export interface BrandWish extends BrandChange {
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
  const look = changeLook(PLAIN_LOOK, wish.look ?? {});
  if (look.kind === 'refused') return look;
  const now = management.clock();
  const outcome = await insertWithId<BusinessUnit>(management, 'brand', wish.id, async (id) => {
    const brand = { id, name: tidy(wish.name), look: look.value, createdAt: now, updatedAt: now };
    const result = await management.store.catalog.insertBusinessUnit(accountId, brand);
    return result === 'taken' ? 'taken' : done(brand);
  });
  management.catalogs.clear();
  return outcome;
}

/** Renames a brand and changes its look: changes what is given and leaves the rest. */
export async function updateBrand(
  management: Management,
  accountId: number,
  id: number,
  change: BrandChange,
): Promise<ManageOutcome<BusinessUnit>> {
  const problem = checkName('name', change.name);
  if (problem) return refused(problem);
  const outcome = await persist<BusinessUnit>('brand', async () => {
    const before = (await management.store.catalog.loadCatalog(accountId))?.businessUnits.get(id);
    if (!before) return refused({ code: 'not-found', thing: 'brand', id });
    const look = changeLook(before.look, change.look ?? {});
    if (look.kind === 'refused') return look;
    const wanted = { ...before, name: tidy(change.name ?? before.name), look: look.value };
    if (JSON.stringify(wanted) === JSON.stringify(before)) return done(before);
    const after = { ...wanted, updatedAt: instantAfter(management.clock, before.updatedAt) };
    const result = await management.store.catalog.updateBusinessUnit(accountId, after, before.updatedAt);
    return result === 'stale' ? null : done(after);
  });
  management.catalogs.clear();
  return outcome;
}
