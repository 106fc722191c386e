/** A ledger of three hundred events, sealed twice; the same for the same seed. */
import { listCheckpoints } from '../../src/actions/checkpoints.ts';
import { systemRandomness } from '../../src/actions/context.ts';
import { LedgerHorizon } from '../../src/actions/ledger-horizon.ts';
import { type Sealing, sealLedger } from '../../src/actions/seal-ledger.ts';
import { parseAddress, subscriberKey } from '../../src/domain/address.ts';
import type { Checkpoint } from '../../src/domain/checkpoint.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import {
  type EventDraft,
  type LedgerEvent,
  type SubscriberState,
  sealEvent,
  UNKNOWN_SUBSCRIBER,
} from '../../src/domain/ledger.ts';
import type { Store, SubscriberRef } from '../../src/storage/port.ts';

const BEGINNING = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const ACCOUNTS = [1, 7, 1_001];
const CONTACTS = 40;
/** So that the first tile begins before the first checkpoint and ends after it. */
const EVENTS_SEALED_FIRST = 200;
const EVENTS_SEALED = 300;
/** The rest is not sealed yet. */
const EVENTS = 320;

const EVIDENCE: Evidence = {
  act: 'preference-page',
  request: { at: '2026-01-01T10:00:00.000Z', userAgent: 'Lynx "2.9" ✓ \ufffd \u001f' },
  consent: { text: 'Ja, ich möchte.', language: 'de', version: '0123456789abcdef' },
};

export interface SampleContact {
  readonly ref: SubscriberRef;
  readonly address: string;
  state: SubscriberState;
  readonly events: LedgerEvent[];
}

export interface SampleLedger {
  /** Who has events. */
  readonly contacts: readonly SampleContact[];
  readonly checkpoints: readonly Checkpoint[];
  /** How many of the contacts' events are sealed. */
  readonly sealed: number;
}

/** Fills a migrated database. `random` gives numbers from 0 up to 1. */
export async function fillWithLedger(store: Store, random: () => number): Promise<SampleLedger> {
  let now = BEGINNING;
  const clock = () => now;
  const randomness = systemRandomness(clock);
  const horizon = new LedgerHorizon(store.ledger, randomness.eventIds, 0);
  const sealing: Sealing = { store, clock, randomness, horizon };
  const contacts = Array.from({ length: CONTACTS }, (_, index) => newContact(index));
  for (let count = 1; count <= EVENTS; count += 1) {
    now += MINUTE_MS;
    const contact = contacts[Math.floor(random() * CONTACTS)]!;
    await append(store, contact, draftOf(now, random), {
      eventId: randomness.eventIds.next(contact.state.headEventId),
      salt: randomness.salt,
    });
    if (count !== EVENTS_SEALED_FIRST && count !== EVENTS_SEALED) continue;
    now += MINUTE_MS;
    const outcome = await sealLedger(sealing);
    if (outcome.kind !== 'sealed') throw new Error(`the sample was not sealed: ${outcome.kind}`);
  }
  return {
    contacts: contacts.filter(({ events }) => events.length > 0),
    checkpoints: await listCheckpoints(store),
    sealed: EVENTS_SEALED,
  };
}

function newContact(index: number): SampleContact {
  const accountId = ACCOUNTS[index % ACCOUNTS.length]!;
  const address = `Contact-${index}@exämple.org`;
  const ref = { accountId, subscriberKey: subscriberKey(accountId, parseAddress(address)!.normalised) };
  return { ref, address, state: UNKNOWN_SUBSCRIBER, events: [] };
}

async function append(
  store: Store,
  contact: SampleContact,
  draft: EventDraft,
  chance: Parameters<typeof sealEvent>[3],
): Promise<void> {
  const { ref, address, state } = contact;
  const { event, next } = sealEvent(state, ref, draft, chance);
  const change = { ref, address, baseVersion: state.version, state: next, events: [event] };
  const result = await store.subscribers.commit([change]);
  if (result !== 'committed') throw new Error(`the sample was not stored: ${result}`);
  contact.state = next;
  contact.events.push(event);
}

/** Something that a contact may have said; that a request would be refused is of no matter here. */
export function draftOf(occurredAt: number, random: () => number): EventDraft {
  const pick = <T>(...values: readonly T[]) => values[Math.floor(random() * values.length)]!;
  const said = { channel: 'EMAIL', appId: 7, source: 'Public status API, App ID:7' } as const;
  const kind = random();
  if (kind < 0.1) {
    const body = { ...said, type: 'OPTED_OUT_OF_ALL', businessUnitId: pick(null, 5) } as const;
    return { occurredAt, body, legalBasisExplanation: null };
  }
  const to = pick('SUBSCRIBED', 'UNSUBSCRIBED', 'NOT_SPECIFIED');
  const legalBasisExplanation = to === 'SUBSCRIBED' ? pick('by phone', 'Ticked the box. ✓ "ja"', null) : null;
  const byPage = { ...said, appId: null, source: 'Preference page' } as const;
  const evidence = kind < 0.4 ? EVIDENCE : null;
  return {
    occurredAt,
    body: {
      ...(evidence ? byPage : said),
      type: 'STATUS_SET',
      subscriptionId: pick(11, 12, 13),
      from: 'NOT_SPECIFIED',
      to,
      legalBasis: legalBasisExplanation === null ? null : 'CONSENT_WITH_NOTICE',
      legalBasisExplanation: null,
    },
    legalBasisExplanation,
    evidence,
  };
}
