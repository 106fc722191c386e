/**
 * A contact's preferences as one compact JSON text, the same on every engine.
 *
 * A document with names costs twice the bytes and a quarter of the write rate, so values stand in fixed places and
 * enumerations are numbers:
 *
 *     {"EMAIL":[[[subscriptionId, state, source, occurredAt, legalBasis, explanation], …],
 *               [[businessUnitId, source, occurredAt], …]]}
 *
 * Statuses come first, opt-outs second. The legal basis and its explanation are left out where both are null. A
 * source of the form `Public status API, App ID:N` is the number N, any other is its text. The codes below are on
 * disk, in the views `status` and `opt_out` too: a code is never given a new meaning.
 */
import type {
  ChannelPreferences,
  LegalBasis,
  OptOut,
  Preferences,
  RecordedStatus,
  State,
} from '../domain/preferences.ts';
import { CHANNELS } from '../domain/preferences.ts';

const STATE_CODES: Readonly<Record<State, number>> = { NOT_SPECIFIED: 0, SUBSCRIBED: 1, UNSUBSCRIBED: 2 };

const LEGAL_BASIS_CODES: Readonly<Record<LegalBasis, number>> = {
  CONSENT_WITH_NOTICE: 0,
  LEGITIMATE_INTEREST_CLIENT: 1,
  LEGITIMATE_INTEREST_OTHER: 2,
  LEGITIMATE_INTEREST_PQL: 3,
  NON_GDPR: 4,
  PERFORMANCE_OF_CONTRACT: 5,
  PROCESS_AND_STORE: 6,
};

const STATES_BY_CODE = byCode(STATE_CODES);
const LEGAL_BASES_BY_CODE = byCode(LEGAL_BASIS_CODES);

const APP_SOURCE = 'Public status API, App ID:';
const CANONICAL_NUMBER = /^(?:0|[1-9]\d{0,15})$/;

type SourceValue = number | string;
type StatusValue = [
  id: number,
  state: number,
  source: SourceValue,
  at: number,
  basis?: number | null,
  why?: string | null,
];
type OptOutValue = [businessUnitId: number | null, source: SourceValue, at: number];
export type ChannelValue = [statuses: StatusValue[], optOuts: OptOutValue[]];

/** The text to store. Every `Preferences` survives `decodePreferences(encodePreferences(…))` unchanged. */
export function encodePreferences(preferences: Preferences): string {
  const document: Record<string, ChannelValue> = {};
  for (const channel of CHANNELS) {
    const spoken = preferences[channel];
    if (spoken) document[channel] = [spoken.statuses.map(encodeStatus), spoken.optOuts.map(encodeOptOut)];
  }
  return JSON.stringify(document);
}

/** Reads a stored text. Throws on a channel or a code that this version does not know, rather than forget it. */
export function decodePreferences(text: string): Preferences {
  const document = JSON.parse(text) as Record<string, ChannelValue>;
  const preferences: Record<string, ChannelPreferences> = {};
  for (const channel in document) {
    if (!(CHANNELS as readonly string[]).includes(channel)) throw new Error(`unknown channel ${channel} in a document`);
    preferences[channel] = decodeChannel(document[channel] as ChannelValue);
  }
  return preferences;
}

/** Reads what one channel has in a stored text, by itself. */
export function decodeChannel([statuses, optOuts]: ChannelValue): ChannelPreferences {
  return { statuses: statuses.map(decodeStatus), optOuts: optOuts.map(decodeOptOut) };
}

function encodeStatus(status: RecordedStatus): StatusValue {
  const { subscriptionId, state, legalBasis, legalBasisExplanation, source, occurredAt } = status;
  const code = STATE_CODES[state];
  if (legalBasis === null && legalBasisExplanation === null) {
    return [subscriptionId, code, encodeSource(source), occurredAt];
  }
  const basis = legalBasis === null ? null : LEGAL_BASIS_CODES[legalBasis];
  return [subscriptionId, code, encodeSource(source), occurredAt, basis, legalBasisExplanation];
}

function decodeStatus(value: StatusValue): RecordedStatus {
  const basis = value[4] ?? null;
  return {
    subscriptionId: value[0],
    state: known(STATES_BY_CODE, value[1]),
    legalBasis: basis === null ? null : known(LEGAL_BASES_BY_CODE, basis),
    legalBasisExplanation: value[5] ?? null,
    source: decodeSource(value[2]),
    occurredAt: value[3],
  };
}

function encodeOptOut(optOut: OptOut): OptOutValue {
  return [optOut.businessUnitId, encodeSource(optOut.source), optOut.occurredAt];
}

function decodeOptOut(value: OptOutValue): OptOut {
  return { businessUnitId: value[0], source: decodeSource(value[1]), occurredAt: value[2] };
}

/** There are as many sources as apps, and a document names them again and again: each is put together once. */
const values = new Map<string, SourceValue>();
const texts = new Map<number, string>();
const MAX_REMEMBERED = 4_096;

function encodeSource(source: string): SourceValue {
  return values.get(source) ?? remember(values, source, toValue(source));
}

function toValue(source: string): SourceValue {
  if (!source.startsWith(APP_SOURCE)) return source;
  const digits = source.slice(APP_SOURCE.length);
  const appId = Number(digits);
  // Only where the number gives back the very same text: `007` and what is past 2^53 stay as they were written.
  return CANONICAL_NUMBER.test(digits) && Number.isSafeInteger(appId) ? appId : source;
}

function decodeSource(value: SourceValue): string {
  return typeof value === 'number' ? (texts.get(value) ?? remember(texts, value, APP_SOURCE + value)) : value;
}

function remember<Key, Value>(known: Map<Key, Value>, key: Key, value: Value): Value {
  if (known.size >= MAX_REMEMBERED) known.clear();
  known.set(key, value);
  return value;
}

function byCode<T extends string>(codes: Readonly<Record<T, number>>): readonly T[] {
  const names: T[] = [];
  for (const name of Object.keys(codes) as T[]) names[codes[name]] = name;
  return names;
}

function known<T>(names: readonly T[], code: number): T {
  const name = names[code];
  if (name === undefined) throw new Error(`unknown code ${code} in a document`);
  return name;
}
