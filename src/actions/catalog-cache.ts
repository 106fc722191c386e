/**
 * Catalogs and tokens, kept in memory. Other processes' changes are noticed by the catalog's revision, asked for
 * twice a second; this process's own changes clear the cache at once.
 */
import type { Catalog } from '../domain/catalog.ts';
import type { LinkKey } from '../domain/link.ts';
import type { Store } from '../storage/port.ts';
import { type Credential, credentialOfAccessToken, credentialOfToken } from './credential.ts';
import { hashSecret } from './hash-secret.ts';
import { shareUnderway } from './share-underway.ts';

const POLL_MS = 500;

/** Access tokens come and go: whoever asked for so many at a time is forgotten with all others, and asked for again. */
const MAX_CREDENTIALS = 10_000;

export class CatalogCache {
  readonly #store: Pick<Store, 'catalog' | 'authorizations'>;
  readonly #onPollError: (error: unknown) => void;
  readonly #onPolled: () => void;
  #catalogs = new Map<number, Catalog>();
  /** By their secrets, which stay in this process's memory. */
  #credentials = new Map<string, Credential>();
  /** The ids of accounts' apps. */
  #apps = new Map<number, ReadonlySet<number>>();
  #linkKeys = new Map<string, LinkKey>();
  /** The keys that seal new links, by account. */
  #currentLinkKeys = new Map<number, LinkKey>();
  /** What is being loaded for whoever misses it in the cache, so that a crowd of them asks the store once. */
  #loading = new Map<number, Promise<Catalog>>();
  #finding = new Map<string, Promise<Credential | null>>();
  #listing = new Map<number, Promise<ReadonlySet<number>>>();
  /** Counts the times the cache was cleared, so that what was being loaded meanwhile is not kept. */
  #generation = 0;
  #revision: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #polling = false;

  constructor(
    store: Pick<Store, 'catalog' | 'authorizations'>,
    onPollError: (error: unknown) => void = () => {},
    onPolled: () => void = () => {},
  ) {
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
    this.#credentials = new Map();
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
    const catalog = await this.#load(
      () => this.#store.catalog.loadCatalog(accountId),
      (loaded) => void this.#catalogs.set(accountId, loaded),
    );
    if (!catalog) throw new Error(`Account ${accountId} does not exist, yet something belongs to it`);
    return catalog;
  }

  /** What this secret is good for, if it was asked for before. Costs a look-up, and no hashing. */
  knownCredential(secret: string): Credential | undefined {
    return this.#credentials.get(secret);
  }

  /** What this secret is good for; unknown ones are asked for each time, so that guessing fills no memory. */
  async credential(secret: string): Promise<Credential | null> {
    return this.#credentials.get(secret) ?? shareUnderway(this.#finding, secret, () => this.#findCredential(secret));
  }

  #findCredential(secret: string): Promise<Credential | null> {
    const { catalog, authorizations } = this.#store;
    const find = async (): Promise<Credential | null> => {
      const secretHash = hashSecret(secret);
      const token = await catalog.findToken(secretHash);
      if (token) return credentialOfToken(token);
      const accessToken = await authorizations.findAccessToken(secretHash);
      return accessToken && credentialOfAccessToken(accessToken);
    };
    return this.#load(find, (credential) => {
      if (this.#credentials.size >= MAX_CREDENTIALS) this.#credentials.clear();
      this.#credentials.set(secret, credential);
    });
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
    const list = async () => new Set((await this.#store.catalog.listApps(accountId)).map(({ id }) => id));
    return this.#load(list, (apps) => {
      if (apps.size > 0) this.#apps.set(accountId, apps);
    });
  }

  /** The key with this id; unknown ones are asked for each time, as tokens are. */
  async linkKey(id: string): Promise<LinkKey | null> {
    const find = () => this.#store.catalog.findLinkKey(id);
    return this.#linkKeys.get(id) ?? this.#load(find, (key) => void this.#linkKeys.set(id, key));
  }

  /** The key that seals the account's new links; null where there is none yet. */
  async currentLinkKey(accountId: number): Promise<LinkKey | null> {
    return this.#currentLinkKeys.get(accountId) ?? this.freshLinkKey(accountId);
  }

  /** The same as it stands now, where another process may have exchanged it a moment ago. */
  async freshLinkKey(accountId: number): Promise<LinkKey | null> {
    const find = async () => {
      const keys = await this.#store.catalog.listLinkKeys(accountId);
      return keys.findLast(({ retiresAt }) => retiresAt === null) ?? null;
    };
    return this.#load(find, (key) => void this.#currentLinkKeys.set(accountId, key));
  }

  /** Loads from the store, and keeps what is there unless the cache was cleared meanwhile. */
  async #load<Loaded>(load: () => Promise<Loaded>, keep: (loaded: NonNullable<Loaded>) => void): Promise<Loaded> {
    const generation = this.#generation;
    const loaded = await load();
    if (loaded && generation === this.#generation) keep(loaded);
    return loaded;
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      const revision = await this.#store.catalog.revision();
      if (this.#revision !== null && revision !== this.#revision) this.clear();
      this.#revision = revision;
      this.#onPolled();
    } finally {
      this.#polling = false;
    }
  }
}
