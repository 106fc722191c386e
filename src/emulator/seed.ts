/** What an emulator holds: the form of seed files and of the state that it tells. `docs/emulator.md` explains it. */

import type { LookChange } from '../domain/brand-look.ts';
import type { MailRule } from '../domain/catalog.ts';

/** ISO 8601 with an offset, such as `2026-01-31T12:00:00Z`, or a date, which begins at midnight UTC. */
export type SeedInstant = string;

export interface Seed {
  /** For editors. */
  readonly $schema?: string;
  /** At least one. `{}` is an account as Optio makes one. */
  readonly accounts: readonly SeedAccount[];
  /** By default one for all accounts: `operator@example.com`, whose password is `the-operator-of-the-tests`. */
  readonly operators?: readonly SeedOperator[];
}

/** Somebody who signs in, and says which app may act for an account. */
export interface SeedOperator {
  readonly email: string;
  readonly password: string;
  /** 40000001 by default, one more for each further operator. */
  readonly id?: number;
  /** The key of the second factor, in base32; none by default. */
  readonly totpSecret?: string;
  /** Those that the operator may act for; all by default. */
  readonly accountIds?: readonly number[];
  readonly createdAt?: SeedInstant;
}

/** Instants are by default the emulator's time when the seed is planted. */
export interface SeedAccount {
  /** 10000001 by default, one more for each further account. */
  readonly id?: number;
  /** "Test account" by default. */
  readonly name?: string;
  readonly dataPrivacy?: boolean;
  readonly mailRule?: MailRule;
  /** Null, for good, by default. */
  readonly keepEvidenceMonths?: number | null;
  readonly createdAt?: SeedInstant;
  readonly updatedAt?: SeedInstant;
  /** Beside brand 0, which is always there. */
  readonly brands?: readonly SeedBrand[];
  /** By default those three that Optio gives a new account, as 30000001, 30000002 and 30000003. */
  readonly definitions?: readonly SeedDefinition[];
  /** One by default, 20000001. */
  readonly apps?: readonly SeedApp[];
  /** By default the first account has the emulator's fixed token, and others have none. */
  readonly tokens?: readonly SeedToken[];
  /** Apps that may act for the account by OAuth, its own or others'; none by default. */
  readonly installations?: readonly SeedInstallation[];
  readonly contacts?: readonly SeedContact[];
}

export interface SeedBrand {
  readonly id: number;
  readonly name: string;
  /** How it shows itself to its contacts; what is left out is as it is by default. */
  readonly look?: LookChange;
  readonly createdAt?: SeedInstant;
  readonly updatedAt?: SeedInstant;
}

export interface SeedDefinition {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  /** Marketing by default. */
  readonly purpose?: string;
  /** Email by default. */
  readonly communicationMethod?: string;
  /** Its brand; 0 by default. */
  readonly businessUnitId?: number;
  /** True by default. */
  readonly isActive?: boolean;
  readonly isDefault?: boolean;
  readonly isInternal?: boolean;
  readonly translations?: readonly SeedTranslation[];
  readonly createdAt?: SeedInstant;
  readonly updatedAt?: SeedInstant;
}

export interface SeedTranslation {
  /** BCP 47. */
  readonly languageCode: string;
  readonly name: string;
  readonly description?: string;
  readonly createdAt?: SeedInstant;
  readonly updatedAt?: SeedInstant;
}

export interface SeedApp {
  readonly id: number;
  readonly name: string;
  /** A UUID; a new one by default. */
  readonly clientId?: string;
  /** None by default. */
  readonly redirectUris?: readonly string[];
  /** The app's only client secret; none by default. */
  readonly clientSecret?: string;
  /** In its place: two at most, the older first, as during a rotation. */
  readonly clientSecrets?: readonly SeedClientSecret[];
  readonly createdAt?: SeedInstant;
}

/** Has either `secret` or `sha256`. */
export interface SeedClientSecret {
  readonly secret?: string;
  /** 64 hexadecimal digits: of a secret that only whoever made it knows. */
  readonly sha256?: string;
  /** The secret's last four characters, beside `sha256`. */
  readonly hint?: string;
  readonly createdAt?: SeedInstant;
  /** Never by default. */
  readonly expiresAt?: SeedInstant | null;
}

export interface SeedInstallation {
  /** Of an app of any account of the seed. */
  readonly clientId: string;
  /** All of the API by default, without `optio.admin`. */
  readonly scopes?: readonly string[];
  /** The e-mail address of the operator who approved; by default nobody did in person. */
  readonly installedBy?: string | null;
  readonly installedAt?: SeedInstant;
  readonly updatedAt?: SeedInstant;
}

/** Has either `token` or `sha256`. */
export interface SeedToken {
  /** The token itself. */
  readonly token?: string;
  /** 64 hexadecimal digits: of a token that only whoever made it knows. */
  readonly sha256?: string;
  /** The token's last four characters, beside `sha256`. */
  readonly hint?: string;
  /** A UUID. */
  readonly id?: string;
  /** "Test token" by default. */
  readonly name?: string;
  /** The account's first app by default. */
  readonly appId?: number;
  /** All by default, `optio.admin` too. */
  readonly scopes?: readonly string[];
  /** In CIDR notation; from everywhere by default. */
  readonly allowedNetworks?: readonly string[];
  readonly createdAt?: SeedInstant;
  /** May be past, as of a token that has expired. */
  readonly expiresAt?: SeedInstant | null;
  readonly revokedAt?: SeedInstant | null;
}

/** What a contact said, the oldest first; what reads of it follows, as on any server. */
export interface SeedContact {
  readonly email: string;
  readonly changes: readonly SeedChange[];
}

/** Has either `subscriptionId` and `status`, or `optOutOfAll`, or `erased`. */
export interface SeedChange {
  readonly subscriptionId?: number;
  readonly status?: 'SUBSCRIBED' | 'UNSUBSCRIBED' | 'NOT_SPECIFIED';
  readonly legalBasis?: string | null;
  readonly legalBasisExplanation?: string | null;
  /** False takes the opt-out back. */
  readonly optOutOfAll?: boolean;
  /** Of an opt-out: its brand; the whole account by default. */
  readonly businessUnitId?: number | null;
  /** True: the contact was erased, with all that was personal in the changes before. */
  readonly erased?: boolean;
  /** Of an erasure: why. */
  readonly reason?: string | null;
  /** Later than the change before. */
  readonly timestamp?: SeedInstant;
  /** Who changed it; the account's first app by default. Null: the contact, and then there is a `source`. */
  readonly appId?: number | null;
  /** What a status shows as its source; by default what it shows of a change by that app through the API. */
  readonly source?: string;
  /** How the act was observed, in the form of the ledger's evidence. */
  readonly evidence?: object;
  /**
   * Of a status that ends an opt-out of everything: the definitions that it leaves unsubscribed. By default all others
   * in the opt-out's scope.
   */
  readonly leavesUnsubscribed?: readonly number[];
}
