/**
 * What must always hold, whatever is asked in whatever order: random requests on one contact, with brands,
 * inactive types, data privacy and a clock that may stand still or go back.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { type Catalog, makeCatalog } from '../../src/domain/catalog.ts';
import { decide } from '../../src/domain/decide.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import {
  type LedgerEvent,
  replay,
  type SubscriberState,
  sealEvent,
  UNKNOWN_SUBSCRIBER,
} from '../../src/domain/ledger.ts';
import { type ChangeRequest, publicApiActor } from '../../src/domain/outcome.ts';
import {
  channelPreferences,
  type EffectiveStatus,
  effectiveStatus,
  LEGAL_BASES,
  STATES,
} from '../../src/domain/preferences.ts';
import { definition } from '../support/subjects.ts';

const BRANDS = [0, 5, 7];

const catalogs = fc
  .record({
    dataPrivacy: fc.boolean(),
    types: fc.array(fc.record({ brand: fc.constantFrom(...BRANDS), isActive: fc.boolean() }), {
      minLength: 2,
      maxLength: 6,
    }),
  })
  .map(({ dataPrivacy, types }) =>
    makeCatalog(
      { id: 1, name: 'Acme', dataPrivacy, mailRule: 'opt-in', createdAt: 1, updatedAt: 1 },
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
const EVIDENCE: Evidence = {
  act: 'preference-page',
  request: { at: '2026-11-22T10:00:00.000Z', userAgent: 'Lynx "2.9" ✓' },
  consent: { text: 'I agree.', language: 'en', version: '0123456789abcdef' },
};
const steps = fc.array(
  fc.record({
    request: fc.oneof(
      { weight: 8, arbitrary: statusChange },
      { weight: 2, arbitrary: optOut },
      { weight: 1, arbitrary: withdrawal },
    ),
    evidence: fc.constantFrom(null, EVIDENCE),
    elapsedMs: fc.integer({ min: -2, max: 3 }),
  }),
  { minLength: 1, maxLength: 40 },
);

interface Step {
  readonly request: ChangeRequest;
  readonly before: SubscriberState;
  readonly after: SubscriberState;
  readonly events: readonly LedgerEvent[];
  readonly catalog: Catalog;
}

/** Runs `check` after every step of every sequence. */
function afterEveryStep(check: (step: Step) => void): void {
  fc.assert(
    fc.property(catalogs, steps, (catalog, sequence) => {
      let state = UNKNOWN_SUBSCRIBER;
      let now = 1_000_000;
      const events: LedgerEvent[] = [];
      for (const { request, evidence, elapsedMs } of sequence) {
        now += elapsedMs;
        const before = state;
        const decision = decide(before, request, { ...publicApiActor(9), evidence }, catalog, now);
        if (decision.event) {
          const random = { eventId: `event-${events.length}`, salt: () => `salt-${events.length}` };
          const { event, next } = sealEvent(before, { accountId: 1, subscriberKey: 'k' }, decision.event, random);
          events.push(event);
          state = next;
        }
        check({ request, before, after: state, events, catalog });
      }
    }),
    { numRuns: 400 },
  );
}

function reads(state: SubscriberState, catalog: Catalog): EffectiveStatus[] {
  const preferences = channelPreferences(state.preferences, 'EMAIL');
  return [...catalog.definitions.values()].map((definition) => effectiveStatus(preferences, definition));
}

const MAILABILITY = { UNSUBSCRIBED: 0, NOT_SPECIFIED: 1, SUBSCRIBED: 2 };

test('no type becomes more mailable but what the request names', () => {
  afterEveryStep(({ request, before, after, catalog }) => {
    const had = reads(before, catalog);
    reads(after, catalog).forEach((now, index) => {
      if (MAILABILITY[now.state] <= MAILABILITY[had[index]!.state]) return;
      if (request.kind === 'opt-out-withdrawal') {
        assert.ok(isWithin(request, now), 'more than was taken back');
        return;
      }
      assert.ok(request.kind === 'status-change', 'an opt-out made something mailable');
      assert.equal(now.definition.id, request.subscriptionId);
      assert.equal(now.state, request.state);
      assert.ok(now.definition.isActive);
    });
  });
});

