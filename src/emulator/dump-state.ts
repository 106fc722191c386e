/** Tells what a store holds in the form of a seed, which planted again gives the same accounts and statuses. */
import { traitsOf } from '../domain/brand-look.ts';
import type { Account, App, BusinessUnit, SubscriptionDefinition, Token, Translation } from '../domain/catalog.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { EventBody, LedgerEvent, StatusSet } from '../domain/ledger.ts';
import { publicApiActor } from '../domain/outcome.ts';
import type { Store, StoredSubscriber } from '../storage/port.ts';
import type {
  Seed,
  SeedAccount,
  SeedApp,
  SeedBrand,
  SeedChange,
  SeedContact,
  SeedDefinition,
  SeedToken,
} from './seed.ts';

/** `secrets` are those that are known, by their SHA-256. */
export async function dumpState(store: Store, secrets: ReadonlyMap<string, string>): Promise<Seed> {
  const contacts = await readContacts(store);
  const accounts: SeedAccount[] = [];
  for (const account of (await store.catalog.listAccounts()).sort((a, b) => a.createdAt - b.createdAt || a.id - b.id)) {
    const catalog = (await store.catalog.loadCatalog(account.id))!;
    const apps = await store.catalog.listApps(account.id);
    const tokens = await store.catalog.listTokens(account.id);
    accounts.push({
      ...dumpAccount(account),
      brands: [...catalog.businessUnits.values()].map(dumpBrand),
      definitions: [...catalog.definitions.values()].map(dumpDefinition),
      apps: apps.map(dumpApp),
      tokens: tokens.map((token) => dumpToken(token, secrets)),
      contacts: contacts.get(account.id) ?? [],
    });
  }
  return { accounts };
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

function dumpApp({ id, name, clientId, redirectUris, createdAt }: App): SeedApp {
  return { id, name, clientId, redirectUris, createdAt: instant(createdAt) };
}

function dumpToken(token: Token, secrets: ReadonlyMap<string, string>): SeedToken {
  const { id, name, appId, scopes, allowedNetworks, secretHash, hint, createdAt, expiresAt, revokedAt } = token;
  const secret = secrets.get(secretHash);
  return {
    ...(secret === undefined ? { sha256: secretHash, hint } : { token: secret }),
    ...{ id, name, appId, scopes },
    ...(allowedNetworks.length > 0 && { allowedNetworks }),
    createdAt: instant(createdAt),
    expiresAt: expiresAt === null ? null : instant(expiresAt),
    revokedAt: revokedAt === null ? null : instant(revokedAt),
  };
}

function created(of: { readonly createdAt: number; readonly updatedAt: number }) {
  return { createdAt: instant(of.createdAt), updatedAt: instant(of.updatedAt) };
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
