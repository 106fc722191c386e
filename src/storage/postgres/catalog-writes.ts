/**
 * What inserts and updates the catalog's rows on PostgreSQL. Each function says whether its row was written: false
 * where the id is taken, or the row is not as expected. Call them inside a transaction.
 */
import type { Scope } from '../../domain/access.ts';
import type { Account, App, BusinessUnit, SubscriptionDefinition, Token } from '../../domain/catalog.ts';
import type { LinkKey } from '../../domain/link.ts';
import { encodeLook } from '../brand-look-document.ts';
import type { NewAccount, NewTokenSecret, TokenUse } from '../port.ts';
import type { Client } from './connections.ts';

async function write(client: Client, sql: string, values: unknown[]): Promise<boolean> {
  const { rowCount } = await client.query(sql, values);
  return rowCount === 1;
}

export function insertAccount(client: Client, account: Account): Promise<boolean> {
  const { id, name, dataPrivacy, mailRule, keepEvidenceMonths, createdAt, updatedAt } = account;
  return write(
    client,
    `INSERT INTO account (id, name, data_privacy, mail_rule, keep_evidence_months, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT DO NOTHING`,
    [id, name, dataPrivacy, mailRule, keepEvidenceMonths, createdAt, updatedAt],
  );
}

export function updateAccount(client: Client, account: Account, expectedUpdatedAt: number): Promise<boolean> {
  const { id, name, dataPrivacy, mailRule, keepEvidenceMonths, updatedAt } = account;
  return write(
    client,
    `UPDATE account
     SET name = $1, data_privacy = $2, mail_rule = $3, keep_evidence_months = $4, updated_at = $5
     WHERE id = $6 AND updated_at = $7`,
    [name, dataPrivacy, mailRule, keepEvidenceMonths, updatedAt, id, expectedUpdatedAt],
  );
}

export function insertBusinessUnit(client: Client, accountId: number, unit: BusinessUnit): Promise<boolean> {
  return write(
    client,
    `INSERT INTO business_unit (account_id, id, name, look, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING`,
    [accountId, unit.id, unit.name, encodeLook(unit.look), unit.createdAt, unit.updatedAt],
  );
}

export function updateBusinessUnit(
  client: Client,
  accountId: number,
  unit: BusinessUnit,
  expectedUpdatedAt: number,
): Promise<boolean> {
  return write(
    client,
    `UPDATE business_unit SET name = $1, look = $2, updated_at = $3
     WHERE account_id = $4 AND id = $5 AND updated_at = $6`,
    [unit.name, encodeLook(unit.look), unit.updatedAt, accountId, unit.id, expectedUpdatedAt],
  );
}

export function insertDefinition(
  client: Client,
  accountId: number,
  definition: SubscriptionDefinition,
): Promise<boolean> {
  return write(
    client,
    `INSERT INTO subscription_definition (
       business_unit_id, name, description, purpose, communication_method,
       is_active, is_default, is_internal, translations, updated_at, account_id, id, created_at
     )
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT DO NOTHING`,
    [...definitionValues(definition), accountId, definition.id, definition.createdAt],
  );
}

export function updateDefinition(
  client: Client,
  accountId: number,
  definition: SubscriptionDefinition,
  expectedUpdatedAt: number,
): Promise<boolean> {
  return write(
    client,
    `UPDATE subscription_definition
     SET business_unit_id = $1, name = $2, description = $3, purpose = $4, communication_method = $5,
         is_active = $6, is_default = $7, is_internal = $8, translations = $9, updated_at = $10
     WHERE account_id = $11 AND id = $12 AND updated_at = $13`,
    [...definitionValues(definition), accountId, definition.id, expectedUpdatedAt],
  );
}

function definitionValues(definition: SubscriptionDefinition): unknown[] {
  return [
    definition.businessUnitId,
    definition.name,
    definition.description,
    definition.purpose,
    definition.communicationMethod,
    definition.isActive,
    definition.isDefault,
    definition.isInternal,
    // As text: `pg` would make an array of the array.
    JSON.stringify(definition.translations),
    definition.updatedAt,
  ];
}

/** An id that another app has which is installed in the account is taken, too. */
export function insertApp(client: Client, accountId: number, app: App): Promise<boolean> {
  return write(
    client,
    `INSERT INTO app (account_id, id, name, client_id, redirect_uris, secrets, created_at, updated_at)
     SELECT $1::bigint, $2::bigint, $3::text, $4::text, $5::json, $6::json, $7::bigint, $8::bigint
     WHERE NOT EXISTS (SELECT 1 FROM installation WHERE account_id = $1 AND app_id = $2 AND client_id <> $4)
     ON CONFLICT DO NOTHING`,
    [
      ...[accountId, app.id, app.name, app.clientId, JSON.stringify(app.redirectUris), JSON.stringify(app.secrets)],
      ...[app.createdAt, app.updatedAt],
    ],
  );
}

