import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Preferences } from '../../src/domain/preferences.ts';
import { decodePreferences, encodePreferences } from '../../src/storage/preferences-document.ts';
import { anyPreferences } from './any-preferences.ts';

test('every Preferences comes back from its document as it went in', () => {
  fc.assert(
    fc.property(anyPreferences, (preferences) => {
      const document = encodePreferences(preferences);
      assert.deepEqual(decodePreferences(document), preferences);
      // PostgreSQL's text and JSON types take no NUL byte and no half of a surrogate pair: both must be escaped.
      assert.ok(document.isWellFormed() && !document.includes('\0'));
    }),
    { numRuns: 500 },
  );
});

test('the document is what is on disk today: codes and places never change their meaning', () => {
  const preferences: Preferences = {
    EMAIL: {
      statuses: [
        {
          ...{
            subscriptionId: 12,
            state: 'SUBSCRIBED',
            legalBasis: 'PROCESS_AND_STORE',
            legalBasisExplanation: 'asked',
          },
          ...{ source: 'Public status API, App ID:7', occurredAt: 1_700_000_000_000 },
        },
        {
          ...{ subscriptionId: 13, state: 'UNSUBSCRIBED', legalBasis: null, legalBasisExplanation: null },
          ...{ source: 'Import', occurredAt: 1_700_000_000_001 },
        },
      ],
      optOuts: [{ businessUnitId: null, source: 'Public status API, App ID:0', occurredAt: 1_700_000_000_002 }],
    },
  };
  const document =
    '{"EMAIL":[[[12,1,7,1700000000000,6,"asked"],[13,2,"Import",1700000000001]],[[null,0,1700000000002]]]}';
  assert.equal(encodePreferences(preferences), document);
  assert.deepEqual(decodePreferences(document), preferences);
  assert.equal(encodePreferences({}), '{}');
});

test('a document with what this version does not know is refused, not misread', () => {
  assert.throws(() => decodePreferences('{"PIGEON":[[],[]]}'), /unknown channel PIGEON/);
  assert.throws(() => decodePreferences('{"EMAIL":[[[1,9,7,0]],[]]}'), /unknown code 9/);
  assert.throws(() => decodePreferences('{"EMAIL":[[[1,1,7,0,40]],[]]}'), /unknown code 40/);
});
