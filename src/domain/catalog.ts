/** What an account has set up: small, cached, and needed to decide anything. Instants are epoch milliseconds. */
import type { Scope } from './access.ts';
import type { BrandLook } from './brand-look.ts';

/** Who may be mailed: only those who are SUBSCRIBED, or everybody who did not say no. */
export const MAIL_RULES = ['opt-in', 'unless-opted-out'] as const;
export type MailRule = (typeof MAIL_RULES)[number];

/** HubSpot calls it a portal. It owns everything else. */
export interface Account {
  readonly id: number;
  readonly name: string;
  /** HubSpot's "data privacy settings": with it on, a legal basis and its explanation are required. */
  readonly dataPrivacy: boolean;
  readonly mailRule: MailRule;
  /** For how many months evidence of contacts' acts is kept; null: for good. */
  readonly keepEvidenceMonths: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A brand. Id 0 is the account's own and always exists. */
export interface BusinessUnit {
  readonly id: number;
  readonly name: string;
  readonly look: BrandLook;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A definition's name and description in another language. */
export interface Translation {
  /** BCP 47, as written by the operator. */
  readonly languageCode: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One type of mail that a contact may want or not. Never deleted, only deactivated: the ledger refers to it. */
export interface SubscriptionDefinition {
  readonly id: number;
  readonly businessUnitId: number;
  readonly name: string;
  readonly description: string;
  readonly purpose: string;
  readonly communicationMethod: string;
  readonly isActive: boolean;
  readonly isDefault: boolean;
  readonly isInternal: boolean;
  readonly translations: readonly Translation[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What acts for somebody at the API; changes name it as their source. */
export interface App {
  readonly id: number;
  readonly name: string;
  /** A UUID by which OAuth knows the app. Public, unique among all accounts, and the same for good. */
  readonly clientId: string;
  /** As they were written: `redirect-uri.ts` says what they may be, and how they are compared. */
  readonly redirectUris: readonly string[];
  /** The oldest first; at most two, expired ones among them. */
  readonly secrets: readonly ClientSecret[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A client secret as it is kept: the secret itself is not. */
export interface ClientSecret {
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  readonly secretHash: string;
  /** The secret's last four characters. */
  readonly hint: string;
  readonly createdAt: number;
  /** Null: until another takes its place. */
  readonly expiresAt: number | null;
}

/** A token as it is kept: the secret itself is not. */
export interface Token {
  /** A UUID that names the token in lists; it grants nothing. */
  readonly id: string;
  readonly accountId: number;
  readonly appId: number;
  readonly name: string;
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  readonly secretHash: string;
  /** The secret's last four characters, so that a person can tell tokens apart. */
  readonly hint: string;
  readonly scopes: readonly Scope[];
  /** The networks it may be used from, as `networks.ts` writes them; none: from everywhere. */
  readonly allowedNetworks: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** When it got the secret that it has; null where that is its first. */
  readonly rotatedAt: number | null;
  /** The one before, which may still work. */
  readonly oldSecret: OldSecret | null;
  /** To the minute, and known a little later; null: never. */
  readonly lastUsedAt: number | null;
}

/** A secret that another has replaced. */
export interface OldSecret {
  readonly hint: string;
  /** It works until then. */
  readonly endsAt: number;
}

/** All that deciding needs to know of an account. Definitions stand in the order they were created. */
export interface Catalog {
  readonly account: Account;
  readonly businessUnits: ReadonlyMap<number, BusinessUnit>;
  readonly definitions: ReadonlyMap<number, SubscriptionDefinition>;
}

export function makeCatalog(
  account: Account,
  businessUnits: readonly BusinessUnit[],
  definitions: readonly SubscriptionDefinition[],
): Catalog {
  const inOrder = [...definitions].sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
  return {
    account,
    businessUnits: new Map(businessUnits.map((unit) => [unit.id, unit])),
    definitions: new Map(inOrder.map((definition) => [definition.id, definition])),
  };
}

/** The active definitions of one brand, or of all where `businessUnitId` is null. */
export function activeDefinitions(catalog: Catalog, businessUnitId: number | null): SubscriptionDefinition[] {
  const active: SubscriptionDefinition[] = [];
  for (const definition of catalog.definitions.values()) {
    if (!definition.isActive) continue;
    if (businessUnitId === null || definition.businessUnitId === businessUnitId) active.push(definition);
  }
  return active;
}

/** The three definitions of a new account, as recorded from HubSpot; descriptions are ours. */
export const DEFAULT_DEFINITIONS = [
  {
    name: 'Marketing Information',
    description: 'Marketing offers and updates.',
    purpose: 'Marketing',
    isInternal: false,
  },
  {
    name: 'Customer Service Communication',
    description: 'Feedback requests and customer service information.',
    purpose: 'Service',
    isInternal: true,
  },
  {
    name: 'One to One',
    description: 'One to One emails',
    purpose: 'Sales',
    isInternal: true,
  },
] as const;