test('setting one type leaves every other as it reads, also when it ends an opt-out of everything', () => {
  afterEveryStep(({ request, before, after, catalog }) => {
    if (request.kind !== 'status-change') return;
    const others = (state: SubscriberState) =>
      reads(state, catalog)
        .filter(({ definition }) => definition.id !== request.subscriptionId)
        .map(({ definition, state: is, source, occurredAt }) => ({ id: definition.id, is, source, occurredAt }));
    assert.deepEqual(others(after), others(before));
  });
});

function isWithin({ businessUnitId }: { businessUnitId: number | null }, { definition: of }: EffectiveStatus): boolean {
  return businessUnitId === null || of.businessUnitId === businessUnitId;
}

test('an opt-out of everything leaves nothing of its scope mailable', () => {
  afterEveryStep(({ request, after, catalog }) => {
    if (request.kind !== 'opt-out-of-all' || request.businessUnitId === 99) return;
    for (const status of reads(after, catalog)) {
      if (isWithin(request, status)) assert.equal(status.state, 'UNSUBSCRIBED');
    }
  });
});

test('an opt-out of everything that is taken back leaves all as it read before', () => {
  afterEveryStep(({ request, before, after, catalog }) => {
    if (request.kind !== 'opt-out-of-all' || after === before) return;
    const { optOuts } = channelPreferences(before.preferences, 'EMAIL');
    if (optOuts.some(({ businessUnitId }) => businessUnitId === request.businessUnitId)) return;
    const back = decide(after, { ...request, kind: 'opt-out-withdrawal' }, publicApiActor(9), catalog, 3_000_000);
    const random = { eventId: 'event-back', salt: () => 'salt' };
    const { next } = sealEvent(after, { accountId: 1, subscriberKey: 'k' }, back.event!, random);
    assert.deepEqual(reads(next, catalog), reads(before, catalog));
  });
});

test('asking again for an opt-out that shall be there once changes nothing more', () => {
  afterEveryStep(({ request, after, catalog }) => {
    if (request.kind !== 'opt-out-of-all') return;
    const again = decide(after, { ...request, onlyOnce: true }, publicApiActor(9), catalog, 2_000_000);
    assert.equal(again.event, null);
  });
});

test('replaying the ledger rebuilds the state, and every link of the chain holds', () => {
  afterEveryStep(({ after, events }) => {
    assert.deepEqual(replay(events), after);
  });
});

test('a contact has one event a version, and its instants strictly increase', () => {
  afterEveryStep(({ after, events }) => {
    assert.equal(after.version, events.length);
    events.forEach((event, index) => {
      assert.equal(event.version, index + 1);
      if (index > 0) assert.ok(event.occurredAt > events[index - 1]!.occurredAt);
    });
  });
});

test('asking again changes nothing more for one type: a repeated request is harmless', () => {
  afterEveryStep(({ request, after, catalog }) => {
    if (request.kind !== 'status-change') return;
    const again = decide(after, request, publicApiActor(9), catalog, 2_000_000);
    assert.equal(again.event, null);
  });
});

test('altering, dropping or reordering any event is found', () => {
  const sequence = fc.tuple(catalogs, steps, fc.nat(), fc.constantFrom('alter', 'drop', 'swap'));
  fc.assert(
    fc.property(sequence, ([catalog, wanted, pick, how]) => {
      let state = UNKNOWN_SUBSCRIBER;
      const events: LedgerEvent[] = [];
      for (const { request } of wanted) {
        const decision = decide(state, request, publicApiActor(9), catalog, 1_000_000);
        if (!decision.event) continue;
        const random = { eventId: `event-${events.length}`, salt: () => 'salt' };
        const sealed = sealEvent(state, { accountId: 1, subscriberKey: 'k' }, decision.event, random);
        events.push(sealed.event);
        state = sealed.next;
      }
      fc.pre(events.length > 1);
      const at = pick % (events.length - 1);
      const forged = [...events];
      if (how === 'alter') forged[at] = { ...forged[at]!, body: forged[at]!.body.replace('EMAIL', 'EMAIl') };
      if (how === 'drop') forged.splice(at, 1);
      if (how === 'swap') forged.splice(at, 2, forged[at + 1]!, forged[at]!);
      assert.ok('problem' in replay(forged));
    }),
    { numRuns: 300 },
  );
});
