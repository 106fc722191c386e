/**
 * What actions need of a store, in domain types. Nothing else crosses; `test/storage/contract.ts` says it in tests.
 *
 * Every method rejects with `StoreUnavailable` when the database cannot be reached or does not accept the work; any
 * other rejection is a bug. All methods may be called concurrently.
 */
import type { Scope } from '../domain/access.ts';
import type { SubscriberKey } from '../domain/address.ts';
import type { Account, App, BusinessUnit, Catalog, SubscriptionDefinition, Token } from '../domain/catalog.ts';
import type { Remainder } from '../domain/erasure.ts';
import type { LedgerEvent, SubscriberState } from '../domain/ledger.ts';
import type { LinkKey } from '../domain/link.ts';
import type { Channel } from '../domain/preferences.ts';
import type { LedgerAudit } from './ports/audit.ts';
import type { AuthorizationStore, OperatorStore, ServerSecretStore } from './ports/authorization.ts';
import type { CheckpointStore } from './ports/checkpoints.ts';
import type { ContactReads, Replicas } from './ports/contact-reads.ts';
import type { DistributeOutcome, Distribution } from './ports/distribution.ts';
import type { IdempotencyStore } from './ports/idempotency.ts';
import type { LedgerStore } from './ports/ledger.ts';
import type { ConnectionLimits, DurabilitySetting, MigrationStatus } from './ports/operation.ts';
import type { SignUpStore } from './ports/sign-ups.ts';

export { compareRefs } from './key-order.ts';
export * from './ports/audit.ts';
export * from './ports/authorization.ts';
export * from './ports/checkpoints.ts';
export * from './ports/contact-reads.ts';
export * from './ports/distribution.ts';
export * from './ports/idempotency.ts';
export * from './ports/ledger.ts';
export * from './ports/operation.ts';
export * from './ports/sign-ups.ts';

/** Names a subscriber row. The key alone is practically unique; the account leads every index. */
export interface SubscriberRef {
  readonly accountId: number;
  readonly subscriberKey: SubscriberKey;
}

/** A subscriber row as it was read. */
export interface StoredSubscriber {
  readonly ref: SubscriberRef;
  /** As written by whoever wrote last; null once erased. */
  readonly address: string | null;
  readonly state: SubscriberState;
}

/** What a question is about: one type of mail, by one channel. */
export interface Subject {
  readonly channel: Channel;
  readonly subscriptionId: number;
}

/** Rows that a commit will be decided on. */
export interface RowsToChange {
  /** Undefined where there is none. */
  readonly rows: readonly (StoredSubscriber | undefined)[];
  /** Where not, they may be out of date, and only a commit of changes to all of them shows that they are not. */
  readonly areCurrent: boolean;
}

/** What one commit does to one subscriber. */
export interface SubscriberChange {
  readonly ref: SubscriberRef;
  /** Null where the change erases the contact. */
  readonly address: string | null;
  /** The version that was loaded and decided upon; 0 where there was no row. */
  readonly baseVersion: number;
  /** The state to store; its version is `baseVersion` plus the number of `events`. */
  readonly state: SubscriberState;
  /** Oldest first, at least one. */
  readonly events: readonly LedgerEvent[];
}

/** Some contacts of an account of whom something may have to be forgotten. */
export interface EvidencePage {
  /** Each once. */
  readonly refs: readonly SubscriberRef[];
  /** The event that was looked at last; null where there are no more. */
  readonly next: string | null;
}

/** A change by which something is forgotten. */
export interface ForgettingChange extends SubscriberChange {
  /** What shall be left of the personal values of some of the contact's events that are stored already. */
  readonly remainders: readonly Remainder[];
}

/** `conflict`: another process changed what was to be changed meanwhile, and nothing at all was written. */
export type SaveResult = 'committed' | 'conflict';

/** `too-late`: the ledger is closed through an event's id or beyond it, and nothing at all was written. */
export type CommitResult = SaveResult | 'too-late';

