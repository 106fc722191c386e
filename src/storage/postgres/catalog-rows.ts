/** Rows of the catalog's tables as PostgreSQL returns them, and what they are in the domain. */
import { isScope } from '../../domain/access.ts';
import type { Account, App, BusinessUnit, SubscriptionDefinition, Token, Translation } from '../../domain/catalog.ts';

export interface AccountRow {
  id: number;
  name: string;
  data_privacy: boolean;
  created_at: number;
  updated_at: number;
}

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    dataPrivacy: row.data_privacy,
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
  is_active: boolean;
  is_default: boolean;
  is_internal: boolean;
  translations: Translation[];
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
    isActive: row.is_active,
    isDefault: row.is_default,
    isInternal: row.is_internal,
    translations: row.translations,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface AppRow {
  id: number;
  name: string;
  created_at: number;
}

export function toApp(row: AppRow): App {
  return { id: row.id, name: row.name, createdAt: row.created_at };
}

export interface TokenRow {
  id: string;
  account_id: number;
  app_id: number;
  name: string;
  secret_hash: Buffer;
  hint: string;
  scopes: string[];
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
    secretHash: row.secret_hash.toString('hex'),
    hint: row.hint,
    // A scope that this version does not know grants nothing.
    scopes: row.scopes.filter(isScope),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