export function updateApp(client: Client, accountId: number, app: App, expectedUpdatedAt: number): Promise<boolean> {
  return write(
    client,
    `UPDATE app SET name = $1, redirect_uris = $2, secrets = $3, updated_at = $4
     WHERE account_id = $5 AND id = $6 AND updated_at = $7`,
    [
      ...[app.name, JSON.stringify(app.redirectUris), JSON.stringify(app.secrets), app.updatedAt],
      ...[accountId, app.id, expectedUpdatedAt],
    ],
  );
}

export function insertToken(client: Client, token: Token): Promise<boolean> {
  return write(
    client,
    `INSERT INTO token
       (id, account_id, app_id, name, secret_hash, hint, scopes, allowed_networks, created_at, expires_at, revoked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT DO NOTHING`,
    [
      ...[token.id, token.accountId, token.appId, token.name, Buffer.from(token.secretHash, 'hex'), token.hint],
      ...[JSON.stringify(token.scopes), JSON.stringify(token.allowedNetworks)],
      ...[token.createdAt, token.expiresAt, token.revokedAt],
    ],
  );
}

export async function rotateToken(client: Client, token: Token, secret: NewTokenSecret): Promise<boolean> {
  const { secretHash, hint, rotatedAt, oldEndsAt } = secret;
  const oldHash = Buffer.from(token.secretHash, 'hex');
  const isReplaced = await write(
    client,
    `UPDATE token SET secret_hash = $1, hint = $2, rotated_at = $3
     WHERE account_id = $4 AND id = $5 AND secret_hash = $6 AND revoked_at IS NULL`,
    [Buffer.from(secretHash, 'hex'), hint, rotatedAt, token.accountId, token.id, oldHash],
  );
  if (!isReplaced) return false;
  await client.query('UPDATE old_token_secret SET ends_at = least(ends_at, $1) WHERE token_id = $2', [
    rotatedAt,
    token.id,
  ]);
  return write(
    client,
    'INSERT INTO old_token_secret (secret_hash, token_id, hint, replaced_at, ends_at) VALUES ($1, $2, $3, $4, $5)',
    [oldHash, token.id, token.hint, rotatedAt, oldEndsAt],
  );
}

/**
 * A use that is known already costs no write. The rows are locked in the order of their ids, so that processes that note
 * the same tokens at the same moment do not wait for each other in a circle.
 */
export async function noteTokenUses(client: Client, uses: readonly TokenUse[]): Promise<void> {
  await client.query(
    `WITH used AS (
       SELECT token.id, noted.used_at
       FROM unnest($1::text[], $2::bigint[]) AS noted (id, used_at)
       JOIN token ON token.id = noted.id
       WHERE coalesce(token.last_used_at, 0) < noted.used_at
       ORDER BY token.id
       FOR UPDATE OF token
     )
     UPDATE token SET last_used_at = used.used_at FROM used WHERE token.id = used.id`,
    [uses.map(({ tokenId }) => tokenId), uses.map(({ usedAt }) => usedAt)],
  );
}

export function updateTokenScopes(
  client: Client,
  accountId: number,
  tokenId: string,
  scopes: readonly Scope[],
): Promise<boolean> {
  const sql = 'UPDATE token SET scopes = $1 WHERE account_id = $2 AND id = $3';
  return write(client, sql, [JSON.stringify(scopes), accountId, tokenId]);
}

/** Keeps the first instant where the token was revoked before. */
export function revokeToken(client: Client, accountId: number, tokenId: string, revokedAt: number): Promise<boolean> {
  return write(client, 'UPDATE token SET revoked_at = coalesce(revoked_at, $1) WHERE account_id = $2 AND id = $3', [
    revokedAt,
    accountId,
    tokenId,
  ]);
}

/** All other keys of the account retire at `othersRetireAt`, unless they do so earlier. */
export async function insertLinkKey(client: Client, key: LinkKey, othersRetireAt: number | null): Promise<boolean> {
  const id = Buffer.from(key.id, 'hex');
  const isInserted = await write(
    client,
    `INSERT INTO link_key (id, account_id, secret, created_at, retires_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [id, key.accountId, Buffer.from(key.secret, 'hex'), key.createdAt, key.retiresAt],
  );
  if (isInserted && othersRetireAt !== null) {
    await client.query(
      'UPDATE link_key SET retires_at = least(coalesce(retires_at, $1), $1) WHERE account_id = $2 AND id <> $3',
      [othersRetireAt, key.accountId, id],
    );
  }
  return isInserted;
}

/** Inserts all of an account, stopping at the first row that is there already. */
export async function insertWholeAccount(client: Client, created: NewAccount): Promise<boolean> {
  const { id } = created.account;
  if (!(await insertAccount(client, created.account))) return false;
  for (const unit of created.businessUnits) if (!(await insertBusinessUnit(client, id, unit))) return false;
  for (const definition of created.definitions) if (!(await insertDefinition(client, id, definition))) return false;
  for (const app of created.apps) if (!(await insertApp(client, id, app))) return false;
  for (const token of created.tokens) if (!(await insertToken(client, token))) return false;
  return true;
}