export interface SubscriberStore extends ContactReads {
  /** How many commits may usefully run side by side. It may change with `isSpread`. */
  readonly lanes: number;
  /** The rows of `refs`, in their order; undefined where there is none. One round trip however many. */
  load(refs: readonly SubscriberRef[]): Promise<(StoredSubscriber | undefined)[]>;
  /**
   * As `load`, of rows that a commit will be decided on: they may be read where they will be written. `mayBeOld` is for one
   * contact to which one thing is to be done: its row may be read by a shorter way than `load` goes, and `commit` then
   * sees whether it is as it was read.
   */
  loadToChange(refs: readonly SubscriberRef[], mayBeOld: boolean): Promise<RowsToChange>;
  /**
   * Writes rows and events in one transaction, all or nothing, and resolves once it is durable. A row is written only
   * where its version is still `baseVersion`, and only where all events' ids are later than what the ledger is closed
   * through. Each subscriber appears at most once. `committed` only where that was seen: where an answer is lost, it is
   * looked whether the events are there, and the work is repeated if not, for some seconds.
   */
  commit(changes: readonly SubscriberChange[]): Promise<CommitResult>;
  /**
   * Writes a change as `commit` does, and in the same transaction puts the remainders in the place of what they are left of.
   * Where the change erases the contact (`state.isErased`), what waits for its confirmation is deleted too, and its links
   * are void up to that instant, and what the engine keeps of it for its own purposes goes as far as it can go at once.
   */
  forget(change: ForgettingChange): Promise<CommitResult>;
  /**
   * The contacts of the account with evidence in events that happened before `before` (epoch milliseconds). It looks at no
   * more than `limit` events of whatever account, in the order of their ids, those later than `after`.
   */
  findEvidence(accountId: number, before: number, after: string | null, limit: number): Promise<EvidencePage>;
  /** One contact's events, newest first, by walking from the head; at most `limit`. */
  history(ref: SubscriberRef, limit: number): Promise<LedgerEvent[]>;
  /** Every subscriber, in key order, a page at a time: for checks and exports, not for serving. */
  scan(after: SubscriberRef | null, limit: number): Promise<StoredSubscriber[]>;
}

/** An account that is to be created whole: with its brand 0, its definitions and its first app. */
export interface NewAccount {
  readonly account: Account;
  readonly businessUnits: readonly BusinessUnit[];
  readonly definitions: readonly SubscriptionDefinition[];
  readonly apps: readonly App[];
  readonly tokens: readonly Token[];
}

/** `taken`: the id (or, for a token, its secret) exists already, and nothing was written. */
export type InsertResult = 'inserted' | 'taken';
/** `stale`: there is no such row with that `updatedAt` any more, and nothing was written. */
export type UpdateResult = 'updated' | 'stale';

/** A token, found by the secret it has or by one that it had. */
export interface FoundToken {
  readonly token: Token;
  /** Until when the secret works that it was found by; null where it is the token's own. */
  readonly secretEndsAt: number | null;
}

/** The secret that a token gets in place of the one it has. */
export interface NewTokenSecret {
  readonly secretHash: string;
  readonly hint: string;
  /** After the rotation before. */
  readonly rotatedAt: number;
  /** Until when the secret works that is replaced; those before it end at `rotatedAt`. */
  readonly oldEndsAt: number;
}

/** That a token was used, at an instant to the minute. */
export interface TokenUse {
  readonly tokenId: string;
  readonly usedAt: number;
}

/** What an account has set up. Every write but `noteTokenUses` raises `revision` in its own transaction. */
export interface CatalogStore {
  /** Grows with every change of anything below, made by any process. */
  revision(): Promise<number>;
  /** The oldest first. */
  listAccounts(): Promise<Account[]>;
  loadCatalog(accountId: number): Promise<Catalog | null>;
  listApps(accountId: number): Promise<App[]>;
  /** The oldest first. */
  listTokens(accountId: number): Promise<Token[]>;
  /** By the SHA-256 of a secret, 64 hexadecimal digits; revoked and expired ones too, and by secrets that have ended. */
  findToken(secretHash: string): Promise<FoundToken | null>;

