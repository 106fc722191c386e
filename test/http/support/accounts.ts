/** Two accounts with everything that tests look at, so that one can be told from the other. */
import { createHash } from 'node:crypto';
import { NEW_TOKEN } from '../../../src/actions/manage-tokens.ts';
import { SCOPES, type Scope } from '../../../src/domain/access.ts';
import { PLAIN_LOOK } from '../../../src/domain/brand-look.ts';
import { DEFAULT_DEFINITIONS, type SubscriptionDefinition, type Token } from '../../../src/domain/catalog.ts';
import type { NewAccount, Store } from '../../../src/storage/port.ts';
import { app, definition as plainDefinition } from '../../support/subjects.ts';

const CREATED_AT = Date.parse('2026-01-02T03:04:05.006Z');

/** Ids that tests use. The first is the one of issue and guide. */
export const MARKETING = 39644612;
export const SERVICE = 39644613;
export const SALES = 39644614;
export const INACTIVE = 39644615;
export const BRAND_NEWS = 39644616;
export const BRAND = 77;
/** The second account's only type; the first has none of that id. */
export const FOREIGN = 50000001;
export const FOREIGN_BRAND = 88;

export const FIRST_ACCOUNT = 1001;
export const SECOND_ACCOUNT = 2002;
export const FIRST_APP = 123;
export const SECOND_APP = 456;

export const FULL_TOKEN = 'pat-eu1-11111111-1111-4111-8111-111111111111';
export const SECOND_TOKEN = 'pat-eu1-22222222-2222-4222-8222-222222222222';
export const EXPIRED_TOKEN = 'pat-eu1-33333333-3333-4333-8333-333333333333';
export const REVOKED_TOKEN = 'pat-eu1-44444444-4444-4444-8444-444444444444';

/** A token of the first account that grants `scope` alone. */
export function tokenFor(scope: Scope): string {
  return `pat-eu1-only-${scope}`;
}

export async function createAccounts(store: Store, options: { dataPrivacy?: boolean } = {}): Promise<void> {
  const first = account(FIRST_ACCOUNT, FIRST_APP, options.dataPrivacy ?? false, BRAND, firstDefinitions());
  const tokens = [
    tokenOf(first, FULL_TOKEN, SCOPES),
    tokenOf(first, EXPIRED_TOKEN, SCOPES, { expiresAt: CREATED_AT + 1_000 }),
    tokenOf(first, REVOKED_TOKEN, SCOPES, { revokedAt: CREATED_AT + 1_000 }),
    ...SCOPES.map((scope) => tokenOf(first, tokenFor(scope), [scope])),
  ];
  const second = account(SECOND_ACCOUNT, SECOND_APP, false, FOREIGN_BRAND, [definition(FOREIGN, { name: 'Theirs' })]);
  const inserted = [
    await store.catalog.insertFirstAccount({ ...first, tokens }),
    await store.catalog.insertAccount({ ...second, tokens: [tokenOf(second, SECOND_TOKEN, SCOPES)] }),
  ];
  if (inserted.some((result) => result !== 'inserted')) throw new Error('The accounts of the tests exist already');
}

function account(
  id: number,
  appId: number,
  dataPrivacy: boolean,
  brand: number,
  definitions: SubscriptionDefinition[],
): NewAccount {
  const at = { createdAt: CREATED_AT, updatedAt: CREATED_AT };
  return {
    account: { id, name: `Account ${id}`, dataPrivacy, mailRule: 'opt-in', keepEvidenceMonths: null, ...at },
    businessUnits: [
      { id: 0, name: `Account ${id}`, look: PLAIN_LOOK, ...at },
      { id: brand, name: 'A brand', look: PLAIN_LOOK, ...at },
    ],
    definitions,
    apps: [app(appId, { name: 'Tests', ...at })],
    tokens: [],
  };
}

function firstDefinitions(): SubscriptionDefinition[] {
  const defaults = DEFAULT_DEFINITIONS.map((fields, index) =>
    definition(MARKETING + index, { ...fields, isDefault: true }),
  );
  const german = {
    languageCode: 'de',
    name: 'Neues von der Marke',
    description: 'Was die Marke Neues hat.',
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT + 1,
  };
  return [
    ...defaults,
    definition(INACTIVE, { name: 'Given up', isActive: false }),
    definition(BRAND_NEWS, { name: 'Brand news', businessUnitId: BRAND, translations: [german] }),
  ];
}

function definition(id: number, fields: Partial<SubscriptionDefinition>): SubscriptionDefinition {
  return plainDefinition(id, { createdAt: CREATED_AT, updatedAt: CREATED_AT, ...fields });
}

function tokenOf(owner: NewAccount, secret: string, scopes: readonly Scope[], life: Partial<Token> = {}): Token {
  const secretHash = createHash('sha256').update(secret).digest('hex');
  return {
    id: `${secretHash.slice(0, 8)}-0000-4000-8000-${secretHash.slice(8, 20)}`,
    accountId: owner.account.id,
    appId: owner.apps[0]!.id,
    name: 'A token of the tests',
    secretHash,
    hint: secret.slice(-4),
    scopes,
    createdAt: CREATED_AT,
    allowedNetworks: [],
    expiresAt: null,
    ...NEW_TOKEN,
    ...life,
  };
}
