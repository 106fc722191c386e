/**
 * Rows of the catalog's tables, and what they are in the domain. The columns are named alike on both engines; SQLite
 * has 0 and 1 for a truth value and text for JSON, where PostgreSQL's driver returns what they mean.
 */
import { isScope } from '../domain/access.ts';
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
import { decodeLook } from './brand-look-document.ts';
import type { FoundToken } from './port.ts';

type Truth = boolean | 0 | 1;
export type Json<Value extends object> = Value | string;

export function readJson<Value extends object>(column: Json<Value>): Value {
  return typeof column === 'string' ? (JSON.parse(column) as Value) : column;
}

export interface AccountRow {
  id: number;
  name: string;
  data_privacy: Truth;
  mail_rule: string;
  keep_evidence_months: number | null;
  created_at: number;
  updated_at: number;
}

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    dataPrivacy: Boolean(row.data_privacy),
    // Whatever else may stand there, it lets nobody be mailed who did not ask for it.
    mailRule: row.mail_rule === 'unless-opted-out' ? 'unless-opted-out' : 'opt-in',
    keepEvidenceMonths: row.keep_evidence_months,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface BusinessUnitRow {
  id: number;
  name: string;
  look: Json<Partial<BrandLook>>;
  created_at: number;
  updated_at: number;
}

export function toBusinessUnit(row: BusinessUnitRow): BusinessUnit {
  return {
    id: row.id,
    name: row.name,
    look: decodeLook(readJson(row.look)),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface DefinitionRow {
  id: number;
  business_unit_id: number;
  name: string;
  description: string;
  purpose: string;
  communication_method: string;
  is_active: Truth;
  is_default: Truth;
  is_internal: Truth;
  translations: Json<Translation[]>;
  created_at: number;
  updated_at: number;
}

export function toDefinition(row: DefinitionRow): SubscriptionDefinition {
  return {
    id: row.id,
    businessUnitId: row.business_unit_id,
    name: row.name,
    description: row.description,
    purpose: row.purpose,
    communicationMethod: row.communication_method,
    isActive: Boolean(row.is_active),
    isDefault: Boolean(row.is_default),
    isInternal: Boolean(row.is_internal),
    translations: readJson(row.translations),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface AppRow {
  id: number;
  name: string;
  client_id: string;
  redirect_uris: Json<string[]>;
  secrets: Json<ClientSecret[]>;
  created_at: number;
  updated_at: number;
}

export function toApp(row: AppRow): App {
  return {
    id: row.id,
    name: row.name,
    clientId: row.client_id,
    redirectUris: readJson(row.redirect_uris),
    secrets: readJson(row.secrets),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Every token with the secret it had before the one that it has. */
export const SELECT_TOKENS = `
  SELECT token.*, former.hint AS old_hint, former.ends_at AS old_ends_at
  FROM token
  LEFT JOIN old_token_secret AS former ON former.token_id = token.id AND former.replaced_at = token.rotated_at`;

export interface TokenRow {
  id: string;
  account_id: number;
  app_id: number;
  name: string;
  secret_hash: Uint8Array;
  hint: string;
  scopes: Json<string[]>;
  allowed_networks: Json<string[]>;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  rotated_at: number | null;
  old_hint: string | null;
  old_ends_at: number | null;
  last_used_at: number | null;
}

export function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    accountId: row.account_id,
    appId: row.app_id,
    name: row.name,
    secretHash: Buffer.from(row.secret_hash).toString('hex'),
    hint: row.hint,
    // A scope that this version does not know grants nothing.
    scopes: readJson(row.scopes).filter(isScope),
    allowedNetworks: readJson(row.allowed_networks),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    rotatedAt: row.rotated_at,
    oldSecret: row.old_hint === null ? null : { hint: row.old_hint, endsAt: row.old_ends_at! },
    lastUsedAt: row.last_used_at,
  };
}

/** A token that was found by one of its secrets. */
export interface FoundTokenRow extends TokenRow {
  secret_ends_at: number | null;
}

export function toFoundToken(row: FoundTokenRow): FoundToken {
  return { token: toToken(row), secretEndsAt: row.secret_ends_at };
}

export interface LinkKeyRow {
  id: Uint8Array;
  account_id: number;
  secret: Uint8Array;
  created_at: number;
  retires_at: number | null;
}

export function toLinkKey(row: LinkKeyRow): LinkKey {
  return {
    id: Buffer.from(row.id).toString('hex'),
    accountId: row.account_id,
    secret: Buffer.from(row.secret).toString('hex'),
    createdAt: row.created_at,
    retiresAt: row.retires_at,
  };
}
