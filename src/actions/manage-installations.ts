/** Installs apps, which lets them act for an account, and uninstalls them. Tokens that were made for an app by hand are no part of it. */
import type { App } from '../domain/catalog.ts';
import type { Installation } from '../domain/installation.ts';
import { findApp } from './manage-apps.ts';
import { done, instantAfter, type Management, type ManageOutcome, refused } from './manage-outcome.ts';
import { readScopes } from './manage-tokens.ts';

/** Any app by its client id, or one within the account by its id. */
export type AppName = { readonly clientId: string } | { readonly appId: number };

export interface InstallationWish {
  readonly app: AppName;
  /** Those of the API where none is named; `optio.admin` must be asked for. */
  readonly scopes?: readonly string[] | undefined;
}

export interface InstalledApp {
  readonly installation: Installation;
  readonly app: App;
  /** Whether the app is the account's own. */
  readonly isOwn: boolean;
}

/** Lets an app of the account act for it without a consent on a page. Installing it again replaces its scopes. */
export async function installApp(
  management: Management,
  accountId: number,
  wish: InstallationWish,
): Promise<ManageOutcome<InstalledApp>> {
  const scopes = readScopes(wish.scopes);
  if (scopes.kind === 'refused') return scopes;
  const found = await findOwnApp(management, accountId, wish.app);
  if (found.kind === 'refused') return found;
  const app = found.value;
  const installation = await saveInstallation(management, app, { accountId, scopes: scopes.value, installedBy: null });
  if (installation === 'taken') throw new Error(`The account ${accountId} has two apps with the id ${app.id}`);
  return done({ installation, app, isOwn: true });
}

/**
 * Has the app act for the account from now on, later than any installation of it whose place this one takes. `taken`:
 * the account has another app with its id.
 */
export async function saveInstallation(
  management: Management,
  { id: appId, clientId }: App,
  approved: Pick<Installation, 'accountId' | 'scopes' | 'installedBy'>,
): Promise<Installation | 'taken'> {
  const { authorizations } = management.store;
  const before = await authorizations.findInstallation(approved.accountId, clientId);
  const updatedAt = instantAfter(management.clock, before?.updatedAt ?? 0);
  const installedAt = before?.installedAt ?? updatedAt;
  const installation: Installation = { ...approved, clientId, appId, installedAt, updatedAt };
  const result = await authorizations.install(installation);
  management.catalogs.clear();
  return result === 'taken' ? result : installation;
}

/** The account's own; another's is for an operator to approve, who is shown what it asks for. */
async function findOwnApp(management: Management, accountId: number, name: AppName): Promise<ManageOutcome<App>> {
  if ('appId' in name) {
    const own = await findApp(management, accountId, name.appId);
    const installed = own.kind === 'refused' && (await lookUp(management, accountId, name));
    return installed ? refused({ code: 'foreign-app', field: 'appId', clientId: installed.clientId }) : own;
  }
  const { clientId } = name;
  const found = await management.store.authorizations.findApp(clientId);
  if (!found) return refused({ code: 'not-found', thing: 'client id', id: clientId });
  if (found.accountId !== accountId) return refused({ code: 'foreign-app', field: 'clientId', clientId });
  return done(found.app);
}

/** What is installed in the account, the first one first. */
export async function listInstallations(management: Management, accountId: number): Promise<InstalledApp[]> {
  const installations = await management.store.authorizations.listInstallations(accountId);
  return Promise.all(installations.map((installation) => withApp(management, installation)));
}

export async function findInstallation(
  management: Management,
  accountId: number,
  name: AppName,
): Promise<ManageOutcome<InstalledApp>> {
  const installation = await lookUp(management, accountId, name);
  return installation ? done(await withApp(management, installation)) : missing(name);
}

/** Ends at once all that was given to the app for the account, at every server. */
export async function uninstallApp(
  management: Management,
  accountId: number,
  name: AppName,
): Promise<ManageOutcome<Installation>> {
  const installation = await lookUp(management, accountId, name);
  const wasThere =
    installation !== null && (await management.store.authorizations.uninstall(accountId, installation.clientId));
  management.catalogs.clear();
  return wasThere ? done(installation) : missing(name);
}

/** The e-mail addresses of the operators who approved, by their ids; of those who are still there. */
export async function emailsOfInstallers(
  { store }: Management,
  installed: readonly InstalledApp[],
): Promise<ReadonlyMap<number, string>> {
  const ids = new Set(installed.flatMap(({ installation }) => installation.installedBy ?? []));
  const operators = await Promise.all([...ids].map((id) => store.operators.find(id)));
  return new Map(operators.flatMap((operator) => (operator ? [[operator.id, operator.email]] : [])));
}

async function lookUp({ store }: Management, accountId: number, name: AppName): Promise<Installation | null> {
  if ('clientId' in name) return store.authorizations.findInstallation(accountId, name.clientId);
  const installations = await store.authorizations.listInstallations(accountId);
  return installations.find(({ appId }) => appId === name.appId) ?? null;
}

async function withApp({ store }: Management, installation: Installation): Promise<InstalledApp> {
  const found = await store.authorizations.findApp(installation.clientId);
  if (!found) throw new Error(`The app ${installation.clientId} does not exist, yet it is installed`);
  return { installation, app: found.app, isOwn: found.accountId === installation.accountId };
}

function missing(name: AppName): ManageOutcome<never> {
  return refused({ code: 'not-found', thing: 'installation', id: 'clientId' in name ? name.clientId : name.appId });
}
