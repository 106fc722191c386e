/** Tells what a store holds in the form of a seed, which planted again gives the same accounts and statuses. */
import { instant, instantOrNull } from '../actions/show-instant.ts';
import { traitsOf } from '../domain/brand-look.ts';
import type {
  Account,
  App,
  BusinessUnit,
  ClientSecret,
  SubscriptionDefinition,
  Token,
  Translation,
} from '../domain/catalog.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { Installation } from '../domain/installation.ts';
import type { EventBody, LedgerEvent, StatusSet } from '../domain/ledger.ts';
import type { Operator } from '../domain/operator.ts';
import { publicApiActor } from '../domain/outcome.ts';
import type { Store, StoredSubscriber } from '../storage/port.ts';
import type {
  Seed,
  SeedAccount,
  SeedApp,
  SeedBrand,
  SeedChange,
  SeedClientSecret,
  SeedContact,
  SeedDefinition,
  SeedInstallation,
  SeedOperator,
  SeedToken,
} from './seed.ts';

/** What a store keeps only hashes of. */
export interface KnownSecrets {
  /** Tokens and client secrets, by their SHA-256. */
  readonly bySha256: ReadonlyMap<string, string>;
  /** By the operators' e-mail addresses. */
  readonly passwords: ReadonlyMap<string, string>;
}

export async function dumpState(store: Store, { bySha256: secrets, passwords }: KnownSecrets): Promise<Seed> {
  const operators = await store.operators.list();
  const emails = new Map(operators.map(({ id, email }) => [id, email]));
  const contacts = await readContacts(store);
  const accounts: SeedAccount[] = [];
  for (const account of (await store.catalog.listAccounts()).sort((a, b) => a.createdAt - b.createdAt || a.id - b.id)) {
    const catalog = (await store.catalog.loadCatalog(account.id))!;
    const apps = await store.catalog.listApps(account.id);
    const tokens = await store.catalog.listTokens(account.id);
    const installations = await store.authorizations.listInstallations(account.id);
    accounts.push({
      ...dumpAccount(account),
      brands: [...catalog.businessUnits.values()].map(dumpBrand),
      definitions: [...catalog.definitions.values()].map(dumpDefinition),
      apps: apps.map((app) => dumpApp(app, secrets)),
      tokens: tokens.map((token) => dumpToken(token, secrets)),
      installations: installations.map((each) => dumpInstallation(each, emails)),
      contacts: contacts.get(account.id) ?? [],
    });
  }
  return { accounts, operators: operators.map((operator) => dumpOperator(operator, passwords)) };
}

const PAGE = 1_000;

/** By account, in the order of their addresses. */
async function readContacts(store: Store): Promise<Map<number, SeedContact[]>> {
  const subscribers: StoredSubscriber[] = [];
  for (let page = await store.subscribers.scan(null, PAGE); page.length > 0; ) {
    subscribers.push(...page);
    page = await store.subscribers.scan(page.at(-1)!.ref, PAGE);
  }
  const contacts = new Map<number, SeedContact[]>();
  for (const { ref, address, state } of subscribers) {
    // Nobody knows whose it was, so it could not be planted again.
    if (address === null) continue;
    const events = await store.subscribers.history(ref, state.version);
    const ofAccount = contacts.get(ref.accountId) ?? [];
    ofAccount.push({ email: address, changes: events.reverse().flatMap(dumpChange) });
    contacts.set(ref.accountId, ofAccount);
  }
  for (const of of contacts.values()) of.sort((a, b) => (a.email < b.email ? -1 : 1));
  return contacts;
}

/** One change; none where only evidence expired, which is not there to be planted. */
function dumpChange(event: LedgerEvent): SeedChange[] {
  const body = JSON.parse(event.body) as EventBody;
  const { appId, source } = body;
  const evidence = event.personal?.evidence;
  const by = {
    timestamp: instant(event.occurredAt),
    appId,
    ...((appId === null || source !== publicApiActor(appId).source) && { source }),
    ...(evidence && { evidence: JSON.parse(evidence.value) as Evidence }),
  };
  switch (body.type) {
    case 'OPTED_OUT_OF_ALL':
    case 'OPT_OUT_WITHDRAWN':
      return [{ optOutOfAll: body.type === 'OPTED_OUT_OF_ALL', businessUnitId: body.businessUnitId, ...by }];
    case 'STATUS_SET':
      return [{ ...dumpStatusSet(body, event), ...by }];
    case 'ERASED':
      return [{ erased: true, reason: body.reason, ...by }];
    case 'EVIDENCE_EXPIRED':
      return [];
  }
}

