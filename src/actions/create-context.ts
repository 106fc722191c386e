/** Puts together what actions work with, on a store that is migrated already. */
import type { Store } from '../storage/port.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { CatalogCache } from './catalog-cache.ts';
import { Committer } from './committer.ts';
import { type Clock, type Context, type Outbox, type Randomness, type Site, systemRandomness } from './context.ts';
import { EventFeed } from './event-feed.ts';
import { Idempotency } from './idempotency.ts';
import { LedgerHorizon } from './ledger-horizon.ts';
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
  /** How long at least lies between two closings of the ledger. */
  readonly closingPauseMs?: number;
  /** Called once, when somebody first asks for it; again where that failed. */
  readonly openAuthorizationServer?: (context: Context) => Promise<AuthorizationServer>;
  /** Told when looking for other processes' changes failed; it is tried again all the same. */
  readonly onPollError?: (error: unknown) => void;
  /** Told each time that it went well. */
  readonly onPolled?: () => void;
  /** Told when it could not be stored that tokens were used; it is tried again all the same. */
  readonly onUsesNotStored?: (error: unknown) => void;
}

/** Starts to watch the catalog; `stopContext` ends it. The store stays the caller's to close. */
export async function createContext(store: Store, options: ContextOptions = {}): Promise<Context> {
  const { clock = Date.now, site = { url: '' }, outbox = null } = options;
  const { randomness = systemRandomness(clock), closingPauseMs } = options;
  const { openAuthorizationServer = () => Promise.reject(new Error('No authorization server was set up')) } = options;
  const { issuers = null, passwordCost = PASSWORD_COST, onPollError, onPolled, onUsesNotStored } = options;
  const catalogs = new CatalogCache(store, onPollError, onPolled);
  await catalogs.watch();
  const committer = new Committer(store, catalogs, clock, randomness);
  const reader = new SubscriberReader(store.subscribers);
  // Where nobody reads elsewhere, all reads ride together.
  const lenientReader = store.replicas ? new SubscriberReader(store.replicas.contacts) : reader;
  const horizon = new LedgerHorizon(store.ledger, randomness.eventIds, closingPauseMs);
  const feed = new EventFeed(store, horizon);
  const tokenUses = new TokenUses(store.catalog, onUsesNotStored);
  const idempotency = new Idempotency(store.idempotencyKeys, clock, randomness);
  const authorizationServer = onceWell(() => openAuthorizationServer(context));
  const parts = { catalogs, committer, reader, lenientReader, horizon, feed, tokenUses, idempotency };
  const people = { issuers, passwordCost, authorizationServer };
  const context: Context = { site, outbox, store, clock, randomness, ...parts, ...people };
  return context;
}

/** What `open` opens, for everybody who asks; where it fails, it is tried again by whoever asks next. */
function onceWell<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opened: Promise<Value> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

/** Resolves once what is known of tokens' use is stored, or cannot be. Call it before the store is closed. */
export async function stopContext(context: Context): Promise<void> {
  context.feed.endWaits();
  context.issuers?.close();
  context.catalogs.stop();
  context.idempotency.stop();
  await context.tokenUses.close();
}
