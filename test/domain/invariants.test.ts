/** What must always hold, whatever is asked in whatever order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../src/domain/decide.ts';
import { draftErasure, draftExpiry } from '../../src/domain/erasure.ts';
import {
  type EvidenceExpired,
  type LedgerEvent,
  replay,
  type SubscriberState,
  sealEvent,
  UNKNOWN_SUBSCRIBER,
} from '../../src/domain/ledger.ts';
import { publicApiActor } from '../../src/domain/outcome.ts';
import { channelPreferences, type EffectiveStatus } from '../../src/domain/preferences.ts';

import { afterEveryStep, catalogs, reads, steps, take } from './random-steps.ts';

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

test('an erasure leaves every "no" as it reads, and nothing else that anybody said', () => {
  afterEveryStep(({ request, before, after, events, catalog }) => {
    if (request.kind !== 'erasure' || after === before) return;
    const had = reads(before, catalog);
    reads(after, catalog).forEach((now, index) => {
      const { state, source, occurredAt } = had[index]!;
      if (state === 'UNSUBSCRIBED')
        assert.deepEqual([now.state, now.source, now.occurredAt], [state, source, occurredAt]);
      else assert.deepEqual([now.state, now.decidedBy], ['NOT_SPECIFIED', 'nobody']);
      assert.equal(now.legalBasisExplanation, null);
    });
    assert.ok(after.isErased);
    assert.deepEqual(
      events.filter(({ personal }) => personal !== null),
      [],
    );
    assert.equal(draftErasure(after, publicApiActor(9), null, 2_000_000), null, 'there is nothing left to erase');
  });
});

test('what an account keeps no longer changes no status, and is told of once', () => {
  afterEveryStep(({ request, before, after, events }) => {
    if (request.kind !== 'expiry' || after === before) return;
    assert.deepEqual(after.preferences, before.preferences);
    const { versions } = JSON.parse(events.at(-1)!.body) as EvidenceExpired;
    assert.ok(versions.every((version) => events[version - 1]!.personal?.evidence === undefined));
    const later = draftExpiry(after, events, Number.POSITIVE_INFINITY, 2_000_000)?.body as EvidenceExpired | undefined;
    assert.ok(!later?.versions.some((version) => versions.includes(version)));
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
        const { draft } = take(request, state, events, publicApiActor(9), catalog, 1_000_000);
        if (!draft) continue;
        const random = { eventId: `event-${events.length}`, salt: () => 'salt' };
        const sealed = sealEvent(state, { accountId: 1, subscriberKey: 'k' }, draft, random);
        events.push(sealed.event);
        state = sealed.next;
      }
      fc.pre(events.length > 1);
      const at = pick % (events.length - 1);
      const forged = [...events];
      if (how === 'alter') forged[at] = { ...forged[at]!, body: forged[at]!.body.replace('type', 'typE') };
      if (how === 'drop') forged.splice(at, 1);
      if (how === 'swap') forged.splice(at, 2, forged[at + 1]!, forged[at]!);
      assert.ok('problem' in replay(forged));
    }),
    { numRuns: 300 },
  );
});
