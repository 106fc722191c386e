/** The rules of behaviour one by one, each with the answer that a caller is given. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PLAIN_LOOK } from '../../src/domain/brand-look.ts';
import { type Catalog, makeCatalog } from '../../src/domain/catalog.ts';
import { decide } from '../../src/domain/decide.ts';
import { type SubscriberState, sealEvent, UNKNOWN_SUBSCRIBER } from '../../src/domain/ledger.ts';
import { type ChangeRequest, type Outcome, publicApiActor, type StatusChange } from '../../src/domain/outcome.ts';
import { channelPreferences, effectiveStatus, type State } from '../../src/domain/preferences.ts';
import { definition, statusChange } from '../support/subjects.ts';

const NEWS = 101;
const OFFERS = 102;
const OLD = 103;
const BRAND_NEWS = 201;
const APP_SOURCE = 'Public status API, App ID:9';

function catalogOf(dataPrivacy: boolean): Catalog {
  const brand = (id: number) => ({ id, name: `Brand ${id}`, look: PLAIN_LOOK, createdAt: 1, updatedAt: 1 });
  return makeCatalog(
    { id: 1, name: 'Acme', dataPrivacy, mailRule: 'opt-in', keepEvidenceMonths: null, createdAt: 1, updatedAt: 1 },
    [brand(0), brand(5)],
    [
      definition(NEWS),
      definition(OFFERS),
      definition(OLD, { isActive: false }),
      definition(BRAND_NEWS, { businessUnitId: 5 }),
    ],
  );
}

const catalog = catalogOf(false);

/** A contact, told what to do step by step; the clock advances 1 000 ms a step unless it stands still. */
class Contact {
  state: SubscriberState = UNKNOWN_SUBSCRIBER;
  now = 1_000_000;
  events = 0;

  ask(request: ChangeRequest, using: Catalog = catalog, advanceMs = 1_000): Outcome {
    this.now += advanceMs;
    const decision = decide(this.state, request, publicApiActor(9), using, this.now);
    if (decision.event) {
      const owner = { accountId: 1, subscriberKey: 'ab'.repeat(16) };
      const random = { eventId: `id-${this.events}`, salt: () => '00'.repeat(16) };
      this.state = sealEvent(this.state, owner, decision.event, random).next;
      this.events += 1;
    }
    return decision.conclude(channelPreferences(this.state.preferences, 'EMAIL'));
  }

  set(subscriptionId: number, state: State, evidence: Partial<StatusChange> = {}, using?: Catalog): Outcome {
    return this.ask({ ...statusChange(subscriptionId, state), ...evidence }, using);
  }

  optOut(businessUnitId: number | null = null): Outcome {
    return this.ask({ kind: 'opt-out-of-all', channel: 'EMAIL', businessUnitId });
  }

  reads(subscriptionId: number): string {
    const { state, source, occurredAt } = effectiveStatus(
      channelPreferences(this.state.preferences, 'EMAIL'),
      catalog.definitions.get(subscriptionId)!,
    );
    return `${state} by ${source} at ${occurredAt}`;
  }
}

function transition(outcome: Outcome): string {
  return outcome.kind === 'status-set' ? outcome.transition : `${outcome.kind}`;
}

function refusal(outcome: Outcome): unknown {
  return outcome.kind === 'refused' ? outcome.refusal : `not refused: ${outcome.kind}`;
}

