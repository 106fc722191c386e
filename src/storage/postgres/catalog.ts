/** What an account has set up, on PostgreSQL. */
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
import { changeCatalog } from './catalog-transactions.ts';
import * as writes from './catalog-writes.ts';
import type { Client, Connections } from './connections.ts';

const FIND_TOKEN = `
  WITH shown AS (
    SELECT id AS token_id, NULL::bigint AS ends_at FROM token WHERE secret_hash = $1
    UNION ALL
    SELECT token_id, ends_at FROM old_token_secret WHERE secret_hash = $1
  )
  SELECT listed.*, shown.ends_at AS secret_ends_at
  FROM shown
  JOIN (${rows.SELECT_TOKENS}) AS listed ON listed.id = shown.token_id
  LIMIT 1`;

export class PostgresCatalog implements CatalogStore {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async revision(): Promise<number> {
    const [row] = await this.#connections.looks.all<{ revision: number }>('SELECT revision FROM catalog_revision');
    return row?.revision ?? 0;
  }

  async listAccounts(): Promise<Account[]> {
    const found = await this.#connections.reads.all<rows.AccountRow>('SELECT * FROM account ORDER BY created_at, id');
    return found.map(rows.toAccount);
  }

  loadCatalog(accountId: number): Promise<Catalog | null> {
    // One view of the three tables, and one round trip: nothing here waits for what was sent before it.
    return this.#connections.reads.use(async (client) => {
      const [, account, units, definitions] = await Promise.all([
        client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
        client.query<rows.AccountRow>('SELECT * FROM account WHERE id = $1', [accountId]),
        client.query<rows.BusinessUnitRow>('SELECT * FROM business_unit WHERE account_id = $1 ORDER BY id', [
          accountId,
        ]),
        client.query<rows.DefinitionRow>('SELECT * FROM subscription_definition WHERE account_id = $1', [accountId]),
        client.query('COMMIT'),
      ]);
      const [row] = account.rows;
      if (!row) return null;
      return makeCatalog(
        rows.toAccount(row),
        units.rows.map(rows.toBusinessUnit),
        definitions.rows.map(rows.toDefinition),
      );
    });
  }

  async listApps(accountId: number): Promise<App[]> {
    const sql = 'SELECT * FROM app WHERE account_id = $1 ORDER BY id';
    return (await this.#connections.reads.all<rows.AppRow>(sql, accountId)).map(rows.toApp);
  }

  async listTokens(accountId: number): Promise<Token[]> {
    const sql = `${rows.SELECT_TOKENS} WHERE account_id = $1 ORDER BY created_at, id`;
    return (await this.#connections.reads.all<rows.TokenRow>(sql, accountId)).map(rows.toToken);
  }

  async findToken(secretHash: string): Promise<FoundToken | null> {
    const [row] = await this.#connections.reads.all<rows.FoundTokenRow>(FIND_TOKEN, Buffer.from(secretHash, 'hex'));
    return row ? rows.toFoundToken(row) : null;
  }

  insertFirstAccount(account: NewAccount): Promise<InsertResult> {
    return this.#insert(async (client) => {
      const { rowCount } = await client.query('SELECT 1 FROM account LIMIT 1');
      return rowCount === 0 && writes.insertWholeAccount(client, account);
    });
  }

  insertAccount(account: NewAccount): Promise<InsertResult> {
    return this.#insert((client) => writes.insertWholeAccount(client, account));
  }

  updateAccount(account: Account, expectedUpdatedAt: number): Promise<UpdateResult> {
    return this.#update((client) => writes.updateAccount(client, account, expectedUpdatedAt));
  }

  insertBusinessUnit(accountId: number, unit: BusinessUnit): Promise<InsertResult> {
    return this.#insert((client) => writes.insertBusinessUnit(client, accountId, unit));
  }

  updateBusinessUnit(accountId: number, unit: BusinessUnit, expectedUpdatedAt: number): Promise<UpdateResult> {
    return this.#update((client) => writes.updateBusinessUnit(client, accountId, unit, expectedUpdatedAt));
  }

  insertDefinition(accountId: number, definition: SubscriptionDefinition): Promise<InsertResult> {
    return this.#insert((client) => writes.insertDefinition(client, accountId, definition));
  }

  updateDefinition(
    accountId: number,
    definition: SubscriptionDefinition,
    expectedUpdatedAt: number,
  ): Promise<UpdateResult> {
    return this.#update((client) => writes.updateDefinition(client, accountId, definition, expectedUpdatedAt));
  }

  insertApp(accountId: number, app: App): Promise<InsertResult> {
    return this.#insert((client) => writes.insertApp(client, accountId, app));
  }

  updateApp(accountId: number, app: App, expectedUpdatedAt: number): Promise<UpdateResult> {
    return this.#update((client) => writes.updateApp(client, accountId, app, expectedUpdatedAt));
  }

  insertToken(token: Token): Promise<InsertResult> {
    return this.#insert((client) => writes.insertToken(client, token));
  }

  rotateToken(token: Token, secret: NewTokenSecret): Promise<UpdateResult> {
    return this.#update((client) => writes.rotateToken(client, token, secret));
  }

  updateTokenScopes(accountId: number, tokenId: string, scopes: readonly Scope[]): Promise<boolean> {
    return changeCatalog(this.#connections, (client) => writes.updateTokenScopes(client, accountId, tokenId, scopes));
  }

  revokeToken(accountId: number, tokenId: string, revokedAt: number): Promise<boolean> {
    return changeCatalog(this.#connections, (client) => writes.revokeToken(client, accountId, tokenId, revokedAt));
  }

  noteTokenUses(uses: readonly TokenUse[]): Promise<void> {
    return this.#connections.use((client) => writes.noteTokenUses(client, uses));
  }

  async listLinkKeys(accountId: number): Promise<LinkKey[]> {
    const sql = 'SELECT * FROM link_key WHERE account_id = $1 ORDER BY created_at, id';
    return (await this.#connections.reads.all<rows.LinkKeyRow>(sql, accountId)).map(rows.toLinkKey);
  }

  async findLinkKey(id: string): Promise<LinkKey | null> {
    const sql = 'SELECT * FROM link_key WHERE id = $1';
    const [row] = await this.#connections.reads.all<rows.LinkKeyRow>(sql, Buffer.from(id, 'hex'));
    return row ? rows.toLinkKey(row) : null;
  }

  insertLinkKey(key: LinkKey, othersRetireAt: number | null): Promise<InsertResult> {
    return this.#insert((client) => writes.insertLinkKey(client, key, othersRetireAt));
  }

  async #insert(work: (client: Client) => Promise<boolean>): Promise<InsertResult> {
    return (await changeCatalog(this.#connections, work)) ? 'inserted' : 'taken';
  }

  async #update(work: (client: Client) => Promise<boolean>): Promise<UpdateResult> {
    return (await changeCatalog(this.#connections, work)) ? 'updated' : 'stale';
  }
}
