/** What installing apps and signing operators in need of a store: part of `../port.ts`. */
import type { Scope } from '../../domain/access.ts';
import type { App } from '../../domain/catalog.ts';
import type { Installation } from '../../domain/installation.ts';
import type { Operator, OperatorSession } from '../../domain/operator.ts';
import type { InsertResult, UpdateResult } from '../port.ts';

/** Operators, their sessions, and how often somebody tried to be one. */
export interface OperatorStore {
  /** The oldest first. */
  list(): Promise<Operator[]>;
  find(id: number): Promise<Operator | null>;
  /** Whatever the case of either. */
  findByEmail(email: string): Promise<Operator | null>;
  /** `taken`: the id or the e-mail address. */
  insert(operator: Operator): Promise<InsertResult>;
  /** Compare-and-swap on `updatedAt`. */
  update(operator: Operator, expectedUpdatedAt: number): Promise<UpdateResult>;
  /** With all sessions. False where there is no such operator. */
  delete(id: number): Promise<boolean>;
  /** Uses up a step of the second factor's time; false where that one or a later one was used before. */
  useTotpStep(id: number, step: number): Promise<boolean>;

  /** Inserts nothing where the operator was deleted meanwhile. */
  insertSession(session: OperatorSession): Promise<void>;
  /** Null where there is none, or it is over at `now`. */
  findSession(secretHash: string, now: number): Promise<{ session: OperatorSession; operator: Operator } | null>;
  endSession(secretHash: string): Promise<void>;
  /** All of an operator; returns how many had not been over. */
  endSessions(operatorId: number, now: number): Promise<number>;

  /**
   * Counts a try under each key (whatever text) and returns the counts in their order, this one included: of the window
   * that began with the key's first try and is over at its end. Atomic. A key that is there twice counts once.
   */
  countTries(keys: readonly string[], now: number, windowEndsAt: number): Promise<TryCount[]>;
  forgetTries(keys: readonly string[]): Promise<void>;
  /** Deletes sessions and counts that are over. */
  forgetExpired(now: number): Promise<void>;
}

export interface TryCount {
  readonly count: number;
  /** Epoch milliseconds. */
  readonly windowEndsAt: number;
}

/** What the authorization server keeps. Of each of them, only the hash of what names it is stored. */
export const AUTHORIZATION_KINDS = [
  'AccessToken',
  'AuthorizationCode',
  'ClientCredentials',
  'Grant',
  'Interaction',
  'RefreshToken',
] as const;
export type AuthorizationKind = (typeof AUTHORIZATION_KINDS)[number];

export interface AuthorizationItem {
  readonly kind: AuthorizationKind;
  /** SHA-256, 64 hexadecimal digits; unique among all kinds. */
  readonly idHash: string;
  readonly clientId: string;
  /** Whose data it is about; null of an interaction: nobody has chosen yet. */
  readonly accountId: number | null;
  /** The `idHash` of the grant that it is part of; null of grants, interactions and client credentials. */
  readonly grantHash: string | null;
  /** JSON. */
  readonly document: string;
  readonly expiresAt: number;
  readonly consumedAt: number | null;
}

/** An access token that was given out. */
export interface FoundAccessToken {
  readonly accountId: number;
  readonly appId: number;
  readonly scopes: readonly Scope[];
  readonly expiresAt: number;
}

/** An app, and whose it is. */
export interface FoundApp {
  readonly accountId: number;
  readonly app: App;
}

export interface AuthorizationStore {
  /** Wherever it was made; null where there is none. */
  findApp(clientId: string): Promise<FoundApp | null>;

  /** All in the account, the oldest first. */
  listInstallations(accountId: number): Promise<Installation[]>;
  findInstallation(accountId: number, clientId: string): Promise<Installation | null>;
  /**
   * Inserts it, or puts it in the place of the one that there is, whose `installedAt` stays. `taken`: the account has
   * another app with this id, of its own or installed. Raises the catalog's revision.
   */
  install(installation: Installation): Promise<InsertResult>;
  /** With everything that was given to the app for the account; raises the catalog's revision. False where it was not there. */
  uninstall(accountId: number, clientId: string): Promise<boolean>;

  /**
   * Inserts an item, or replaces the one with its hash. False, and nothing is written, where what it hangs on is gone:
   * of one with an account the installation, of one with a grant the grant. However it races with `uninstall` or
   * `destroy`, nothing is left behind.
   */
  save(item: AuthorizationItem): Promise<boolean>;
  /** Expired and consumed ones too. */
  find(kind: AuthorizationKind, idHash: string): Promise<AuthorizationItem | null>;
  /** An access token or client credentials, with the app that they are of; expired ones too, as long as they are there. */
  findAccessToken(idHash: string): Promise<FoundAccessToken | null>;
  /** Consumes it and has it end at `expiresAt`; false where it was consumed before, or is gone. */
  consume(kind: AuthorizationKind, idHash: string, consumedAt: number, expiresAt: number): Promise<boolean>;
  /** Of a grant, with all that hangs on it. Raises the catalog's revision where an access token went. */
  destroy(kind: AuthorizationKind, idHash: string): Promise<void>;
  destroyByGrant(kind: AuthorizationKind, grantHash: string): Promise<void>;
  /** Deletes what is over, a grant once all that hangs on it is, at most a thousand at a time; returns how many. */
  forgetExpired(now: number): Promise<number>;
}

/** Secrets of this server as a whole, the same in all its processes. */
export interface ServerSecretStore {
  /** 64 hexadecimal digits: the secret that is kept for this purpose, or `candidate` from now on. */
  secret(purpose: string, candidate: string): Promise<string>;
}