describe('setting one type', () => {
  test('each transition has its reason', () => {
    const contact = new Contact();
    const steps: [State, string][] = [
      ['NOT_SPECIFIED', 'NO_STATUS_CHANGE'],
      ['SUBSCRIBED', 'REQUESTED_CHANGE_OCCURRED'],
      ['SUBSCRIBED', 'NO_STATUS_CHANGE'],
      ['UNSUBSCRIBED', 'REQUESTED_CHANGE_OCCURRED'],
      ['UNSUBSCRIBED', 'NO_STATUS_CHANGE'],
      ['SUBSCRIBED', 'RESUBSCRIBE_OCCURRED'],
      ['NOT_SPECIFIED', 'REQUESTED_CHANGE_OCCURRED'],
      ['UNSUBSCRIBED', 'REQUESTED_CHANGE_OCCURRED'],
      ['NOT_SPECIFIED', 'REQUESTED_CHANGE_OCCURRED'],
    ];
    assert.deepEqual(
      steps.map(([state]) => transition(contact.set(NEWS, state))),
      steps.map(([, reason]) => reason),
    );
  });

  test('what nobody touched reads NOT_SPECIFIED, dated by its definition', () => {
    assert.equal(new Contact().reads(NEWS), 'NOT_SPECIFIED by Not specified at 10');
  });

  test('a repeated state writes nothing and keeps its instant', () => {
    const contact = new Contact();
    contact.set(NEWS, 'SUBSCRIBED', { legalBasis: 'NON_GDPR', legalBasisExplanation: 'in the shop' });
    const before = contact.state;
    contact.set(NEWS, 'SUBSCRIBED');
    contact.set(NEWS, 'SUBSCRIBED', { legalBasis: 'NON_GDPR' });
    contact.set(NEWS, 'SUBSCRIBED', { legalBasis: 'NON_GDPR', legalBasisExplanation: 'in the shop' });
    assert.equal(contact.state, before);
  });

  test('new evidence for the same state is stored and moves the instant', () => {
    const contact = new Contact();
    contact.set(NEWS, 'SUBSCRIBED', { legalBasis: 'NON_GDPR', legalBasisExplanation: 'in the shop' });
    const outcome = contact.set(NEWS, 'SUBSCRIBED', { legalBasis: 'CONSENT_WITH_NOTICE' });
    assert.equal(transition(outcome), 'NO_STATUS_CHANGE');
    assert.equal(contact.events, 2);
    assert.ok(outcome.kind === 'status-set');
    const { legalBasis, legalBasisExplanation, occurredAt } = outcome.status;
    assert.deepEqual(
      { legalBasis, legalBasisExplanation, occurredAt },
      { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: null, occurredAt: contact.now },
    );
  });

  test('a new explanation alone keeps the legal basis', () => {
    const contact = new Contact();
    contact.set(NEWS, 'SUBSCRIBED', { legalBasis: 'NON_GDPR', legalBasisExplanation: 'in the shop' });
    const outcome = contact.set(NEWS, 'SUBSCRIBED', { legalBasisExplanation: 'by phone' });
    assert.ok(outcome.kind === 'status-set');
    assert.equal(outcome.status.legalBasis, 'NON_GDPR');
    assert.equal(outcome.status.legalBasisExplanation, 'by phone');
  });

  test('the evidence of another state is not carried over', () => {
    const contact = new Contact();
    contact.set(NEWS, 'SUBSCRIBED', { legalBasis: 'NON_GDPR', legalBasisExplanation: 'in the shop' });
    const outcome = contact.set(NEWS, 'UNSUBSCRIBED');
    assert.ok(outcome.kind === 'status-set');
    assert.equal(outcome.status.legalBasis, null);
    assert.equal(outcome.status.legalBasisExplanation, null);
  });

  test('instants strictly increase even when the clock stands still or goes back', () => {
    const contact = new Contact();
    contact.ask(statusChange(NEWS, 'SUBSCRIBED'), catalog, 0);
    contact.ask(statusChange(NEWS, 'UNSUBSCRIBED'), catalog, 0);
    contact.ask(statusChange(NEWS, 'SUBSCRIBED'), catalog, -500_000);
    assert.equal(contact.state.lastEventAt, 1_000_002);
  });
});

describe('refusals', () => {
  test('an unknown and an inactive type', () => {
    const contact = new Contact();
    assert.deepEqual(refusal(contact.set(999, 'SUBSCRIBED')), { code: 'subscription-unknown', subscriptionId: 999 });
    assert.deepEqual(refusal(contact.set(OLD, 'SUBSCRIBED')), { code: 'subscription-inactive', subscriptionId: OLD });
    assert.equal(contact.events, 0);
  });

  test('an unknown brand', () => {
    assert.deepEqual(refusal(new Contact().optOut(77)), { code: 'business-unit-unknown', businessUnitId: 77 });
  });

  test('a text that was agreed to is proof of what began by an act, and not of what ended by it', () => {
    const consent = { text: 'Yes', language: 'en', version: '0'.repeat(16) };
    const evidence = { act: 'preference-page', request: { at: 'now' }, consent } as const;
    const kept = (request: ChangeRequest) =>
      decide(UNKNOWN_SUBSCRIBER, request, { ...publicApiActor(9), evidence }, catalog, 1).event?.evidence;
    assert.deepEqual(kept(statusChange(NEWS, 'SUBSCRIBED')), evidence);
    const ended = { act: evidence.act, request: evidence.request };
    assert.deepEqual(kept(statusChange(NEWS, 'UNSUBSCRIBED')), ended);
    assert.deepEqual(kept({ kind: 'opt-out-of-all', channel: 'EMAIL', businessUnitId: null }), ended);
  });

  test('with data privacy on, evidence is required to mail, never to stop', () => {
    const contact = new Contact();
    const privacy = catalogOf(true);
    const both = ['legalBasis', 'legalBasisExplanation'];
    assert.deepEqual(refusal(contact.set(NEWS, 'SUBSCRIBED', {}, privacy)), {
      code: 'legal-basis-required',
      missing: both,
    });
    assert.deepEqual(refusal(contact.set(NEWS, 'NOT_SPECIFIED', { legalBasis: 'NON_GDPR' }, privacy)), {
      code: 'legal-basis-required',
      missing: ['legalBasisExplanation'],
    });
    const blank = { legalBasis: 'NON_GDPR', legalBasisExplanation: '  ' } as const;
    assert.deepEqual(refusal(contact.set(NEWS, 'SUBSCRIBED', blank, privacy)), {
      code: 'legal-basis-required',
      missing: ['legalBasisExplanation'],
    });
    assert.equal(transition(contact.set(NEWS, 'UNSUBSCRIBED', {}, privacy)), 'REQUESTED_CHANGE_OCCURRED');
  });

  test('NOT_SPECIFIED while opted out of everything, where the opt-out covers the type', () => {
    const contact = new Contact();
    contact.optOut(5);
    assert.deepEqual(refusal(contact.set(BRAND_NEWS, 'NOT_SPECIFIED')), {
      code: 'opted-out-of-all',
      subscriptionId: BRAND_NEWS,
    });
    assert.equal(transition(contact.set(NEWS, 'NOT_SPECIFIED')), 'NO_STATUS_CHANGE');
  });
});

