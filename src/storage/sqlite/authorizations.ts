/** Installations, and what the authorization server keeps, on SQLite. */
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
import { toBytes } from './binary.ts';
import type { Connection } from './connection.ts';
import { raiseRevision, type Transactions } from './transactions.ts';

/** Nothing where another app has the id in the account. */
const INSTALL = `
  INSERT INTO installation (account_id, client_id, app_id, scopes, installed_by, installed_at, updated_at)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
  WHERE NOT EXISTS (SELECT 1 FROM app WHERE account_id = ?1 AND id = ?3 AND client_id <> ?2)
    AND NOT EXISTS (SELECT 1 FROM installation WHERE account_id = ?1 AND app_id = ?3 AND client_id <> ?2)
  ON CONFLICT (account_id, client_id) DO UPDATE SET
    app_id = excluded.app_id, scopes = excluded.scopes,
    installed_by = excluded.installed_by, updated_at = excluded.updated_at`;

/** Nothing where what it hangs on is gone. An item that is there is changed in its place: what hangs on it stays. */
const SAVE = `
  INSERT INTO authorization_item
    (id_hash, kind, client_id, account_id, grant_hash, document, expires_at, consumed_at)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
  WHERE (?4 IS NULL OR EXISTS (SELECT 1 FROM installation WHERE account_id = ?4 AND client_id = ?3))
    AND (?5 IS NULL OR EXISTS (SELECT 1 FROM authorization_item WHERE id_hash = ?5))
  ON CONFLICT (id_hash) DO UPDATE SET
    kind = excluded.kind, client_id = excluded.client_id, account_id = excluded.account_id,
    grant_hash = excluded.grant_hash, document = excluded.document,
    expires_at = excluded.expires_at, consumed_at = excluded.consumed_at`;

const FIND_ACCESS_TOKEN = `
  SELECT item.account_id, app.id AS app_id, item.document, item.expires_at
  FROM authorization_item AS item
  JOIN app ON app.client_id = item.client_id
  WHERE item.id_hash = ? AND ${rows.IS_ACCESS_TOKEN} AND item.account_id IS NOT NULL`;

const HAS_ACCESS_TOKENS = `
  SELECT 1 FROM authorization_item WHERE (id_hash = ?1 OR grant_hash = ?1) AND ${rows.IS_ACCESS_TOKEN} LIMIT 1`;

/** A grant waits for what hangs on it. */
const FORGET_EXPIRED = `
  DELETE FROM authorization_item
  WHERE id_hash IN (
    SELECT id_hash
    FROM authorization_item AS item
    WHERE expires_at <= ?1
      AND NOT EXISTS (SELECT 1 FROM authorization_item WHERE grant_hash = item.id_hash AND expires_at > ?1)
    ORDER BY expires_at
    LIMIT ?2
  )`;

export class SqliteAuthorizations implements AuthorizationStore {
  readonly #connection: Connection;
  readonly #transactions: Transactions;

  constructor(connection: Connection, transactions: Transactions) {
    this.#connection = connection;
    this.#transactions = transactions;
  }

  findApp(clientId: string): Promise<FoundApp | null> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<rows.FoundAppRow>('SELECT * FROM app WHERE client_id = ?', clientId);
      return row ? rows.toFoundApp(row) : null;
    });
  }

  listInstallations(accountId: number): Promise<Installation[]> {
    const sql = 'SELECT * FROM installation WHERE account_id = ? ORDER BY installed_at, client_id';
    return this.#connection.run(() =>
      this.#connection.all<rows.InstallationRow>(sql, accountId).map(rows.toInstallation),
    );
  }

  findInstallation(accountId: number, clientId: string): Promise<Installation | null> {
    const sql = 'SELECT * FROM installation WHERE account_id = ? AND client_id = ?';
    return this.#connection.run(() => {
      const [row] = this.#connection.all<rows.InstallationRow>(sql, accountId, clientId);
      return row ? rows.toInstallation(row) : null;
    });
  }

  async install(installation: Installation): Promise<InsertResult> {
    const values = rows.installationValues(installation);
    const isInstalled = await this.#transactions.changeCatalog(
      (connection) => connection.change(INSTALL, ...values) === 1,
    );
    return isInstalled ? 'inserted' : 'taken';
  }

  uninstall(accountId: number, clientId: string): Promise<boolean> {
    const sql = 'DELETE FROM installation WHERE account_id = ? AND client_id = ?';
    return this.#transactions.changeCatalog((connection) => connection.change(sql, accountId, clientId) === 1);
  }

  async save(item: AuthorizationItem): Promise<boolean> {
    const values = rows.itemValues(item);
    return (await this.#transactions.write((connection) => connection.change(SAVE, ...values))) === 1;
  }

  find(kind: AuthorizationKind, idHash: string): Promise<AuthorizationItem | null> {
    const sql = 'SELECT * FROM authorization_item WHERE id_hash = ? AND kind = ?';
    return this.#connection.run(() => {
      const [row] = this.#connection.all<rows.AuthorizationItemRow>(sql, toBytes(idHash), kind);
      return row ? rows.toAuthorizationItem(row) : null;
    });
  }

  findAccessToken(idHash: string): Promise<FoundAccessToken | null> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<rows.FoundAccessTokenRow>(FIND_ACCESS_TOKEN, toBytes(idHash));
      return row ? rows.toFoundAccessToken(row) : null;
    });
  }

  async consume(kind: AuthorizationKind, idHash: string, consumedAt: number, expiresAt: number): Promise<boolean> {
    const sql = `
      UPDATE authorization_item SET consumed_at = ?, expires_at = ?
      WHERE id_hash = ? AND kind = ? AND consumed_at IS NULL`;
    const values = [consumedAt, expiresAt, toBytes(idHash), kind];
    return (await this.#transactions.write((connection) => connection.change(sql, ...values))) === 1;
  }

  destroy(kind: AuthorizationKind, idHash: string): Promise<void> {
    const id = toBytes(idHash);
    return this.#transactions.write((connection) => {
      // Looked for before, since what goes with a grant is gone by the time that one could ask.
      const hasTokens = connection.all(HAS_ACCESS_TOKENS, id).length > 0;
      const sql = 'DELETE FROM authorization_item WHERE id_hash = ? AND kind = ?';
      if (connection.change(sql, id, kind) === 1 && hasTokens) raiseRevision(connection);
    });
  }

  destroyByGrant(kind: AuthorizationKind, grantHash: string): Promise<void> {
    const sql = 'DELETE FROM authorization_item WHERE grant_hash = ? AND kind = ?';
    return this.#transactions.write((connection) => {
      if (connection.change(sql, toBytes(grantHash), kind) > 0 && rows.isAccessToken(kind)) raiseRevision(connection);
    });
  }

  forgetExpired(now: number): Promise<number> {
    return this.#transactions.write((connection) => connection.change(FORGET_EXPIRED, now, rows.FORGET_AT_ONCE));
  }
}
