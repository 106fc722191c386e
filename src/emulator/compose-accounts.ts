/** Makes accounts of a seed, as the store takes them: whole, each with what is set up in it. */
import { changeLook } from '../actions/change-look.ts';
import type { Randomness } from '../actions/context.ts';
import { hashSecret } from '../actions/hash-secret.ts';
import { checkRedirectUris, composeApp } from '../actions/manage-apps.ts';
import { checkLanguage, checkName, checkText } from '../actions/manage-checks.ts';
import type { ManageOutcome, ManageRefusal } from '../actions/manage-outcome.ts';
import { NEW_TOKEN, readNetworks } from '../actions/manage-tokens.ts';
import { INSTANT_FORM, parseInstant } from '../actions/parse-instant.ts';
import { SCOPES, type Scope } from '../domain/access.ts';
import { type BrandLook, type LookChange, PLAIN_LOOK } from '../domain/brand-look.ts';
import {
  type App,
  type BusinessUnit,
  DEFAULT_DEFINITIONS,
  type SubscriptionDefinition,
  type Token,
} from '../domain/catalog.ts';
import type { NewAccount } from '../storage/port.ts';
import { APP_ID, FIRST_ACCOUNT_ID, FIRST_DEFINITION_ID, FIXED_TOKEN } from './defaults.ts';
import type { Seed, SeedAccount, SeedDefinition, SeedToken } from './seed.ts';
import { faultAt } from './seed-fault.ts';

/** What everything that is composed depends on besides the seed. */
interface Setting {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly randomness: Randomness;
}

/** The seed's accounts, in their order. Throws `SeedFault`. */
export function composeAccounts(seed: Seed, now: number, randomness: Randomness): NewAccount[] {
  const setting = { now, randomness };
  const accounts = seed.accounts.map((account, index) => composeAccount(account, index, setting));
  refuseRepeated(accounts.map(({ account }, index) => ({ at: `accounts[${index}].id`, key: account.id })));
  refuseRepeated(
    accounts.flatMap(({ apps }, index) =>
      apps.map(({ clientId }, each) => ({ at: `accounts[${index}].apps[${each}].clientId`, key: clientId })),
    ),
  );
  const tokens = accounts.flatMap((account, index) =>
    account.tokens.map((token, each) => ({ at: `accounts[${index}].tokens[${each}]`, token })),
  );
  refuseRepeated(tokens.map(({ at, token }) => ({ at, key: token.secretHash })));
  refuseRepeated(tokens.map(({ at, token }) => ({ at: `${at}.id`, key: token.id })));
  return accounts;
}

function composeAccount(seed: SeedAccount, index: number, setting: Setting): NewAccount {
  const at = `accounts[${index}]`;
  const name = seed.name ?? 'Test account';
  refuseUnless(checkName(`${at}.name`, name));
  const account = {
    id: seed.id ?? FIRST_ACCOUNT_ID + index,
    name,
    dataPrivacy: seed.dataPrivacy ?? false,
    mailRule: seed.mailRule ?? 'opt-in',
    keepEvidenceMonths: seed.keepEvidenceMonths ?? null,
    ...created(seed, at, setting.now),
  };
  const businessUnits = composeBrands(seed, at, setting, name);
  const apps = composeApps(seed, at, setting);
  const definitions = composeDefinitions(seed, at, setting, new Set(businessUnits.map(({ id }) => id)));
  const seededTokens = seed.tokens ?? (index === 0 ? [{ token: FIXED_TOKEN }] : []);
  const tokens = seededTokens.map((token, each) =>
    composeToken(token, `${at}.tokens[${each}]`, setting, account.id, apps),
  );
  return { account, businessUnits, definitions, apps, tokens };
}

function composeBrands(seed: SeedAccount, at: string, { now }: Setting, accountName: string): BusinessUnit[] {
  const brands = (seed.brands ?? []).map((brand, index) => {
    const here = `${at}.brands[${index}]`;
    refuseUnless(checkName(`${here}.name`, brand.name));
    const look = composeLook(brand.look ?? {}, `${here}.look`);
    return { id: brand.id, name: brand.name, look, ...created(brand, here, now) };
  });
  refuseRepeatedIds(brands, `${at}.brands`);
  const ownBrand = { id: 0, name: accountName, look: PLAIN_LOOK, ...created(seed, at, now) };
  return brands.some(({ id }) => id === 0) ? brands : [ownBrand, ...brands];
}

function composeLook(seed: LookChange, at: string): BrandLook {
  return valueOrFault(changeLook(PLAIN_LOOK, seed, at));
}

function composeApps(seed: SeedAccount, at: string, { now, randomness }: Setting): App[] {
  const seeded = seed.apps ?? [{ id: APP_ID, name: 'Default app' }];
  const apps = seeded.map((app, index) => {
    const here = `${at}.apps[${index}]`;
    const { id, name, clientId, redirectUris = [] } = app;
    refuseUnless(checkName(`${here}.name`, name), checkRedirectUris(redirectUris, `${here}.redirectUris`));
    if (clientId !== undefined && !UUID.test(clientId)) throw faultAt(`${here}.clientId`, NO_UUID);
    const { createdAt } = created(app, here, now);
    return composeApp({ randomness }, { id, name, createdAt, redirectUris, ...(clientId && { clientId }) });
  });
  refuseRepeatedIds(apps, `${at}.apps`);
  return apps;
}

