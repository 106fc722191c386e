/**
 * Whom the bench asks about and writes to. Everything follows from a contact's number, so that the loader, the load
 * generators and the checks agree without telling each other.
 */
import { hashSecret } from '../src/actions/hash-secret.ts';
import { NEW_TOKEN } from '../src/actions/manage-tokens.ts';
import { SCOPES } from '../src/domain/access.ts';
import { PLAIN_LOOK } from '../src/domain/brand-look.ts';
import type { SubscriptionDefinition } from '../src/domain/catalog.ts';
import type { StatusChange } from '../src/domain/outcome.ts';
import type { NewAccount } from '../src/storage/port.ts';

export interface Population {
  readonly contacts: number;
  /** Types that each contact has something recorded of, 1 to 8. */
  readonly typesEach: number;
}

export const ACCOUNT_ID = 1001;
export const APP_ID = 123;
const CLIENT_ID = '00000000-0000-4000-a000-00000000be7c';
export const TOKEN = 'pat-opt1-00000000-0000-4000-8000-00000000be7c';
export const MAX_TYPES = 8;
const FIRST_TYPE_ID = 39_644_612;
/** Before anything that the bench does, so that what a run wrote is told from what was loaded by its instant. */
export const LOADED_AT = Date.UTC(2026, 0, 1);

/** As somebody would send it who asks for consent on a form. */
const EVIDENCE = {
  legalBasis: 'CONSENT_WITH_NOTICE',
  legalBasisExplanation: 'Ticked the box on the sign-up form.',
} as const;
const NO_EVIDENCE = { legalBasis: null, legalBasisExplanation: null } as const;

export function addressOf(contact: number): string {
  return `contact-${contact}@example.com`;
}

export function typeId(type: number): number {
  return FIRST_TYPE_ID + type;
}

/** What is recorded of a contact's type before the bench begins: half of all are subscribed. */
export function loadedState(contact: number, type: number): 'SUBSCRIBED' | 'UNSUBSCRIBED' {
  return (contact + type) % 2 === 0 ? 'SUBSCRIBED' : 'UNSUBSCRIBED';
}

/**
 * The write at a position of the endless stream of writes. It goes round all contacts, whose keys are evenly spread,
 * then on to the next type; whoever comes up again is asked for the opposite of what stands, so that every write is a
 * change. `requests.lua` has the same rule.
 */
export function writeAt(position: number, { contacts, typesEach }: Population): { contact: number } & StatusChange {
  const contact = position % contacts;
  const lap = Math.floor(position / contacts);
  const type = lap % typesEach;
  const turnsOver = Math.floor(lap / typesEach) % 2 === 0;
  const state = turnsOver === (loadedState(contact, type) === 'SUBSCRIBED') ? 'UNSUBSCRIBED' : 'SUBSCRIBED';
  return { contact, ...changeTo(type, state) };
}

/** The change that records a state of a type, with what would be said along with it. */
export function changeTo(type: number, state: 'SUBSCRIBED' | 'UNSUBSCRIBED'): StatusChange {
  const evidence = state === 'SUBSCRIBED' ? EVIDENCE : NO_EVIDENCE;
  return { kind: 'status-change', channel: 'EMAIL', subscriptionId: typeId(type), state, ...evidence };
}

/** The account that all of them belong to, with eight types of mail and the bench's token. */
export function benchAccount(): NewAccount {
  const instants = { createdAt: LOADED_AT - 1_000, updatedAt: LOADED_AT - 1_000 };
  const definitions: SubscriptionDefinition[] = Array.from({ length: MAX_TYPES }, (_, type) => ({
    id: typeId(type),
    businessUnitId: 0,
    name: `Newsletter ${type + 1}`,
    description: 'What we have to say.',
    purpose: 'Marketing',
    communicationMethod: 'Email',
    isActive: true,
    isDefault: false,
    isInternal: false,
    translations: [],
    ...instants,
  }));
  return {
    account: {
      id: ACCOUNT_ID,
      name: 'Bench',
      dataPrivacy: false,
      mailRule: 'opt-in',
      keepEvidenceMonths: null,
      ...instants,
    },
    businessUnits: [{ id: 0, name: 'Bench', look: PLAIN_LOOK, ...instants }],
    definitions,
    apps: [{ id: APP_ID, name: 'Bench', clientId: CLIENT_ID, redirectUris: [], secrets: [], ...instants }],
    tokens: [
      {
        id: '00000000-0000-4000-8000-00000000be7c',
        accountId: ACCOUNT_ID,
        appId: APP_ID,
        name: 'Bench',
        secretHash: hashSecret(TOKEN),
        hint: TOKEN.slice(-4),
        scopes: SCOPES,
        allowedNetworks: [],
        createdAt: instants.createdAt,
        expiresAt: null,
        ...NEW_TOKEN,
      },
    ],
  };
}
