/** Preferences of every shape, for trials of how they are stored. */
import fc from 'fast-check';
import { LEGAL_BASES, type Preferences, STATES } from '../../src/domain/preferences.ts';
import { AWKWARD_TEXT } from './samples.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(AWKWARD_TEXT), fc.constant('\ud800 alone'));
const anyInstant = fc.nat({ max: 8_640_000_000_000_000 });
const anyId = fc.maxSafeNat();
const anySource = fc.oneof(
  anyText,
  anyId.map((id) => `Public status API, App ID:${id}`),
  fc
    .constantFrom('', '007', '-1', '1.5', '1e3', ' 7', '7 ', '0x10', '9007199254740993', '99999999999999999999', '+1')
    .map((odd) => `Public status API, App ID:${odd}`),
);
const plain = { noNullPrototype: true };
const anyStatus = fc.record(
  {
    subscriptionId: anyId,
    state: fc.constantFrom(...STATES),
    legalBasis: fc.option(fc.constantFrom(...LEGAL_BASES)),
    legalBasisExplanation: fc.option(anyText),
    source: anySource,
    occurredAt: anyInstant,
  },
  plain,
);
const anyOptOut = fc.record({ businessUnitId: fc.option(anyId), source: anySource, occurredAt: anyInstant }, plain);
export const anyPreferences: fc.Arbitrary<Preferences> = fc.record(
  { EMAIL: fc.record({ statuses: fc.array(anyStatus), optOuts: fc.array(anyOptOut) }, plain) },
  { requiredKeys: [], noNullPrototype: true },
);
