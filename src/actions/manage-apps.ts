/** Creates, lists and changes an account's apps: the names under which changes are made, and what OAuth knows them by. */
import type { App } from '../domain/catalog.ts';
import { MAX_REDIRECT_URIS, problemOfRedirectUri } from '../domain/redirect-uri.ts';
import { checkId, checkName, firstProblem, insertWithId, invalid, tidy } from './manage-checks.ts';
import {
  done,
  instantAfter,
  type Management,
  type ManageOutcome,
  type ManageRefusal,
  persist,
  refused,
} from './manage-outcome.ts';

export interface AppWish {
  readonly id?: number | undefined;
  readonly name: string;
  readonly redirectUris?: readonly string[] | undefined;
}

export interface AppChange {
  readonly name?: string | undefined;
  /** All of them, in place of those there were. */
  readonly redirectUris?: readonly string[] | undefined;
}

/** An account's apps, the first one first. */
export async function listApps({ store }: Management, accountId: number): Promise<App[]> {
  const apps = await store.catalog.listApps(accountId);
  return apps.sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
}

/** An app as it begins: nobody is sent back to it, and it has no secret. */
export function composeApp(
  { randomness }: Pick<Management, 'randomness'>,
  of: Pick<App, 'id' | 'name' | 'createdAt'> & Partial<Pick<App, 'clientId' | 'redirectUris'>>,
): App {
  const { clientId = randomness.uuid(), redirectUris = [] } = of;
  return { ...of, clientId, redirectUris, secrets: [], updatedAt: of.createdAt };
}

export async function createApp(management: Management, accountId: number, wish: AppWish): Promise<ManageOutcome<App>> {
  const { redirectUris = [] } = wish;
  const problem = firstProblem(checkId('id', wish.id), checkName('name', wish.name), checkRedirectUris(redirectUris));
  if (problem) return refused(problem);
  const createdAt = management.clock();
  const outcome = await insertWithId<App>(management, 'app', wish.id, async (id) => {
    const app = composeApp(management, { id, name: tidy(wish.name), createdAt, redirectUris: unique(redirectUris) });
    const result = await management.store.catalog.insertApp(accountId, app);
    if (result === 'inserted') return done(app);
    // Its client id may have been taken, too.
    return (await isIdTaken(management, accountId, id)) ? 'taken' : 'again';
  });
  management.catalogs.clear();
  return outcome;
}

/** By an app of the account, or by another's that is installed: the ledger tells them apart by nothing else. */
async function isIdTaken({ store }: Management, accountId: number, id: number): Promise<boolean> {
  const apps = await store.catalog.listApps(accountId);
  const installations = await store.authorizations.listInstallations(accountId);
  return apps.some((app) => app.id === id) || installations.some(({ appId }) => appId === id);
}

/** Changes what is given and leaves the rest. */
export async function updateApp(
  management: Management,
  accountId: number,
  id: number,
  { name, redirectUris }: AppChange,
): Promise<ManageOutcome<App>> {
  const problem = firstProblem(checkName('name', name), checkRedirectUris(redirectUris ?? []));
  if (problem) return refused(problem);
  return changeApp(management, accountId, id, (app) => ({
    ...app,
    name: tidy(name ?? app.name),
    redirectUris: unique(redirectUris ?? app.redirectUris),
  }));
}

/** Makes of an app what `change` makes of it; nothing is written where that is the same. */
export async function changeApp(
  management: Management,
  accountId: number,
  id: number,
  change: (app: App, now: number) => App,
): Promise<ManageOutcome<App>> {
  const outcome = await persist<App>('app', async () => {
    const found = await findApp(management, accountId, id);
    if (found.kind === 'refused') return found;
    const before = found.value;
    const updatedAt = instantAfter(management.clock, before.updatedAt);
    const wanted = change(before, updatedAt);
    if (JSON.stringify(wanted) === JSON.stringify(before)) return done(before);
    const after = { ...wanted, updatedAt };
    const result = await management.store.catalog.updateApp(accountId, after, before.updatedAt);
    return result === 'stale' ? null : done(after);
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

/** What is wrong with redirect URIs, or null. */
export function checkRedirectUris(uris: readonly string[], field = 'redirectUris'): ManageRefusal | null {
  if (uris.length > MAX_REDIRECT_URIS) {
    return invalid(field, `must hold at most ${MAX_REDIRECT_URIS} URIs, not ${uris.length}`);
  }
  for (const [index, uri] of uris.entries()) {
    const problem = problemOfRedirectUri(uri);
    if (problem) return invalid(`${field}[${index}]`, problem);
  }
  return null;
}

function unique(uris: readonly string[]): readonly string[] {
  return [...new Set(uris)];
}
