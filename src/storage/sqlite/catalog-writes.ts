/** What inserts and updates the catalog's rows on SQLite. Call these inside a write transaction. */
import type { Scope } from '../../domain/access.ts';
import type { Account, App, BusinessUnit, SubscriptionDefinition, Token } from '../../domain/catalog.ts';
import type { LinkKey } from '../../domain/link.ts';
import { encodeLook } from '../brand-look-document.ts';
import type { NewAccount, NewTokenSecret, TokenUse } from '../port.ts';
import { toBytes } from './binary.ts';
import type { Connection } from './connection.ts';

/** Each function below says whether its row was written: false where the id is taken, or the row is not as expected. */

export function insertAccount(connection: Connection, account: Account): boolean {
  const { id, name, dataPrivacy, mailRule, keepEvidenceMonths, createdAt, updatedAt } = account;
  return wrote(
    connection.change(
      `INSERT INTO account (id, name, data_privacy, mail_rule, keep_evidence_months, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      ...[id, name, Number(dataPrivacy), mailRule, keepEvidenceMonths, createdAt, updatedAt],
    ),
  );
}

export function updateAccount(connection: Connection, account: Account, expectedUpdatedAt: number): boolean {
  const { id, name, dataPrivacy, mailRule, keepEvidenceMonths, updatedAt } = account;
  return wrote(
    connection.change(
      `UPDATE account
       SET name = ?, data_privacy = ?, mail_rule = ?, keep_evidence_months = ?, updated_at = ?
       WHERE id = ? AND updated_at = ?`,
      ...[name, Number(dataPrivacy), mailRule, keepEvidenceMonths, updatedAt, id, expectedUpdatedAt],
    ),
  );
}

export function insertBusinessUnit(connection: Connection, accountId: number, unit: BusinessUnit): boolean {
  return wrote(
    connection.change(
      `INSERT INTO business_unit (account_id, id, name, look, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      ...[accountId, unit.id, unit.name, encodeLook(unit.look), unit.createdAt, unit.updatedAt],
    ),
  );
}

export function updateBusinessUnit(
  connection: Connection,
  accountId: number,
  unit: BusinessUnit,
  expectedUpdatedAt: number,
): boolean {
  return wrote(
    connection.change(
      'UPDATE business_unit SET name = ?, look = ?, updated_at = ? WHERE account_id = ? AND id = ? AND updated_at = ?',
      ...[unit.name, encodeLook(unit.look), unit.updatedAt, accountId, unit.id, expectedUpdatedAt],
    ),
  );
}

export function insertDefinition(
  connection: Connection,
  accountId: number,
  definition: SubscriptionDefinition,
): boolean {
  return wrote(
    connection.change(
      `INSERT INTO subscription_definition
         (business_unit_id, name, description, purpose, communication_method,
          is_active, is_default, is_internal, translations, updated_at, account_id, id, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      ...definitionValues(definition),
      ...[accountId, definition.id, definition.createdAt],
    ),
  );
}

export function updateDefinition(
  connection: Connection,
  accountId: number,
  definition: SubscriptionDefinition,
  expectedUpdatedAt: number,
): boolean {
  return wrote(
    connection.change(
      `UPDATE subscription_definition
       SET business_unit_id = ?, name = ?, description = ?, purpose = ?, communication_method = ?,
           is_active = ?, is_default = ?, is_internal = ?, translations = ?, updated_at = ?
       WHERE account_id = ? AND id = ? AND updated_at = ?`,
      ...definitionValues(definition),
      ...[accountId, definition.id, expectedUpdatedAt],
    ),
  );
}

function definitionValues(definition: SubscriptionDefinition): (string | number)[] {
  return [
    definition.businessUnitId,
    definition.name,
    definition.description,
    definition.purpose,
    definition.communicationMethod,
    Number(definition.isActive),
    Number(definition.isDefault),
    Number(definition.isInternal),
    JSON.stringify(definition.translations),
    definition.updatedAt,
  ];
}

/** An id that another app has which is installed in the account is taken, too. */
export function insertApp(connection: Connection, accountId: number, app: App): boolean {
  return wrote(
    connection.change(
      `INSERT INTO app (account_id, id, name, client_id, redirect_uris, secrets, created_at, updated_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
       WHERE NOT EXISTS (SELECT 1 FROM installation WHERE account_id = ?1 AND app_id = ?2 AND client_id <> ?4)
       ON CONFLICT DO NOTHING`,
      ...[accountId, app.id, app.name, app.clientId, JSON.stringify(app.redirectUris), JSON.stringify(app.secrets)],
      ...[app.createdAt, app.updatedAt],
    ),
  );
}

export function updateApp(connection: Connection, accountId: number, app: App, expectedUpdatedAt: number): boolean {
  return wrote(
    connection.change(
      `UPDATE app SET name = ?, redirect_uris = ?, secrets = ?, updated_at = ?
       WHERE account_id = ? AND id = ? AND updated_at = ?`,
      ...[app.name, JSON.stringify(app.redirectUris), JSON.stringify(app.secrets), app.updatedAt],
      ...[accountId, app.id, expectedUpdatedAt],
    ),
  );
}

export function insertToken(connection: Connection, token: Token): boolean {
  return wrote(
    connection.change(
      `INSERT INTO token
         (id, account_id, app_id, name, secret_hash, hint, scopes, allowed_networks, created_at, expires_at, revoked_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      ...[token.id, token.accountId, token.appId, token.name, toBytes(token.secretHash), token.hint],
      ...[JSON.stringify(token.scopes), JSON.stringify(token.allowedNetworks)],
      ...[token.createdAt, token.expiresAt, token.revokedAt],
    ),
  );
}

export function rotateToken(connection: Connection, token: Token, secret: NewTokenSecret): boolean {
  const { secretHash, hint, rotatedAt, oldEndsAt } = secret;
  const replaced = connection.change(
    `UPDATE token SET secret_hash = ?, hint = ?, rotated_at = ?
     WHERE account_id = ? AND id = ? AND secret_hash = ? AND revoked_at IS NULL`,
    ...[toBytes(secretHash), hint, rotatedAt, token.accountId, token.id, toBytes(token.secretHash)],
  );
  if (!wrote(replaced)) return false;
  connection.change(
    'UPDATE old_token_secret SET ends_at = min(ends_at, ?) WHERE token_id = ?',
    ...[rotatedAt, token.id],
  );
  return wrote(
    connection.change(
      'INSERT INTO old_token_secret (secret_hash, token_id, hint, replaced_at, ends_at) VALUES (?, ?, ?, ?, ?)',
      ...[toBytes(token.secretHash), token.id, token.hint, rotatedAt, oldEndsAt],
    ),
  );
}

/** A use that is known already costs no write. */
export function noteTokenUses(connection: Connection, uses: readonly TokenUse[]): void {
  for (const { tokenId, usedAt } of uses) {
    connection.change(
      'UPDATE token SET last_used_at = ? WHERE id = ? AND coalesce(last_used_at, 0) < ?',
      ...[usedAt, tokenId, usedAt],
    );
  }
}

export function updateTokenScopes(
  connection: Connection,
  accountId: number,
  tokenId: string,
  scopes: readonly Scope[],
): boolean {
  const sql = 'UPDATE token SET scopes = ? WHERE account_id = ? AND id = ?';
  return wrote(connection.change(sql, JSON.stringify(scopes), accountId, tokenId));
}

/** Keeps the first instant where the token was revoked before. */
export function revokeToken(connection: Connection, accountId: number, tokenId: string, revokedAt: number): boolean {
  return wrote(
    connection.change(
      'UPDATE token SET revoked_at = coalesce(revoked_at, ?) WHERE account_id = ? AND id = ?',
      ...[revokedAt, accountId, tokenId],
    ),
  );
}

/** All other keys of the account retire at `othersRetireAt`, unless they do so earlier. */
export function insertLinkKey(connection: Connection, key: LinkKey, othersRetireAt: number | null): boolean {
  const inserted = connection.change(
    `INSERT INTO link_key (id, account_id, secret, created_at, retires_at)
     VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    ...[toBytes(key.id), key.accountId, toBytes(key.secret), key.createdAt, key.retiresAt],
  );
  if (inserted === 1 && othersRetireAt !== null) {
    connection.change(
      'UPDATE link_key SET retires_at = min(coalesce(retires_at, ?), ?) WHERE account_id = ? AND id <> ?',
      ...[othersRetireAt, othersRetireAt, key.accountId, toBytes(key.id)],
    );
  }
  return wrote(inserted);
}

/** Inserts all of an account, stopping at the first row that is there already. */
export function insertWholeAccount(connection: Connection, created: NewAccount): boolean {
  const { id } = created.account;
  return (
    insertAccount(connection, created.account) &&
    created.businessUnits.every((unit) => insertBusinessUnit(connection, id, unit)) &&
    created.definitions.every((definition) => insertDefinition(connection, id, definition)) &&
    created.apps.every((app) => insertApp(connection, id, app)) &&
    created.tokens.every((token) => insertToken(connection, token))
  );
}

function wrote(rows: number): boolean {
  return rows === 1;
}
