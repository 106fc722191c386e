import fc from 'fast-check';
import { PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { type Catalog, makeCatalog } from '../../src/domain/catalog.ts';
import { decide } from '../../src/domain/decide.ts';
import {
  draftErasure,
  draftExpiry,
  type Remainder,
  remaindersOfErasure,
  remaindersOfExpiry,
} from '../../src/domain/erasure.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import {
  type EventDraft,
  type LedgerEvent,
  type SubscriberState,
  sealEvent,
  UNKNOWN_SUBSCRIBER,
} from '../../src/domain/ledger.ts';
import { type Actor, type ChangeRequest, publicApiActor } from '../../src/domain/outcome.ts';
import {
  channelPreferences,
  type EffectiveStatus,
  effectiveStatus,
  LEGAL_BASES,
  STATES,
} from '../../src/domain/preferences.ts';
import { definition } from '../support/subjects.ts';

const BRANDS = [0, 5, 7];

export const catalogs = fc
  .record({
    dataPrivacy: fc.boolean(),
    types: fc.array(fc.record({ brand: fc.constantFrom(...BRANDS), isActive: fc.boolean() }), {
      minLength: 2,
      maxLength: 6,
    }),
  })
  .map(({ dataPrivacy, types }) =>
    makeCatalog(
      { id: 1, name: 'Acme', dataPrivacy, mailRule: 'opt-in', keepEvidenceMonths: null, createdAt: 1, updatedAt: 1 },
      BRANDS.map((id) => ({ id, name: `Brand ${id}`, look: PLAIN_LOOK, createdAt: 1, updatedAt: 1 })),
      types.map(({ brand, isActive }, index) =>
        definition(index + 1, { businessUnitId: brand, isActive, createdAt: 10 + index }),
      ),
    ),
  );

const statusChange = fc.record({
  kind: fc.constant('status-change' as const),
  channel: fc.constant('EMAIL' as const),
  subscriptionId: fc.integer({ min: 1, max: 7 }),
  state: fc.constantFrom(...STATES),
  legalBasis: fc.option(fc.constantFrom(...LEGAL_BASES), { nil: null }),
  legalBasisExplanation: fc.option(fc.constantFrom('by phone', 'in the shop', 'geklickt ✓ "ja"'), { nil: null }),
});
const optOut = fc.record({
  kind: fc.constant('opt-out-of-all' as const),
  channel: fc.constant('EMAIL' as const),
  businessUnitId: fc.option(fc.constantFrom(...BRANDS, 99), { nil: null }),
  onlyOnce: fc.boolean(),
});
const withdrawal = fc.record({
  kind: fc.constant('opt-out-withdrawal' as const),
  channel: fc.constant('EMAIL' as const),
  businessUnitId: fc.option(fc.constantFrom(...BRANDS, 99), { nil: null }),
});
const erasure = fc.record({
  kind: fc.constant('erasure' as const),
  reason: fc.constantFrom(null, 'asked for by letter'),
});
const expiry = fc.record({
  kind: fc.constant('expiry' as const),
  /** How long evidence is kept. */
  keptMs: fc.integer({ min: 0, max: 6 }),
});
const EVIDENCE: Evidence = {
  act: 'preference-page',
  request: { at: '2026-11-22T10:00:00.000Z', userAgent: 'Lynx "2.9" ✓' },
  consent: { text: 'I agree.', language: 'en', version: '0123456789abcdef' },
};
export const steps = fc.array(
  fc.record({
    request: fc.oneof(
      { weight: 8, arbitrary: statusChange },
      { weight: 2, arbitrary: optOut },
      { weight: 1, arbitrary: withdrawal },
      { weight: 1, arbitrary: erasure },
      { weight: 1, arbitrary: expiry },
    ),
    evidence: fc.constantFrom(null, EVIDENCE),
    elapsedMs: fc.integer({ min: -2, max: 3 }),
  }),
  { minLength: 1, maxLength: 40 },
);

type Erasure = { readonly kind: 'erasure'; readonly reason: string | null };
type Expiry = { readonly kind: 'expiry'; readonly keptMs: number };

export interface Step {
  readonly request: ChangeRequest | Erasure | Expiry;
  readonly before: SubscriberState;
  readonly after: SubscriberState;
  readonly events: readonly LedgerEvent[];
  readonly catalog: Catalog;
}

/** Runs `check` after every step of every sequence. */
export function afterEveryStep(check: (step: Step) => void): void {
  fc.assert(
    fc.property(catalogs, steps, (catalog, sequence) => {
      let state = UNKNOWN_SUBSCRIBER;
      let now = 1_000_000;
      const events: LedgerEvent[] = [];
      for (const { request, evidence, elapsedMs } of sequence) {
        now += elapsedMs;
        const before = state;
        const { draft, remainders } = take(request, before, events, { ...publicApiActor(9), evidence }, catalog, now);
        if (draft) {
          const random = { eventId: `event-${events.length}`, salt: () => `salt-${events.length}` };
          const { event, next } = sealEvent(before, { accountId: 1, subscriberKey: 'k' }, draft, random);
          for (const { eventId, personal } of remainders) {
            const index = events.findIndex((other) => other.eventId === eventId);
            events[index] = { ...events[index]!, personal };
          }
          events.push(event);
          state = next;
        }
        check({ request, before, after: state, events, catalog });
      }
    }),
    { numRuns: 400 },
  );
}

/** What comes of a request, as the actions that take it carry it out. */
export function take(
  request: Step['request'],
  state: SubscriberState,
  events: readonly LedgerEvent[],
  actor: Actor,
  catalog: Catalog,
  now: number,
): { draft: EventDraft | null; remainders: readonly Remainder[] } {
  switch (request.kind) {
    case 'erasure':
      return { draft: draftErasure(state, actor, request.reason, now), remainders: remaindersOfErasure(events) };
    case 'expiry': {
      const before = now - request.keptMs;
      return { draft: draftExpiry(state, events, before, now), remainders: remaindersOfExpiry(events, before) };
    }
    default:
      return { draft: decide(state, request, actor, catalog, now).event, remainders: [] };
  }
}

export function reads(state: SubscriberState, catalog: Catalog): EffectiveStatus[] {
  const preferences = channelPreferences(state.preferences, 'EMAIL');
  return [...catalog.definitions.values()].map((definition) => effectiveStatus(preferences, definition));
}
