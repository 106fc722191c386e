/** The tables of installations and of what the authorization server keeps, by the names of their columns, which both engines share. */
import { isScope } from '../domain/access.ts';
import type { Installation } from '../domain/installation.ts';
import { type AppRow, type Json, readJson, toApp } from './catalog-rows.ts';
import {
  AUTHORIZATION_KINDS,
  type AuthorizationItem,
  type AuthorizationKind,
  type FoundAccessToken,
  type FoundApp,
} from './port.ts';

/** How many items are forgotten at a time. */
export const FORGET_AT_ONCE = 1_000;

/** Whether items of a kind are what apps show at the API. */
export function isAccessToken(kind: AuthorizationKind): boolean {
  return kind === 'AccessToken' || kind === 'ClientCredentials';
}

/** The same of a row, in SQL. */
export const IS_ACCESS_TOKEN = `kind IN (${AUTHORIZATION_KINDS.filter(isAccessToken).map((kind) => `'${kind}'`)})`;

export interface FoundAppRow extends AppRow {
  account_id: number;
}

export function toFoundApp(row: FoundAppRow): FoundApp {
  return { accountId: row.account_id, app: toApp(row) };
}

export interface InstallationRow {
  account_id: number;
  client_id: string;
  app_id: number;
  scopes: Json<string[]>;
  installed_by: number | null;
  installed_at: number;
  updated_at: number;
}

export function toInstallation(row: InstallationRow): Installation {
  return {
    accountId: row.account_id,
    clientId: row.client_id,
    appId: row.app_id,
    // A scope that this version does not know grants nothing.
    scopes: readJson(row.scopes).filter(isScope),
    installedBy: row.installed_by,
    installedAt: row.installed_at,
    updatedAt: row.updated_at,
  };
}

/** In the order in which both engines' statements name the columns. */
export function installationValues(installation: Installation): (string | number | null)[] {
  const { accountId, clientId, appId, scopes, installedBy, installedAt, updatedAt } = installation;
  return [accountId, clientId, appId, JSON.stringify(scopes), installedBy, installedAt, updatedAt];
}

export interface AuthorizationItemRow {
  id_hash: Uint8Array;
  kind: AuthorizationKind;
  client_id: string;
  account_id: number | null;
  grant_hash: Uint8Array | null;
  document: string;
  expires_at: number;
  consumed_at: number | null;
}

export function toAuthorizationItem(row: AuthorizationItemRow): AuthorizationItem {
  return {
    kind: row.kind,
    idHash: Buffer.from(row.id_hash).toString('hex'),
    clientId: row.client_id,
    accountId: row.account_id,
    grantHash: row.grant_hash === null ? null : Buffer.from(row.grant_hash).toString('hex'),
    document: row.document,
    expiresAt: row.expires_at,
    consumedAt: row.consumed_at,
  };
}

/** In the order in which both engines' statements name the columns. */
export function itemValues(item: AuthorizationItem): (string | number | Buffer | null)[] {
  const { idHash, kind, clientId, accountId, grantHash, document, expiresAt, consumedAt } = item;
  const grant = grantHash === null ? null : Buffer.from(grantHash, 'hex');
  return [Buffer.from(idHash, 'hex'), kind, clientId, accountId, grant, document, expiresAt, consumedAt];
}

/** An access token with its app. */
export interface FoundAccessTokenRow {
  account_id: number;
  app_id: number;
  document: string;
  expires_at: number;
}

/** The document says in `scope` what was granted, names with spaces between them (RFC 6749 section 3.3). */
export function toFoundAccessToken(row: FoundAccessTokenRow): FoundAccessToken {
  const { scope } = JSON.parse(row.document) as { scope?: string };
  return {
    accountId: row.account_id,
    appId: row.app_id,
    scopes: (scope ?? '').split(' ').filter(isScope),
    expiresAt: row.expires_at,
  };
}
