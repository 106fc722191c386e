/** An account's set-up as plain resources: what the management API answers and `--json` prints. */
import type { BrandLook } from '../domain/brand-look.ts';
import type {
  Account,
  App,
  BusinessUnit,
  ClientSecret,
  SubscriptionDefinition,
  Token,
  Translation,
} from '../domain/catalog.ts';
import type { LinkKey } from '../domain/link.ts';
import type { Operator } from '../domain/operator.ts';
import type { InstalledApp } from './manage-installations.ts';
import type { OperatorWithPassword, OperatorWithTotp } from './manage-operators.ts';
import type { IssuedToken } from './manage-tokens.ts';
import type { IssuedAppSecret } from './rotate-app-secret.ts';
import { instant, instantOrNull } from './show-instant.ts';

export function describeAccount(account: Account) {
  const { id, name, dataPrivacy, mailRule, keepEvidenceMonths } = account;
  return { id, name, dataPrivacy, mailRule, keepEvidenceMonths, ...instantsOf(account) };
}

export function describeDefinition(definition: SubscriptionDefinition) {
  const { id, businessUnitId, name, description, purpose, communicationMethod } = definition;
  const { isActive, isDefault, isInternal, translations } = definition;
  return {
    id,
    businessUnitId,
    name,
    description,
    purpose,
    communicationMethod,
    isActive,
    isDefault,
    isInternal,
    translations: translations.map(describeTranslation),
    ...instantsOf(definition),
  };
}

export function describeTranslation(translation: Translation) {
  const { languageCode, name, description } = translation;
  return { languageCode, name, description, ...instantsOf(translation) };
}

export function describeBrand(brand: BusinessUnit) {
  return { id: brand.id, name: brand.name, look: describeLook(brand.look), ...instantsOf(brand) };
}

function describeLook(look: BrandLook) {
  const { accentColor, bannerColor, logo, texts, unsubscribeMailbox, listDomain } = look;
  return {
    accentColor,
    bannerColor,
    logo,
    languages: [...look.languages],
    texts,
    footerLinks: [...look.footerLinks],
    unsubscribeMailbox,
    listDomain,
  };
}

export function describeApp(app: App) {
  const { id, name, clientId, redirectUris, secrets } = app;
  return {
    id,
    name,
    clientId,
    redirectUris: [...redirectUris],
    secrets: secrets.map(describeClientSecret),
    ...instantsOf(app),
  };
}

/** A secret without itself, which nobody knows any more, and without its hash. */
function describeClientSecret({ hint, createdAt, expiresAt }: ClientSecret) {
  return { hint, createdAt: instant(createdAt), expiresAt: instantOrNull(expiresAt) };
}

/** An app with its new secret, at the one moment it is known. */
export function describeIssuedAppSecret({ app, secret }: IssuedAppSecret) {
  return { clientSecret: secret, ...describeApp(app) };
}

export function describeInstallation({ installation, app, isOwn }: InstalledApp) {
  const { clientId, appId, scopes, installedBy, installedAt, updatedAt } = installation;
  return {
    clientId,
    appId,
    name: app.name,
    ownAccount: isOwn,
    scopes: [...scopes],
    installedBy,
    installedAt: instant(installedAt),
    updatedAt: instant(updatedAt),
  };
}

/** A token without its secret, which nobody knows any more, and without the secret's hash. */
export function describeToken(token: Token) {
  const { id, accountId, appId, name, hint, scopes, allowedNetworks, oldSecret } = token;
  return {
    id,
    accountId,
    appId,
    name,
    hint,
    scopes: [...scopes],
    allowedNetworks: [...allowedNetworks],
    createdAt: instant(token.createdAt),
    expiresAt: instantOrNull(token.expiresAt),
    revokedAt: instantOrNull(token.revokedAt),
    rotatedAt: instantOrNull(token.rotatedAt),
    oldSecret: oldSecret && { hint: oldSecret.hint, endsAt: instant(oldSecret.endsAt) },
    lastUsedAt: instantOrNull(token.lastUsedAt),
  };
}

/** A token with its secret, at the one moment it is known. */
export function describeIssuedToken({ token, secret }: IssuedToken) {
  return { token: secret, ...describeToken(token) };
}

/** A key without its secret. */
export function describeLinkKey({ id, createdAt, retiresAt }: LinkKey) {
  return { id, createdAt: instant(createdAt), retiresAt: instantOrNull(retiresAt) };
}

/** An operator without what they sign in with. `accountIds` null: all. */
export function describeOperator(operator: Operator) {
  const { id, email, accountIds, totpSecret } = operator;
  return { id, email, accountIds: accountIds && [...accountIds], totp: totpSecret !== null, ...instantsOf(operator) };
}

/** An operator with the password that was made for them, at the one moment it is known. */
export function describeOperatorWithPassword({ operator, password }: OperatorWithPassword) {
  return { ...(password !== null && { password }), ...describeOperator(operator) };
}

/** An operator with the key of their second factor, at the one moment it is shown. */
export function describeOperatorWithTotp({ operator, key, uri }: OperatorWithTotp) {
  return { key, uri, ...describeOperator(operator) };
}

function instantsOf(of: { readonly createdAt: number; readonly updatedAt: number }) {
  return { createdAt: instant(of.createdAt), updatedAt: instant(of.updatedAt) };
}
