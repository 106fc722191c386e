/**
 * Installations, and what the authorization server keeps, on PostgreSQL. Whoever deletes items that others may hang on
 * holds the catalog first, so that none of those wait for each other in a circle.
 */
import type { Installation } from '../../domain/installation.ts';
import * as rows from '../authorization-rows.ts';
import type {
  AuthorizationItem,
  AuthorizationKind,
  AuthorizationStore,
  FoundAccessToken,
  FoundApp,
  InsertResult,
} from '../port.ts';
import { changeCatalog, holdCatalog } from './catalog-transactions.ts';
import type { Connections } from './connections.ts';

/** Nothing where another app has the id in the account. */
const INSTALL = `
  INSERT INTO installation (account_id, client_id, app_id, scopes, installed_by, installed_at, updated_at)
  SELECT $1::bigint, $2::text, $3::bigint, $4::json, $5::bigint, $6::bigint, $7::bigint
  WHERE NOT EXISTS (SELECT 1 FROM app WHERE account_id = $1 AND id = $3 AND client_id <> $2)
    AND NOT EXISTS (SELECT 1 FROM installation WHERE account_id = $1 AND app_id = $3 AND client_id <> $2)
  ON CONFLICT (account_id, client_id) DO UPDATE SET
    app_id = excluded.app_id, scopes = excluded.scopes,
    installed_by = excluded.installed_by, updated_at = excluded.updated_at`;

/**
 * Nothing where what it hangs on is gone, or goes while this waits for it; what is there cannot go before this is
 * through. The grant is asked for only once the installation is held: whoever uninstalls takes them in that order. An
 * item that is there is changed in its place: what hangs on it stays.
 */
const SAVE = `
  WITH installed AS MATERIALIZED (
    SELECT 1 FROM installation WHERE account_id = $4 AND client_id = $3 FOR KEY SHARE
  ), granted AS MATERIALIZED (
    SELECT 1 FROM authorization_item
    WHERE id_hash = $5 AND ($4::bigint IS NULL OR EXISTS (SELECT 1 FROM installed))
    FOR KEY SHARE
  )
  INSERT INTO authorization_item
    (id_hash, kind, client_id, account_id, grant_hash, document, expires_at, consumed_at)
  SELECT $1::bytea, $2::text, $3::text, $4::bigint, $5::bytea, $6::json, $7::bigint, $8::bigint
  WHERE ($4::bigint IS NULL OR EXISTS (SELECT 1 FROM installed))
    AND ($5::bytea IS NULL OR EXISTS (SELECT 1 FROM granted))
  ON CONFLICT (id_hash) DO UPDATE SET
    kind = excluded.kind, client_id = excluded.client_id, account_id = excluded.account_id,
    grant_hash = excluded.grant_hash, document = excluded.document,
    expires_at = excluded.expires_at, consumed_at = excluded.consumed_at
  RETURNING 1`;

const FIND = `
  SELECT id_hash, kind, client_id, account_id, grant_hash, document::text, expires_at, consumed_at
  FROM authorization_item
  WHERE id_hash = $1 AND kind = $2`;

const FIND_ACCESS_TOKEN = `
  SELECT item.account_id, app.id AS app_id, item.document::text, item.expires_at
  FROM authorization_item AS item
  JOIN app ON app.client_id = item.client_id
  WHERE item.id_hash = $1 AND ${rows.IS_ACCESS_TOKEN} AND item.account_id IS NOT NULL`;

const CONSUME = `
  UPDATE authorization_item SET consumed_at = $3, expires_at = $4
  WHERE id_hash = $1 AND kind = $2 AND consumed_at IS NULL
  RETURNING 1`;

const HAS_ACCESS_TOKENS = `
  SELECT 1 FROM authorization_item WHERE (id_hash = $1 OR grant_hash = $1) AND ${rows.IS_ACCESS_TOKEN} LIMIT 1`;

/** A grant waits for what hangs on it; what somebody is at work on is left to the next time. */
const FORGET_EXPIRED = `
  WITH held AS MATERIALIZED (
    SELECT id_hash
    FROM authorization_item AS item
    WHERE expires_at <= $1
      AND NOT EXISTS (SELECT 1 FROM authorization_item WHERE grant_hash = item.id_hash AND expires_at > $1)
    ORDER BY expires_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
  )
  DELETE FROM authorization_item AS item USING held WHERE item.id_hash = held.id_hash`;