function dumpStatusSet(body: StatusSet, event: LedgerEvent): SeedChange {
  return {
    subscriptionId: body.subscriptionId,
    status: body.to,
    legalBasis: body.legalBasis,
    legalBasisExplanation: dumpExplanation(body, event),
    ...(body.ended && { leavesUnsubscribed: body.ended.flatMap(({ unsubscribed }) => unsubscribed) }),
  };
}

/** In the place of one that was erased stands another that is as new; it goes with the erasure that follows. */
function dumpExplanation(body: StatusSet, { version, personal }: LedgerEvent): string | null {
  if (body.legalBasisExplanation === null) return null;
  return personal?.legalBasisExplanation?.value ?? `erased, no. ${version}`;
}

function dumpAccount(account: Account): SeedAccount {
  const { id, name, dataPrivacy, mailRule, keepEvidenceMonths } = account;
  return { id, name, dataPrivacy, mailRule, keepEvidenceMonths, ...created(account) };
}

function dumpBrand(brand: BusinessUnit): SeedBrand {
  const { id, name } = brand;
  const look = traitsOf(brand.look);
  return { id, name, ...(Object.keys(look).length > 0 && { look }), ...created(brand) };
}

function dumpDefinition(definition: SubscriptionDefinition): SeedDefinition {
  const { id, name, description, purpose, communicationMethod, businessUnitId } = definition;
  const { isActive, isDefault, isInternal, translations } = definition;
  return {
    ...{ id, name, description, purpose, communicationMethod, businessUnitId, isActive, isDefault, isInternal },
    translations: translations.map(dumpTranslation),
    ...created(definition),
  };
}

function dumpTranslation(translation: Translation) {
  const { languageCode, name, description } = translation;
  return { languageCode, name, description, ...created(translation) };
}

function dumpApp(app: App, secrets: ReadonlyMap<string, string>): SeedApp {
  const { id, name, clientId, redirectUris, createdAt } = app;
  return {
    ...{ id, name, clientId, redirectUris },
    ...(app.secrets.length > 0 && { clientSecrets: app.secrets.map((secret) => dumpClientSecret(secret, secrets)) }),
    createdAt: instant(createdAt),
  };
}

function dumpClientSecret(
  { secretHash, hint, createdAt, expiresAt }: ClientSecret,
  secrets: ReadonlyMap<string, string>,
): SeedClientSecret {
  const secret = secrets.get(secretHash);
  return {
    ...(secret === undefined ? { sha256: secretHash, hint } : { secret }),
    createdAt: instant(createdAt),
    expiresAt: instantOrNull(expiresAt),
  };
}

function dumpToken(token: Token, secrets: ReadonlyMap<string, string>): SeedToken {
  const { id, name, appId, scopes, allowedNetworks, secretHash, hint, createdAt, expiresAt, revokedAt } = token;
  const secret = secrets.get(secretHash);
  return {
    ...(secret === undefined ? { sha256: secretHash, hint } : { token: secret }),
    ...{ id, name, appId, scopes },
    ...(allowedNetworks.length > 0 && { allowedNetworks }),
    createdAt: instant(createdAt),
    expiresAt: instantOrNull(expiresAt),
    revokedAt: instantOrNull(revokedAt),
  };
}

function dumpInstallation(
  { clientId, scopes, installedBy, installedAt, updatedAt }: Installation,
  emails: ReadonlyMap<number, string>,
): SeedInstallation {
  return {
    ...{ clientId, scopes, installedBy: (installedBy !== null && emails.get(installedBy)) || null },
    ...{ installedAt: instant(installedAt), updatedAt: instant(updatedAt) },
  };
}

/** Operators come from seeds alone, so all their passwords are known. */
function dumpOperator(operator: Operator, passwords: ReadonlyMap<string, string>): SeedOperator {
  const { id, email, totpSecret, accountIds, createdAt } = operator;
  return {
    ...{ email, password: passwords.get(email)!, id },
    ...(totpSecret !== null && { totpSecret }),
    ...(accountIds && { accountIds }),
    createdAt: instant(createdAt),
  };
}

function created(of: { readonly createdAt: number; readonly updatedAt: number }) {
  return { createdAt: instant(of.createdAt), updatedAt: instant(of.updatedAt) };
}
