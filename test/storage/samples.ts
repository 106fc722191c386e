/** Accounts, contacts and changes to store, made by the domain itself so that they hold together. */
import { randomBytes, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { NEW_TOKEN } from '../../src/actions/manage-tokens.ts';
import { parseAddress, subscriberKey } from '../../src/domain/address.ts';
import { PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import type { Account, App, BusinessUnit, SubscriptionDefinition, Token } from '../../src/domain/catalog.ts';
import type { EventDraft, LedgerEvent, SubscriberState } from '../../src/domain/ledger.ts';
import { sealEvent, UNKNOWN_SUBSCRIBER } from '../../src/domain/ledger.ts';
import type { State } from '../../src/domain/preferences.ts';
import type { NewAccount, StoredSubscriber, SubscriberChange, SubscriberRef } from '../../src/storage/port.ts';
import { app as plainApp, definition as plainDefinition } from '../support/subjects.ts';

/** Texts that storage must give back as they came: quotes, emoji, both Unicode normal forms, control characters. */
export const AWKWARD_TEXT = `"It's" \\ {a,b} NULL $1 ?; -- 😀 caf\u00e9 cafe\u0301 \u2028 \t\n 日本語`;

let lastAccountId = 1_000;

/** An account id that no other test of this process uses. */
export function nextAccountId(): number {
  lastAccountId += 1;
  return lastAccountId;
}

export function refOf(accountId: number, address: string): SubscriberRef {
  const parsed = parseAddress(address);
  if (!parsed) throw new Error(`${address} is no address`);
  return { accountId, subscriberKey: subscriberKey(accountId, parsed.normalised) };
}

/** The contacts that several processes write to at once. */
export function contendedAddress(index: number): string {
  return `contended${index}@example.com`;
}

export function statusDraft(
  to: State,
  occurredAt: number,
  details: { subscriptionId?: number; legalBasisExplanation?: string | null; source?: string } = {},
): EventDraft {
  const { subscriptionId = 1, legalBasisExplanation = null, source = 'Public status API, App ID:7' } = details;
  return {
    occurredAt,
    body: {
      type: 'STATUS_SET',
      channel: 'EMAIL',
      subscriptionId,
      from: 'NOT_SPECIFIED',
      to,
      appId: 7,
      source,
      legalBasis: legalBasisExplanation === null ? null : 'CONSENT_WITH_NOTICE',
      legalBasisExplanation: null,
    },
    legalBasisExplanation,
  };
}

export function optOutDraft(businessUnitId: number | null, occurredAt: number): EventDraft {
  return {
    occurredAt,
    body: { type: 'OPTED_OUT_OF_ALL', channel: 'EMAIL', businessUnitId, appId: 7, source: 'Preference page' },
    legalBasisExplanation: null,
  };
}

/** Seals `drafts` after what was stored, oldest first. */
export function changeOf(
  ref: SubscriberRef,
  address: string | null,
  stored: StoredSubscriber | SubscriberState | undefined,
  drafts: readonly EventDraft[],
  eventId: () => string = uuidv7,
): SubscriberChange {
  const base = stored === undefined ? UNKNOWN_SUBSCRIBER : 'state' in stored ? stored.state : stored;
  const events: LedgerEvent[] = [];
  let state = base;
  for (const draft of drafts) {
    const random = { eventId: eventId(), salt: () => randomBytes(16).toString('hex') };
    const sealed = sealEvent(state, ref, draft, random);
    events.push(sealed.event);
    state = sealed.next;
  }
  return { ref, address, baseVersion: base.version, state, events };
}

/** A contact's first change, of `count` events. */
export function firstChange(accountId: number, address: string, count = 1): SubscriberChange {
  const drafts = Array.from({ length: count }, (_, index) => statusDraft('SUBSCRIBED', 1_700_000_000_000 + index));
  return changeOf(refOf(accountId, address), address, undefined, drafts);
}

export function storedOf(change: SubscriberChange): StoredSubscriber {
  return { ref: change.ref, address: change.address, state: change.state };
}

export function account(id: number, name = `Account ${id}`): Account {
  return {
    id,
    name,
    dataPrivacy: false,
    mailRule: 'opt-in',
    keepEvidenceMonths: null,
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
  };
}

export function businessUnit(id: number, name = `Brand ${id}`): BusinessUnit {
  return { id, name, look: PLAIN_LOOK, createdAt: 1_700_000_000_001, updatedAt: 1_700_000_000_001 };
}

export function definition(id: number, over: Partial<SubscriptionDefinition> = {}): SubscriptionDefinition {
  const instants = { createdAt: 1_700_000_000_002, updatedAt: 1_700_000_000_002 };
  return plainDefinition(id, { description: AWKWARD_TEXT, ...instants, ...over });
}

export function app(id: number): App {
  return plainApp(id, { createdAt: 1_700_000_000_003, updatedAt: 1_700_000_000_003 });
}

export function token(accountId: number, appId: number, over: Partial<Token> = {}): Token {
  return {
    id: randomUUID(),
    accountId,
    appId,
    name: 'Laptop',
    secretHash: randomBytes(32).toString('hex'),
    hint: 'a1b2',
    scopes: ['communication_preferences.read', 'optio.admin'],
    createdAt: 1_700_000_000_004,
    allowedNetworks: [],
    expiresAt: null,
    ...NEW_TOKEN,
    ...over,
  };
}

/** An account with two brands, two definitions, an app and a token. */
export function newAccount(id: number): NewAccount {
  return {
    account: account(id),
    businessUnits: [businessUnit(0), businessUnit(5)],
    definitions: [definition(11), definition(12, { businessUnitId: 5 })],
    apps: [app(7)],
    tokens: [token(id, 7)],
  };
}
