/** Installs apps, which lets them act for an account, and uninstalls them. Tokens that were made for an app by hand are no part of it. */
import type { App } from '../domain/catalog.ts';
import type { Installation } from '../domain/installation.ts';
import type { FoundApp } from '../storage/port.ts';
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

/** Lets an app act for the account without anybody's consent on a page. Installing it again replaces its scopes. */
export async function installApp(
  management: Management,
  accountId: number,
  wish: InstallationWish,
): Promise<ManageOutcome<InstalledApp>> {
  const scopes = readScopes(wish.scopes);
  if (scopes.kind === 'refused') return scopes;
  const found = await findInstallable(management, accountId, wish.app);
  if (found.kind === 'refused') return found;
  const { clientId, id: appId } = found.value.app;
  const { authorizations } = management.store;
  const before = await authorizations.findInstallation(accountId, clientId);
  const updatedAt = instantAfter(management.clock, before?.updatedAt ?? 0);
  const installation: Installation = {
    accountId,
    clientId,
    appId,
    scopes: scopes.value,
    installedBy: null,
    installedAt: before?.installedAt ?? updatedAt,
    updatedAt,
  };
  const result = await authorizations.install(installation);
  management.catalogs.clear();
  return result === 'taken'
    ? refused({ code: 'app-id-taken', id: appId })
    : done(installedApp(installation, found.value));
}

/** An app of the account by its id, or of any account by its client id. */
async function findInstallable(
  management: Management,
  accountId: number,
  name: AppName,
): Promise<ManageOutcome<FoundApp>> {
  if ('appId' in name) {
    const own = await findApp(management, accountId, name.appId);
    return own.kind === 'done' ? done({ accountId, app: own.value }) : own;
  }
  const found = await management.store.authorizations.findApp(name.clientId);
  return found ? done(found) : refused({ code: 'not-found', thing: 'client id', id: name.clientId });
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
  return installedApp(installation, found);
}

function installedApp(installation: Installation, { app, accountId }: FoundApp): InstalledApp {
  return { installation, app, isOwn: accountId === installation.accountId };
}

function missing(name: AppName): ManageOutcome<never> {
  return refused({ code: 'not-found', thing: 'installation', id: 'clientId' in name ? name.clientId : name.appId });
}
