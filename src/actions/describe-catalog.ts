/** An account's set-up as plain resources: what the management API answers and `--json` prints. */
import type { BrandLook } from '../domain/brand-look.ts';
import type { Account, App, BusinessUnit, SubscriptionDefinition, Token, Translation } from '../domain/catalog.ts';
import type { LinkKey } from '../domain/link.ts';
import type { IssuedToken } from './manage-tokens.ts';

export function describeAccount(account: Account) {
  const { id, name, dataPrivacy } = account;
  return { id, name, dataPrivacy, ...instantsOf(account) };
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
  return { id: app.id, name: app.name, createdAt: instant(app.createdAt) };
}

/** A token without its secret, which nobody knows any more, and without the secret's hash. */
export function describeToken(token: Token) {
  const { id, accountId, appId, name, hint, scopes } = token;
  return {
    id,
    accountId,
    appId,
    name,
    hint,
    scopes: [...scopes],
    createdAt: instant(token.createdAt),
    expiresAt: token.expiresAt === null ? null : instant(token.expiresAt),
    revokedAt: token.revokedAt === null ? null : instant(token.revokedAt),
  };
}

/** A token with its secret, at the one moment it is known. */
export function describeIssuedToken({ token, secret }: IssuedToken) {
  return { token: secret, ...describeToken(token) };
}

/** A key without its secret. */
export function describeLinkKey({ id, createdAt, retiresAt }: LinkKey) {
  return { id, createdAt: instant(createdAt), retiresAt: retiresAt === null ? null : instant(retiresAt) };
}

function instantsOf(of: { readonly createdAt: number; readonly updatedAt: number }) {
  return { createdAt: instant(of.createdAt), updatedAt: instant(of.updatedAt) };
}

/** ISO 8601, UTC, with milliseconds. */
function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