export class PostgresAuthorizations implements AuthorizationStore {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async findApp(clientId: string): Promise<FoundApp | null> {
    const [row] = await this.#connections.reads.all<rows.FoundAppRow>(
      'SELECT * FROM app WHERE client_id = $1',
      clientId,
    );
    return row ? rows.toFoundApp(row) : null;
  }

  async listInstallations(accountId: number): Promise<Installation[]> {
    const sql = 'SELECT * FROM installation WHERE account_id = $1 ORDER BY installed_at, client_id';
    return (await this.#connections.reads.all<rows.InstallationRow>(sql, accountId)).map(rows.toInstallation);
  }

  async findInstallation(accountId: number, clientId: string): Promise<Installation | null> {
    const sql = 'SELECT * FROM installation WHERE account_id = $1 AND client_id = $2';
    const [row] = await this.#connections.reads.all<rows.InstallationRow>(sql, accountId, clientId);
    return row ? rows.toInstallation(row) : null;
  }

  async install(installation: Installation): Promise<InsertResult> {
    const values = rows.installationValues(installation);
    const isInstalled = await changeCatalog(
      this.#connections,
      async (client) => (await client.query(INSTALL, values)).rowCount === 1,
    );
    return isInstalled ? 'inserted' : 'taken';
  }

  uninstall(accountId: number, clientId: string): Promise<boolean> {
    const sql = 'DELETE FROM installation WHERE account_id = $1 AND client_id = $2';
    return changeCatalog(
      this.#connections,
      async (client) => (await client.query(sql, [accountId, clientId])).rowCount === 1,
    );
  }

  async save(item: AuthorizationItem): Promise<boolean> {
    return (await this.#connections.all(SAVE, ...rows.itemValues(item))).length === 1;
  }

  async find(kind: AuthorizationKind, idHash: string): Promise<AuthorizationItem | null> {
    const [row] = await this.#connections.reads.all<rows.AuthorizationItemRow>(FIND, Buffer.from(idHash, 'hex'), kind);
    return row ? rows.toAuthorizationItem(row) : null;
  }

  async findAccessToken(idHash: string): Promise<FoundAccessToken | null> {
    const id = Buffer.from(idHash, 'hex');
    const [row] = await this.#connections.reads.all<rows.FoundAccessTokenRow>(FIND_ACCESS_TOKEN, id);
    return row ? rows.toFoundAccessToken(row) : null;
  }

  async consume(kind: AuthorizationKind, idHash: string, consumedAt: number, expiresAt: number): Promise<boolean> {
    const values = [Buffer.from(idHash, 'hex'), kind, consumedAt, expiresAt];
    return (await this.#connections.all(CONSUME, ...values)).length === 1;
  }

  destroy(kind: AuthorizationKind, idHash: string): Promise<void> {
    const id = Buffer.from(idHash, 'hex');
    return holdCatalog(this.#connections, async (client, raise) => {
      // Held, so that nothing can be hung on it any more when its tokens are looked for.
      const hold = 'SELECT 1 FROM authorization_item WHERE id_hash = $1 AND kind = $2 FOR UPDATE';
      if ((await client.query(hold, [id, kind])).rowCount === 0) return;
      if ((await client.query(HAS_ACCESS_TOKENS, [id])).rowCount === 1) await raise();
      await client.query('DELETE FROM authorization_item WHERE id_hash = $1', [id]);
    });
  }

  destroyByGrant(kind: AuthorizationKind, grantHash: string): Promise<void> {
    const sql = 'DELETE FROM authorization_item WHERE grant_hash = $1 AND kind = $2';
    return holdCatalog(this.#connections, async (client, raise) => {
      const { rowCount } = await client.query(sql, [Buffer.from(grantHash, 'hex'), kind]);
      if (rowCount !== 0 && rows.isAccessToken(kind)) await raise();
    });
  }

  forgetExpired(now: number): Promise<number> {
    return holdCatalog(this.#connections, async (client) => {
      return (await client.query(FORGET_EXPIRED, [now, rows.FORGET_AT_ONCE])).rowCount ?? 0;
    });
  }
}