  /** Creates the account where there is none at all; `taken` otherwise. Safe when many processes try at once. */
  insertFirstAccount(account: NewAccount): Promise<InsertResult>;
  insertAccount(account: NewAccount): Promise<InsertResult>;
  /** Compare-and-swap on `updatedAt`, as are the other updates. */
  updateAccount(account: Account, expectedUpdatedAt: number): Promise<UpdateResult>;
  insertBusinessUnit(accountId: number, unit: BusinessUnit): Promise<InsertResult>;
  updateBusinessUnit(accountId: number, unit: BusinessUnit, expectedUpdatedAt: number): Promise<UpdateResult>;
  insertDefinition(accountId: number, definition: SubscriptionDefinition): Promise<InsertResult>;
  updateDefinition(
    accountId: number,
    definition: SubscriptionDefinition,
    expectedUpdatedAt: number,
  ): Promise<UpdateResult>;
  /** `taken` also where another app with this id is installed in the account. */
  insertApp(accountId: number, app: App): Promise<InsertResult>;
  updateApp(accountId: number, app: App, expectedUpdatedAt: number): Promise<UpdateResult>;
  /** A token with its first secret, that was never used. */
  insertToken(token: Token): Promise<InsertResult>;
  /** `stale` where the token has another secret by now, or was revoked. */
  rotateToken(token: Token, secret: NewTokenSecret): Promise<UpdateResult>;
  /** False where the account has no such token. */
  updateTokenScopes(accountId: number, tokenId: string, scopes: readonly Scope[]): Promise<boolean>;
  /** False where the account has no such token. Revoking twice keeps the first instant. */
  revokeToken(accountId: number, tokenId: string, revokedAt: number): Promise<boolean>;
  /** Never moves a last use back. Tokens that are not there are passed over. Does not raise `revision`. */
  noteTokenUses(uses: readonly TokenUse[]): Promise<void>;

  /** Retired ones too, the oldest first. */
  listLinkKeys(accountId: number): Promise<LinkKey[]>;
  /** By its id, 8 hexadecimal digits; retired ones too. */
  findLinkKey(id: string): Promise<LinkKey | null>;
  /** Inserts a key; all other keys of its account retire at `othersRetireAt`, unless they do so earlier, or it is null. */
  insertLinkKey(key: LinkKey, othersRetireAt: number | null): Promise<InsertResult>;
}

/** Whose links were revoked. */
export interface LinkRevocations {
  /** The instant up to which the contact's links are void; 0 where none were revoked. */
  revokedThrough(ref: SubscriberRef): Promise<number>;
  /** Never moves an instant back. */
  revoke(ref: SubscriberRef, through: number): Promise<void>;
}

export interface Store {
  readonly subscribers: SubscriberStore;
  /** Null where the operator has named none. */
  readonly replicas: Replicas | null;
  readonly ledger: LedgerStore;
  readonly catalog: CatalogStore;
  readonly linkRevocations: LinkRevocations;
  readonly signUps: SignUpStore;
  readonly operators: OperatorStore;
  readonly authorizations: AuthorizationStore;
  readonly serverSecrets: ServerSecretStore;
  readonly checkpoints: CheckpointStore;
  readonly idempotencyKeys: IdempotencyStore;
  /**
   * Reads the whole ledger as of one moment. It may take minutes and keeps old row versions from being cleared away
   * meanwhile. Not for a process that serves: on SQLite it keeps everything else from getting on.
   */
  audit<T>(work: (audit: LedgerAudit) => Promise<T>): Promise<T>;
  /** The engine and its version, for people: `SQLite 3.53.4`, `PostgreSQL 18.4`. */
  describe(): Promise<string>;
  /** What the connections really run with. */
  durability(): Promise<readonly DurabilitySetting[]>;
  /** Null where a database has no such limit. */
  connectionLimits(): Promise<ConnectionLimits | null>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  migrationStatus(): Promise<MigrationStatus>;
  /** Applies what is pending. Safe when several processes call it at once: each migration runs once. */
  migrate(): Promise<MigrationStatus>;
  /** Null where the contacts are all on one server. */
  distribution(): Promise<Distribution | null>;
  /**
   * Spreads the contacts of a database that is migrated over its servers, in so many parts, or as many as they are split in
   * already, or 32. Others may read and write meanwhile. Repeated, it does what is left to be done.
   */
  distribute(shards: number | null): Promise<DistributeOutcome>;
  /**
   * Rewrites what holds contacts, so that the database's own files hold nothing of what was deleted or replaced. Says for
   * people what is left over, a sentence each without a full stop; nothing where it did all.
   */
  purge(): Promise<readonly string[]>;
  /** Finishes what runs, then lets go of files and connections. Idempotent. */
  close(): Promise<void>;
}

/** The database cannot be reached, or did not accept the work. Whether a commit took effect is then unknown. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  /** Why, in words of ours: the message may quote what a log must not hold, these never do. */
  readonly reason: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly reason?: string } = {}) {
    super(message, options);
    this.reason = options.reason;
  }
}
