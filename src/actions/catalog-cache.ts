/**
 * Catalogs and tokens, kept in memory. Other processes' changes are noticed by the catalog's revision, asked for
 * twice a second; this process's own changes clear the cache at once.
 */
import type { Catalog } from '../domain/catalog.ts';
import type { LinkKey } from '../domain/link.ts';
import type { CatalogStore, FoundToken } from '../storage/port.ts';
import { hashSecret } from './hash-secret.ts';
import { shareUnderway } from './share-underway.ts';

const POLL_MS = 500;

export class CatalogCache {
  readonly #store: CatalogStore;
  readonly #onPollError: (error: unknown) => void;
  readonly #onPolled: () => void;
  #catalogs = new Map<number, Catalog>();
  /** By their secrets, which stay in this process's memory. */
  #tokens = new Map<string, FoundToken>();
  /** The ids of accounts' apps. */
  #apps = new Map<number, ReadonlySet<number>>();
  #linkKeys = new Map<string, LinkKey>();
  /** The keys that seal new links, by account. */
  #currentLinkKeys = new Map<number, LinkKey>();
  /** What is being loaded for whoever misses it in the cache, so that a crowd of them asks the store once. */
  #loading = new Map<number, Promise<Catalog>>();
  #finding = new Map<string, Promise<FoundToken | null>>();
  #listing = new Map<number, Promise<ReadonlySet<number>>>();
  /** Counts the times the cache was cleared, so that what was being loaded meanwhile is not kept. */
  #generation = 0;
  #revision: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #polling = false;

  constructor(store: CatalogStore, onPollError: (error: unknown) => void = () => {}, onPolled: () => void = () => {}) {
    this.#store = store;
    this.#onPollError = onPollError;
    this.#onPolled = onPolled;
  }

  /** Starts to watch for other processes' changes. */
  async watch(): Promise<void> {
    await this.#poll();
    this.#timer = setInterval(() => this.#poll().catch(this.#onPollError), POLL_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Forgets everything: call it after a change that this process made. */
  clear(): void {
    this.#generation += 1;
    this.#catalogs = new Map();
    this.#tokens = new Map();
    this.#apps = new Map();
    this.#linkKeys = new Map();
    this.#currentLinkKeys = new Map();
    this.#loading = new Map();
    this.#finding = new Map();
    this.#listing = new Map();
  }

  /** The account's catalog, at most a poll's interval old. Rejects where there is no such account: that is a bug. */
  async catalog(accountId: number): Promise<Catalog> {
    return this.#catalogs.get(accountId) ?? shareUnderway(this.#loading, accountId, () => this.freshCatalog(accountId));
  }

  /** The account's catalog as it stands now, for decisions that must not miss a definition made a moment ago. */
  async freshCatalog(accountId: number): Promise<Catalog> {
    const generation = this.#generation;
    const catalog = await this.#store.loadCatalog(accountId);
    if (!catalog) throw new Error(`Account ${accountId} does not exist, yet something belongs to it`);
    if (generation === this.#generation) this.#catalogs.set(accountId, catalog);
    return catalog;
  }

  /** The token with this secret, if it was asked for before. Costs a look-up, and no hashing. */
  knownToken(secret: string): FoundToken | undefined {
    return this.#tokens.get(secret);
  }

  /** The token with this secret; unknown ones are asked for each time, so that guessing fills no memory. */
  async token(secret: string): Promise<FoundToken | null> {
    return this.#tokens.get(secret) ?? shareUnderway(this.#finding, secret, () => this.#findToken(secret));
  }

  async #findToken(secret: string): Promise<FoundToken | null> {
    const generation = this.#generation;
    const token = await this.#store.findToken(hashSecret(secret));
    if (token && generation === this.#generation) this.#tokens.set(secret, token);
    return token;
  }

  /** The ids of the account's apps, if they were asked for before. */
  knownApps(accountId: number): ReadonlySet<number> | undefined {
    return this.#apps.get(accountId);
  }

  /** The ids of the account's apps; of an account that does not exist there are none, and that is not kept. */
  async apps(accountId: number): Promise<ReadonlySet<number>> {
    return this.#apps.get(accountId) ?? shareUnderway(this.#listing, accountId, () => this.#listApps(accountId));
  }

  async #listApps(accountId: number): Promise<ReadonlySet<number>> {
    const generation = this.#generation;
    const apps = new Set((await this.#store.listApps(accountId)).map(({ id }) => id));
    if (apps.size > 0 && generation === this.#generation) this.#apps.set(accountId, apps);
    return apps;
  }

  /** The key with this id; unknown ones are asked for each time, as tokens are. */
  async linkKey(id: string): Promise<LinkKey | null> {
    const known = this.#linkKeys.get(id);
    if (known) return known;
    const generation = this.#generation;
    const key = await this.#store.findLinkKey(id);
    if (key && generation === this.#generation) this.#linkKeys.set(id, key);
    return key;
  }

  /** The key that seals the account's new links; null where there is none yet. */
  async currentLinkKey(accountId: number): Promise<LinkKey | null> {
    return this.#currentLinkKeys.get(accountId) ?? this.freshLinkKey(accountId);
  }

  /** The same as it stands now, where another process may have exchanged it a moment ago. */
  async freshLinkKey(accountId: number): Promise<LinkKey | null> {
    const generation = this.#generation;
    const key = (await this.#store.listLinkKeys(accountId)).findLast(({ retiresAt }) => retiresAt === null);
    if (key && generation === this.#generation) this.#currentLinkKeys.set(accountId, key);
    return key ?? null;
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      const revision = await this.#store.revision();
      if (this.#revision !== null && revision !== this.#revision) this.clear();
      this.#revision = revision;
      this.#onPolled();
    } finally {
      this.#polling = false;
    }
  }
}
