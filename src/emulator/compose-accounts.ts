/** Makes accounts of a seed, as the store takes them: whole, each with what is set up in it. */
import { changeLook } from '../actions/change-look.ts';
import type { Randomness } from '../actions/context.ts';
import { checkLanguage, checkName, checkText } from '../actions/manage-checks.ts';
import { NEW_TOKEN, readNetworks } from '../actions/manage-tokens.ts';
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
import { composeApps } from './compose-apps.ts';
import { FIRST_ACCOUNT_ID, FIRST_DEFINITION_ID, FIXED_TOKEN } from './defaults.ts';
import type { Seed, SeedAccount, SeedDefinition, SeedToken } from './seed.ts';
import {
  created,
  instantAt,
  listed,
  readSecret,
  refuseRepeated,
  refuseRepeatedIds,
  refuseUnless,
  refuseUnlessUuid,
  type Setting,
  valueOrFault,
} from './seed-checks.ts';
import { faultAt } from './seed-fault.ts';

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

function composeToken(
  seed: SeedToken,
  at: string,
  { now, randomness }: Setting,
  accountId: number,
  apps: readonly App[],
): Token {
  const { token, sha256, hint, name = 'Test token', scopes = SCOPES } = seed;
  const secret = readSecret({ secret: token, sha256, hint }, 'token', at);
  refuseUnlessUuid(seed.id, `${at}.id`);
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
    ...secret,
    scopes: scopes as readonly Scope[],
    allowedNetworks: valueOrFault(readNetworks(seed.allowedNetworks ?? [], `${at}.allowedNetworks`)),
    ...NEW_TOKEN,
    createdAt: instantAt(seed.createdAt, `${at}.createdAt`) ?? now,
    expiresAt: instantAt(seed.expiresAt, `${at}.expiresAt`),
    revokedAt: instantAt(seed.revokedAt, `${at}.revokedAt`),
  };
}
