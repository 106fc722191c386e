import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NO_PREFERENCES } from '../../src/domain/preferences.ts';
import { type Abridged, abridge, readAbridged } from '../../src/storage/abridged-document.ts';
import { encodePreferences } from '../../src/storage/preferences-document.ts';
import { anyPreferences } from './any-preferences.ts';

const read = (document: string, subscriptionId: number) =>
  readAbridged(JSON.parse(abridge(document, { channel: 'EMAIL', subscriptionId })) as Abridged);

test('of every document, exactly the status of the type and all opt-outs are cut out', () => {
  fc.assert(
    fc.property(anyPreferences, fc.nat(), (preferences, other) => {
      const document = encodePreferences(preferences);
      const { statuses, optOuts } = preferences.EMAIL ?? NO_PREFERENCES;
      for (const id of [...statuses.map(({ subscriptionId }) => subscriptionId), other]) {
        const own = statuses.filter(({ subscriptionId }) => subscriptionId === id).slice(0, 1);
        assert.deepEqual(read(document, id), { statuses: own, optOuts });
      }
    }),
    { numRuns: 1_000 },
  );
});

test('text that looks like a status, in an explanation or a source, is none', () => {
  const looksLikeOne = '\\"],[12,1,"x",1],["\\\\';
  const status = { subscriptionId: 7, state: 'UNSUBSCRIBED', legalBasis: null, occurredAt: 1 } as const;
  const preferences = {
    EMAIL: {
      statuses: [{ ...status, legalBasisExplanation: looksLikeOne, source: looksLikeOne }],
      optOuts: [{ businessUnitId: null, source: looksLikeOne, occurredAt: 2 }],
    },
  };
  const document = encodePreferences(preferences);
  assert.deepEqual(read(document, 7), preferences.EMAIL);
  assert.deepEqual(read(document, 12), { statuses: [], optOuts: preferences.EMAIL.optOuts });
});

test('a document that is cut off or is none fails, whatever is asked of it', () => {
  const document = encodePreferences({
    EMAIL: {
      statuses: [
        {
          ...{ subscriptionId: 7, state: 'SUBSCRIBED', legalBasis: null, legalBasisExplanation: 'asked, "twice"' },
          ...{ source: 'a form', occurredAt: 1_700_000_000_000 },
        },
      ],
      optOuts: [{ businessUnitId: 3, source: 'a form', occurredAt: 2 }],
    },
  });
  for (let length = 0; length < document.length - 2; length++) {
    assert.throws(() => read(document.slice(0, length), 7), `cut off after ${length} characters`);
  }
  for (const none of ['', 'null', '{"EMAIL":[]}', '{"EMAIL":[[7]]}', '{"EMAIL":[[],7]}', '{"EMAIL": [[],[]]']) {
    assert.throws(() => read(none, 7), none);
  }
});
