/** What an account has set up, on SQLite. */
import type { Scope } from '../../domain/access.ts';
import type { Account, App, BusinessUnit, Catalog, SubscriptionDefinition, Token } from '../../domain/catalog.ts';
import { makeCatalog } from '../../domain/catalog.ts';
import type { LinkKey } from '../../domain/link.ts';
import * as rows from '../catalog-rows.ts';
import type {
  CatalogStore,
  FoundToken,
  InsertResult,
  NewAccount,
  NewTokenSecret,
  TokenUse,
  UpdateResult,
} from '../port.ts';
import { toBytes } from './binary.ts';
import * as writes from './catalog-writes.ts';
import type { Connection } from './connection.ts';
import type { Transactions } from './transactions.ts';

const FIND_TOKEN = `
  WITH shown AS (
    SELECT id AS token_id, NULL AS ends_at FROM token WHERE secret_hash = ?1
    UNION ALL
    SELECT token_id, ends_at FROM old_token_secret WHERE secret_hash = ?1
  )
  SELECT listed.*, shown.ends_at AS secret_ends_at
  FROM shown
  JOIN (${rows.SELECT_TOKENS}) AS listed ON listed.id = shown.token_id
  LIMIT 1`;

export class SqliteCatalog implements CatalogStore {
  readonly #connection: Connection;
  readonly #transactions: Transactions;

  constructor(connection: Connection, transactions: Transactions) {
    this.#connection = connection;
    this.#transactions = transactions;
  }

  revision(): Promise<number> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<{ revision: number }>('SELECT revision FROM catalog_revision');
      return row?.revision ?? 0;
    });
  }

  listAccounts(): Promise<Account[]> {
    return this.#connection.run(() =>
      this.#connection.all<rows.AccountRow>('SELECT * FROM account ORDER BY created_at, id').map(rows.toAccount),
    );
  }

  loadCatalog(accountId: number): Promise<Catalog | null> {
    return this.#connection.reading(() => {
      const [account] = this.#connection.all<rows.AccountRow>('SELECT * FROM account WHERE id = ?', accountId);
      if (!account) return null;
      const units = this.#connection.all<rows.BusinessUnitRow>(
        'SELECT * FROM business_unit WHERE account_id = ? ORDER BY id',
        accountId,
      );
      const definitions = this.#connection.all<rows.DefinitionRow>(
        'SELECT * FROM subscription_definition WHERE account_id = ?',
        accountId,
      );
      return makeCatalog(rows.toAccount(account), units.map(rows.toBusinessUnit), definitions.map(rows.toDefinition));
    });
  }

  listApps(accountId: number): Promise<App[]> {
    return this.#connection.run(() =>
      this.#connection
        .all<rows.AppRow>('SELECT * FROM app WHERE account_id = ? ORDER BY id', accountId)
        .map(rows.toApp),
    );
  }

  listTokens(accountId: number): Promise<Token[]> {
    return this.#connection.run(() =>
      this.#connection
        .all<rows.TokenRow>(`${rows.SELECT_TOKENS} WHERE account_id = ? ORDER BY created_at, id`, accountId)
        .map(rows.toToken),
    );
  }

  findToken(secretHash: string): Promise<FoundToken | null> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<rows.FoundTokenRow>(FIND_TOKEN, toBytes(secretHash));
      return row ? rows.toFoundToken(row) : null;
    });
  }

  insertFirstAccount(account: NewAccount): Promise<InsertResult> {
    return this.#insert((connection) => {
      if (connection.all('SELECT 1 FROM account LIMIT 1').length > 0) return false;
      return writes.insertWholeAccount(connection, account);
    });
  }

  insertAccount(account: NewAccount): Promise<InsertResult> {
    return this.#insert((connection) => writes.insertWholeAccount(connection, account));
  }

  updateAccount(account: Account, expectedUpdatedAt: number): Promise<UpdateResult> {
    return this.#update((connection) => writes.updateAccount(connection, account, expectedUpdatedAt));
  }

  insertBusinessUnit(accountId: number, unit: BusinessUnit): Promise<InsertResult> {
    return this.#insert((connection) => writes.insertBusinessUnit(connection, accountId, unit));
  }

  updateBusinessUnit(accountId: number, unit: BusinessUnit, expectedUpdatedAt: number): Promise<UpdateResult> {
    return this.#update((connection) => writes.updateBusinessUnit(connection, accountId, unit, expectedUpdatedAt));
  }

  insertDefinition(accountId: number, definition: SubscriptionDefinition): Promise<InsertResult> {
    return this.#insert((connection) => writes.insertDefinition(connection, accountId, definition));
  }

  updateDefinition(
    accountId: number,
    definition: SubscriptionDefinition,
    expectedUpdatedAt: number,
  ): Promise<UpdateResult> {
    return this.#update((connection) => writes.updateDefinition(connection, accountId, definition, expectedUpdatedAt));
  }

  insertApp(accountId: number, app: App): Promise<InsertResult> {
    return this.#insert((connection) => writes.insertApp(connection, accountId, app));
  }

  updateApp(accountId: number, app: App, expectedUpdatedAt: number): Promise<UpdateResult> {
    return this.#update((connection) => writes.updateApp(connection, accountId, app, expectedUpdatedAt));
  }

  insertToken(token: Token): Promise<InsertResult> {
    return this.#insert((connection) => writes.insertToken(connection, token));
  }

  rotateToken(token: Token, secret: NewTokenSecret): Promise<UpdateResult> {
    return this.#update((connection) => writes.rotateToken(connection, token, secret));
  }

  updateTokenScopes(accountId: number, tokenId: string, scopes: readonly Scope[]): Promise<boolean> {
    return this.#transactions.changeCatalog((connection) =>
      writes.updateTokenScopes(connection, accountId, tokenId, scopes),
    );
  }

  revokeToken(accountId: number, tokenId: string, revokedAt: number): Promise<boolean> {
    return this.#transactions.changeCatalog((connection) =>
      writes.revokeToken(connection, accountId, tokenId, revokedAt),
    );
  }

  noteTokenUses(uses: readonly TokenUse[]): Promise<void> {
    return this.#transactions.write((connection) => writes.noteTokenUses(connection, uses));
  }

  listLinkKeys(accountId: number): Promise<LinkKey[]> {
    return this.#connection.run(() =>
      this.#connection
        .all<rows.LinkKeyRow>('SELECT * FROM link_key WHERE account_id = ? ORDER BY created_at, id', accountId)
        .map(rows.toLinkKey),
    );
  }

  findLinkKey(id: string): Promise<LinkKey | null> {
    return this.#connection.run(() => {
      const [row] = this.#connection.all<rows.LinkKeyRow>('SELECT * FROM link_key WHERE id = ?', toBytes(id));
      return row ? rows.toLinkKey(row) : null;
    });
  }

  insertLinkKey(key: LinkKey, othersRetireAt: number | null): Promise<InsertResult> {
    return this.#insert((connection) => writes.insertLinkKey(connection, key, othersRetireAt));
  }

  async #insert(work: (connection: Connection) => boolean): Promise<InsertResult> {
    return (await this.#transactions.changeCatalog(work)) ? 'inserted' : 'taken';
  }

  async #update(work: (connection: Connection) => boolean): Promise<UpdateResult> {
    return (await this.#transactions.changeCatalog(work)) ? 'updated' : 'stale';
  }
}
