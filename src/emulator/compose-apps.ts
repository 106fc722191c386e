/** Makes an account's apps of a seed, with what OAuth knows them by. */
import { checkRedirectUris, composeApp } from '../actions/manage-apps.ts';
import { checkName } from '../actions/manage-checks.ts';
import type { App, ClientSecret } from '../domain/catalog.ts';
import { APP_ID } from './defaults.ts';
import type { SeedAccount, SeedApp } from './seed.ts';
import {
  created,
  instantAt,
  readSecret,
  refuseRepeatedIds,
  refuseUnless,
  refuseUnlessUuid,
  type Setting,
} from './seed-checks.ts';
import { faultAt } from './seed-fault.ts';

/** An app has two client secrets at most: one, and the one that takes its place. */
const MOST_SECRETS = 2;

/** `at` is the account's place in the seed. Throws `SeedFault`. */
export function composeApps(seed: SeedAccount, at: string, setting: Setting): App[] {
  const seeded = seed.apps ?? [{ id: APP_ID, name: 'Default app' }];
  const apps = seeded.map((app, index) => composeSeedApp(app, `${at}.apps[${index}]`, setting));
  refuseRepeatedIds(apps, `${at}.apps`);
  return apps;
}

function composeSeedApp(app: SeedApp, at: string, { now, randomness }: Setting): App {
  const { id, name, clientId, redirectUris = [] } = app;
  refuseUnless(checkName(`${at}.name`, name), checkRedirectUris(redirectUris, `${at}.redirectUris`));
  refuseUnlessUuid(clientId, `${at}.clientId`);
  const { createdAt } = created(app, at, now);
  const composed = composeApp({ randomness }, { id, name, createdAt, redirectUris, ...(clientId && { clientId }) });
  return { ...composed, secrets: composeSecrets(app, at, now) };
}

function composeSecrets({ clientSecret, clientSecrets = [] }: SeedApp, at: string, now: number): ClientSecret[] {
  if (clientSecret !== undefined) {
    if (clientSecrets.length > 0) throw faultAt(at, 'must have either clientSecret or clientSecrets');
    const secret = readSecret({ secret: clientSecret }, 'clientSecret', at);
    return [{ ...secret, createdAt: now, expiresAt: null }];
  }
  if (clientSecrets.length > MOST_SECRETS) {
    throw faultAt(`${at}.clientSecrets`, `were ${clientSecrets.length}. Allowed: ${MOST_SECRETS} at most`);
  }
  return clientSecrets.map(({ secret, sha256, hint, createdAt, expiresAt }, index) => {
    const here = `${at}.clientSecrets[${index}]`;
    return {
      ...readSecret({ secret, sha256, hint }, 'secret', here),
      createdAt: instantAt(createdAt, `${here}.createdAt`) ?? now,
      expiresAt: instantAt(expiresAt, `${here}.expiresAt`),
    };
  });
}
