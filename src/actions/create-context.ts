/** Puts together what actions work with, on a store that is migrated already. */
import type { Store } from '../storage/port.ts';
import { CatalogCache } from './catalog-cache.ts';
import { Committer } from './committer.ts';
import { type Clock, type Context, type Outbox, type Randomness, type Site, systemRandomness } from './context.ts';
import { PASSWORD_COST, type PasswordCost } from './passwords.ts';
import { SubscriberReader } from './subscriber-reader.ts';
import { TokenUses } from './token-uses.ts';
import type { TrustedIssuers } from './trusted-issuers.ts';

export interface ContextOptions {
  readonly clock?: Clock;
  readonly randomness?: Randomness;
  readonly site?: Site;
  /** Null for none. */
  readonly issuers?: TrustedIssuers | null;
  readonly outbox?: Outbox | null;
  readonly passwordCost?: PasswordCost;
  /** Told when looking for other processes' changes failed; it is tried again all the same. */
  readonly onPollError?: (error: unknown) => void;
  /** Told each time that it went well. */
  readonly onPolled?: () => void;
  /** Told when it could not be stored that tokens were used; it is tried again all the same. */
  readonly onUsesNotStored?: (error: unknown) => void;
}

/** Starts to watch the catalog; `stopContext` ends it. The store stays the caller's to close. */
export async function createContext(store: Store, options: ContextOptions = {}): Promise<Context> {
  const { clock = Date.now, randomness = systemRandomness(), site = { url: '' }, outbox = null } = options;
  const { issuers = null, passwordCost = PASSWORD_COST, onPollError, onPolled, onUsesNotStored } = options;
  const catalogs = new CatalogCache(store.catalog, onPollError, onPolled);
  await catalogs.watch();
  const committer = new Committer(store.subscribers, catalogs, clock, randomness);
  const reader = new SubscriberReader(store.subscribers);
  const tokenUses = new TokenUses(store.catalog, onUsesNotStored);
  return { site, outbox, store, clock, randomness, catalogs, committer, reader, issuers, tokenUses, passwordCost };
}

/** Resolves once what is known of tokens' use is stored, or cannot be. Call it before the store is closed. */
export async function stopContext(context: Context): Promise<void> {
  context.issuers?.close();
  context.catalogs.stop();
  await context.tokenUses.close();
}
