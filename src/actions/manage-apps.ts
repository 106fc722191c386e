/** Creates and lists an account's apps: the names under which changes are made. */
import type { App } from '../domain/catalog.ts';
import { checkId, checkName, firstProblem, insertWithId, tidy } from './manage-checks.ts';
import { done, type Management, type ManageOutcome, refused } from './manage-outcome.ts';

export interface AppWish {
  readonly id?: number | undefined;
  readonly name: string;
}

/** An account's apps, the first one first. */
export async function listApps({ store }: Management, accountId: number): Promise<App[]> {
  const apps = await store.catalog.listApps(accountId);
  return apps.sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
}

export async function createApp(management: Management, accountId: number, wish: AppWish): Promise<ManageOutcome<App>> {
  const problem = firstProblem(checkId('id', wish.id), checkName('name', wish.name));
  if (problem) return refused(problem);
  const now = management.clock();
  const outcome = await insertWithId<App>(management, 'app', wish.id, async (id) => {
    const app = { id, name: tidy(wish.name), createdAt: now };
    const result = await management.store.catalog.insertApp(accountId, app);
    return result === 'taken' ? 'taken' : done(app);
  });
  management.catalogs.clear();
  return outcome;
}

/** The app of that id; without one, the only app the account has. */
export async function findApp(
  management: Management,
  accountId: number,
  id: number | undefined,
): Promise<ManageOutcome<App>> {
  const apps = await listApps(management, accountId);
  if (id === undefined && apps.length > 1) {
    return refused({ code: 'ambiguous', thing: 'app', ids: apps.map((app) => app.id) });
  }
  const app = id === undefined ? apps[0] : apps.find((candidate) => candidate.id === id);
  return app ? done(app) : refused({ code: 'not-found', thing: 'app', id: id ?? 'yet' });
}