describe('opting out of everything', () => {
  test('every type of the scope reads UNSUBSCRIBED, by that opt-out and at its instant', () => {
    const contact = new Contact();
    contact.set(NEWS, 'SUBSCRIBED');
    contact.set(OFFERS, 'UNSUBSCRIBED');
    contact.optOut();
    const expected = `UNSUBSCRIBED by ${APP_SOURCE} at ${contact.now}`;
    assert.deepEqual(
      [NEWS, OFFERS, BRAND_NEWS].map((id) => contact.reads(id)),
      [expected, expected, expected],
    );
  });

  test('of one brand, the others go on', () => {
    const contact = new Contact();
    contact.set(NEWS, 'SUBSCRIBED');
    contact.set(BRAND_NEWS, 'SUBSCRIBED');
    contact.optOut(5);
    assert.match(contact.reads(NEWS), /^SUBSCRIBED/);
    assert.match(contact.reads(BRAND_NEWS), /^UNSUBSCRIBED/);
  });

  test('repeating it moves the instant and does not pile up', () => {
    const contact = new Contact();
    contact.optOut();
    contact.optOut();
    assert.deepEqual(contact.state.preferences.EMAIL?.optOuts, [
      { businessUnitId: null, source: APP_SOURCE, occurredAt: contact.now },
    ]);
    assert.equal(contact.events, 2);
  });

  test('resubscribing one type ends it, and the others stay unsubscribed as they read', () => {
    const contact = new Contact();
    contact.set(OFFERS, 'SUBSCRIBED');
    contact.optOut();
    const others = [OFFERS, OLD, BRAND_NEWS].map((id) => contact.reads(id));
    assert.equal(transition(contact.set(NEWS, 'SUBSCRIBED')), 'RESUBSCRIBE_OCCURRED');
    assert.deepEqual(contact.state.preferences.EMAIL?.optOuts, []);
    assert.deepEqual(
      [OFFERS, OLD, BRAND_NEWS].map((id) => contact.reads(id)),
      others,
    );
    assert.match(contact.reads(NEWS), /^SUBSCRIBED/);
  });

  test('resubscribing a type of one brand ends both opt-outs that cover it, no other', () => {
    const contact = new Contact();
    contact.optOut();
    contact.optOut(5);
    contact.optOut(0);
    contact.set(BRAND_NEWS, 'SUBSCRIBED');
    assert.deepEqual(
      contact.state.preferences.EMAIL?.optOuts.map((optOut) => optOut.businessUnitId),
      [0],
    );
    assert.match(contact.reads(NEWS), /^UNSUBSCRIBED/);
  });

  test('unsubscribing a type meanwhile changes nothing, but its evidence is kept and shown', () => {
    const contact = new Contact();
    contact.optOut();
    assert.equal(transition(contact.set(NEWS, 'UNSUBSCRIBED')), 'NO_STATUS_CHANGE');
    assert.equal(contact.events, 1);
    const outcome = contact.set(NEWS, 'UNSUBSCRIBED', { legalBasis: 'NON_GDPR' });
    assert.equal(transition(outcome), 'NO_STATUS_CHANGE');
    assert.equal(contact.reads(NEWS), `UNSUBSCRIBED by ${APP_SOURCE} at ${contact.now}`);
    contact.set(OFFERS, 'SUBSCRIBED');
    assert.match(contact.reads(NEWS), /^UNSUBSCRIBED/);
  });

  test('the same evidence as before the opt-out is new again: the opt-out hides what stood', () => {
    const contact = new Contact();
    const evidence = { legalBasis: 'NON_GDPR', legalBasisExplanation: 'in the shop' } as const;
    contact.set(NEWS, 'UNSUBSCRIBED', evidence);
    contact.optOut();
    const outcome = contact.set(NEWS, 'UNSUBSCRIBED', evidence);
    assert.ok(outcome.kind === 'status-set');
    assert.deepEqual(
      [outcome.transition, outcome.status.legalBasis, outcome.status.occurredAt],
      ['NO_STATUS_CHANGE', 'NON_GDPR', contact.now],
    );
    contact.optOut();
    const other = contact.set(NEWS, 'UNSUBSCRIBED', { legalBasisExplanation: 'by phone' });
    assert.ok(other.kind === 'status-set');
    assert.deepEqual([other.status.legalBasis, other.status.legalBasisExplanation], [null, 'by phone']);
  });
});
