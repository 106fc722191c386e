/** Rows of the catalog's tables as SQLite returns them, and what they are in the domain. */
import { isScope, type Scope } from '../../domain/access.ts';
import type { Account, BusinessUnit, SubscriptionDefinition, Token, Translation } from '../../domain/catalog.ts';
import { toHex } from './binary.ts';

export interface AccountRow {
  id: number;
  name: string;
  data_privacy: number;
  created_at: number;
  updated_at: number;
}

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    dataPrivacy: row.data_privacy === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface BusinessUnitRow {
  id: number;
  name: string;
  created_at: number;
  updated_at: number;
}

export function toBusinessUnit(row: BusinessUnitRow): BusinessUnit {
  return { id: row.id, name: row.name, createdAt: row.created_at, updatedAt: row.updated_at };
}

export interface DefinitionRow {
  id: number;
  business_unit_id: number;
  name: string;
  description: string;
  purpose: string;
  communication_method: string;
  is_active: number;
  is_default: number;
  is_internal: number;
  translations: string;
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
    isActive: row.is_active === 1,
    isDefault: row.is_default === 1,
    isInternal: row.is_internal === 1,
    translations: JSON.parse(row.translations) as Translation[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface TokenRow {
  id: string;
  account_id: number;
  app_id: number;
  name: string;
  secret_hash: Uint8Array;
  hint: string;
  scopes: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
}

export function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    accountId: row.account_id,
    appId: row.app_id,
    name: row.name,
    secretHash: toHex(row.secret_hash),
    hint: row.hint,
    scopes: toScopes(row.scopes),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

/** A scope that this version does not know grants nothing. */
function toScopes(text: string): Scope[] {
  return (JSON.parse(text) as string[]).filter(isScope);
}