function composeDefinitions(
  seed: SeedAccount,
  at: string,
  { now }: Setting,
  brands: ReadonlySet<number>,
): SubscriptionDefinition[] {
  const byDefault = DEFAULT_DEFINITIONS.map((definition, index): SeedDefinition => {
    return { ...definition, id: FIRST_DEFINITION_ID + index, isDefault: true };
  });
  const definitions = (seed.definitions ?? byDefault).map((definition, index) => {
    const here = `${at}.definitions[${index}]`;
    const { id, name, description = '', purpose = 'Marketing', communicationMethod = 'Email' } = definition;
    const { businessUnitId = 0, isActive = true, isDefault = false, isInternal = false } = definition;
    refuseUnless(
      checkName(`${here}.name`, name),
      checkText(`${here}.description`, description),
      checkName(`${here}.purpose`, purpose),
      checkName(`${here}.communicationMethod`, communicationMethod),
    );
    if (!brands.has(businessUnitId)) {
      const allowed = `0 or the id of one of ${at}.brands`;
      throw faultAt(
        `${here}.businessUnitId`,
        `was ${businessUnitId}, which is no brand of the account. Allowed: ${allowed}`,
      );
    }
    return {
      ...{ id, businessUnitId, name, description, purpose, communicationMethod, isActive, isDefault, isInternal },
      translations: composeTranslations(definition, here, now),
      ...created(definition, here, now),
    };
  });
  refuseRepeatedIds(definitions, `${at}.definitions`);
  return definitions;
}

function composeTranslations({ translations = [] }: SeedDefinition, at: string, now: number) {
  return translations.map((translation, index) => {
    const here = `${at}.translations[${index}]`;
    const { languageCode, name, description = '' } = translation;
    refuseUnless(
      checkLanguage(`${here}.languageCode`, languageCode),
      checkName(`${here}.name`, name),
      checkText(`${here}.description`, description),
    );
    return { languageCode, name, description, ...created(translation, here, now) };
  });
}

const SHA_256 = /^[0-9a-f]{64}$/;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const NO_UUID = 'was no UUID. Allowed: one in lower case, or none';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function composeToken(
  seed: SeedToken,
  at: string,
  { now, randomness }: Setting,
  accountId: number,
  apps: readonly App[],
): Token {
  const { token, sha256, hint = '', name = 'Test token', scopes = SCOPES } = seed;
  if ((token === undefined) === (sha256 === undefined)) throw faultAt(at, 'must have either token or sha256');
  if (token !== undefined && !VISIBLE_ASCII.test(token)) {
    throw faultAt(`${at}.token`, 'was no token. Allowed: visible ASCII characters without spaces');
  }
  if (sha256 !== undefined && !SHA_256.test(sha256)) {
    throw faultAt(`${at}.sha256`, 'was no SHA-256. Allowed: 64 hexadecimal digits in lower case');
  }
  if (seed.id !== undefined && !UUID.test(seed.id)) {
    throw faultAt(`${at}.id`, NO_UUID);
  }
  refuseUnless(checkName(`${at}.name`, name));
  const appId = seed.appId ?? apps[0]!.id;
  if (!apps.some(({ id }) => id === appId)) {
    throw faultAt(`${at}.appId`, `was ${appId}, which is no app of the account. Allowed: ${listed(apps)}`);
  }
  return {
    id: seed.id ?? randomness.uuid(),
    accountId,
    appId,
    name,
    secretHash: sha256 ?? hashSecret(token!),
    hint: token?.slice(-4) ?? hint,
    scopes: scopes as readonly Scope[],
    allowedNetworks: valueOrFault(readNetworks(seed.allowedNetworks ?? [], `${at}.allowedNetworks`)),
    ...NEW_TOKEN,
    createdAt: instantAt(seed.createdAt, `${at}.createdAt`) ?? now,
    expiresAt: instantAt(seed.expiresAt, `${at}.expiresAt`),
    revokedAt: instantAt(seed.revokedAt, `${at}.revokedAt`),
  };
}

/** Ids for people. */
export function listed(things: Iterable<{ readonly id: number }>): string {
  return [...things].map(({ id }) => id).join(', ') || 'none, for there is none';
}

function created(
  of: { readonly createdAt?: string; readonly updatedAt?: string },
  at: string,
  now: number,
): { createdAt: number; updatedAt: number } {
  const createdAt = instantAt(of.createdAt, `${at}.createdAt`) ?? now;
  return { createdAt, updatedAt: instantAt(of.updatedAt, `${at}.updatedAt`) ?? createdAt };
}

/** Epoch milliseconds; null where the seed says nothing. Throws `SeedFault`. */
export function instantAt(text: string | null | undefined, at: string): number | null {
  if (text === null || text === undefined) return null;
  const instant = parseInstant(text);
  if (instant === null) {
    throw faultAt(at, `was ${JSON.stringify(text.slice(0, 80))}, which is no instant. Allowed: ${INSTANT_FORM}`);
  }
  return instant;
}

/** Throws what is wrong with a part of the seed. */
function valueOrFault<Value>(outcome: ManageOutcome<Value>): Value {
  if (outcome.kind === 'done') return outcome.value;
  const { refusal } = outcome;
  if (refusal.code !== 'invalid') throw new Error(`A part of a seed was refused for ${refusal.code}`);
  throw faultAt(refusal.field, refusal.problem);
}

function refuseUnless(...problems: readonly (ManageRefusal | null)[]): void {
  for (const problem of problems) if (problem?.code === 'invalid') throw faultAt(problem.field, problem.problem);
}

/** Throws where two things have the same key, naming the second. */
function refuseRepeated(things: readonly { readonly at: string; readonly key: string | number }[]): void {
  const seen = new Map<string | number, string>();
  for (const { at, key } of things) {
    const first = seen.get(key);
    if (first !== undefined) throw faultAt(at, `is the same as ${first}. Allowed: each only once`);
    seen.set(key, at);
  }
}

function refuseRepeatedIds(things: readonly { readonly id: number }[], at: string): void {
  refuseRepeated(things.map(({ id }, index) => ({ at: `${at}[${index}].id`, key: id })));
}
