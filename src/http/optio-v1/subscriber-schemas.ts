/** What the API takes and answers of a contact's past. Properties stand in the order in which answers hold them. */
import { MAX_REASON_CHARACTERS } from '../../domain/erasure.ts';
import { CHANNELS, LEGAL_BASES, STATES } from '../../domain/preferences.ts';
import { QUERY_ID, TEXT } from '../query-types.ts';
import { ID, INSTANT, NAME, pageOf } from './schemas.ts';

/** Events a page. */
export const MAX_PAGE = 100;
export const USUAL_PAGE = 20;

export const CHANNEL = { type: 'string', enum: CHANNELS, description: 'How the contact is reached.' } as const;
export const AS_OF = {
  ...TEXT,
  description: 'An instant that is not to come: ISO 8601 with its offset, or a date, which begins at midnight UTC.',
} as const;
export const STATE = { type: 'string', enum: STATES } as const;
const EVENT_ID = { type: 'string', format: 'uuid' } as const;
const EVENT_ID_OR_NULL = { ...EVENT_ID, type: ['string', 'null'] } as const;
export const ID_OR_NULL = { type: ['integer', 'null'], format: 'int64' } as const;
export const TEXT_OR_NULL = { type: ['string', 'null'] } as const;
const LEGAL_BASIS = {
  type: ['string', 'null'],
  enum: [...LEGAL_BASES, null],
  description: 'The ground for mailing, if known.',
} as const;

export const SUBSCRIBER_PARAMS = {
  type: 'object',
  required: ['subscriberIdString'],
  properties: { subscriberIdString: { ...TEXT, description: "The contact's e-mail address, percent-encoded." } },
} as const;

export const HISTORY_QUERY = {
  type: 'object',
  properties: {
    limit: { ...QUERY_ID, description: `Events a page, 1 to ${MAX_PAGE}; ${USUAL_PAGE} by default.` },
    after: { ...TEXT, description: 'paging.next.after of the page before.' },
  },
} as const;

export const ERASE_QUERY = {
  type: 'object',
  properties: {
    reason: {
      ...TEXT,
      description: `Why, in at most ${MAX_REASON_CHARACTERS} characters. It stays for good, so it must name no e-mail address.`,
    },
  },
} as const;

export const STATUSES_QUERY = {
  type: 'object',
  properties: {
    asOf: { ...AS_OF, description: `${AS_OF.description} Without it: now.` },
    channel: { ...CHANNEL, description: 'EMAIL by default, the only one.' },
    businessUnitId: { ...QUERY_ID, description: "A brand; 0 is the account's own. Without it: all." },
  },
} as const;

export const OBSERVED_REQUEST = {
  title: 'ObservedRequest',
  type: 'object',
  additionalProperties: false,
  required: ['at'],
  properties: {
    at: INSTANT,
    userAgent: { type: 'string' },
    contentType: { type: 'string' },
    origin: { type: 'string' },
    referrer: { type: 'string' },
    ipAddress: { type: 'string', description: 'Only where the operator wants it kept.' },
  },
} as const;

export const TEXT_SHOWN = {
  title: 'TextShown',
  type: 'object',
  additionalProperties: false,
  required: ['text', 'language', 'version'],
  properties: {
    text: { type: 'string', description: 'Word for word.' },
    language: { type: 'string', description: 'BCP 47.' },
    version: { type: 'string', description: "The first 16 hexadecimal digits of the text's SHA-256." },
  },
} as const;

const ACT = { type: 'string', enum: ['preference-page', 'unsubscribe-page', 'one-click', 'sign-up'] } as const;

const EVIDENCE = {
  title: 'Evidence',
  type: 'object',
  additionalProperties: false,
  required: ['act', 'request'],
  properties: {
    act: ACT,
    request: OBSERVED_REQUEST,
    type: {
      title: 'TypeShown',
      type: 'object',
      additionalProperties: false,
      required: ['name', 'description'],
      properties: { name: NAME, description: { type: 'string' } },
    },
    consent: TEXT_SHOWN,
    signUp: {
      title: 'SignUpEvidence',
      type: 'object',
      additionalProperties: false,
      required: ['request', 'consent', 'appId'],
      properties: {
        request: OBSERVED_REQUEST,
        consent: { anyOf: [TEXT_SHOWN, { type: 'null' }] },
        appId: ID_OR_NULL,
      },
    },
  },
} as const;

const STATE_CHANGE = {
  title: 'StateChange',
  type: 'object',
  additionalProperties: false,
  required: ['subscriptionId', 'subscriptionName', 'from', 'to'],
  properties: {
    subscriptionId: ID,
    subscriptionName: { ...TEXT_OR_NULL, description: 'As the type is called now.' },
    from: { ...STATE, description: 'What held before.' },
    to: { ...STATE, description: 'What has held since.' },
  },
} as const;

export const HISTORY = pageOf('History', {
  title: 'HistoryEvent',
  type: 'object',
  additionalProperties: false,
  required: [
    ...['eventId', 'version', 'occurredAt', 'type', 'channel', 'businessUnitId', 'subscriptionId', 'changes'],
    ...['endedOptOuts', 'legalBasis', 'legalBasisExplanation', 'source', 'appId', 'reason', 'expiredVersions'],
    ...['page', 'evidence', 'erased', 'previousEventId', 'hash'],
  ] as const,
  properties: {
    eventId: EVENT_ID,
    version: { type: 'integer', description: "1 for the contact's first event, and one more each." },
    occurredAt: INSTANT,
    type: {
      type: 'string',
      enum: ['STATUS_SET', 'OPTED_OUT_OF_ALL', 'OPT_OUT_WITHDRAWN', 'ERASED', 'EVIDENCE_EXPIRED'],
    },
    channel: {
      ...CHANNEL,
      type: ['string', 'null'],
      enum: [...CHANNELS, null],
      description: 'Null: all of them.',
    },
    businessUnitId: { ...ID_OR_NULL, description: 'The brand; null: all of the account.' },
    subscriptionId: { ...ID_OR_NULL, description: 'The type that was set; null where it was about everything.' },
    changes: { type: 'array', items: STATE_CHANGE, description: 'The type that was set first, then all others.' },
    endedOptOuts: {
      type: 'array',
      description: 'The opt-outs of everything that this ended; a brand of null is the whole account.',
      items: {
        title: 'EndedOptOut',
        type: 'object',
        additionalProperties: false,
        required: ['businessUnitId'],
        properties: { businessUnitId: ID_OR_NULL },
      },
    },
    legalBasis: LEGAL_BASIS,
    legalBasisExplanation: { ...TEXT_OR_NULL, description: 'How that ground came about; null once erased.' },
    source: { type: 'string', description: 'Who or what brought it about.' },
    appId: { ...ID_OR_NULL, description: 'The app that acted; null where none did: see source.' },
    reason: { ...TEXT_OR_NULL, description: 'Why the contact was erased, where that was said.' },
    expiredVersions: {
      type: 'array',
      items: { type: 'integer' },
      description: 'Of which events the evidence was kept long enough, by their versions.',
    },
    page: {
      type: ['string', 'null'],
      enum: [...ACT.enum, null],
      description: 'Where the contact acted; null where an app did.',
    },
    evidence: {
      anyOf: [EVIDENCE, { type: 'null' }],
      description: 'How the act was observed; null where it was not, and once erased.',
    },
    erased: { type: 'boolean', description: 'Whether texts that the event commits to were erased.' },
    previousEventId: EVENT_ID_OR_NULL,
    hash: {
      type: 'string',
      description: '64 hexadecimal digits, which cover all of the event and of those before.',
    },
  },
} as const);

export const STATUSES_THEN = {
  title: 'StatusesAsOf',
  type: 'object',
  additionalProperties: false,
  required: ['asOf', 'results'],
  properties: {
    asOf: { ...INSTANT, description: 'The instant that was asked about, itself included.' },
    results: {
      type: 'array',
      items: {
        title: 'StatusAsOf',
        type: 'object',
        additionalProperties: false,
        required: [
          ...['businessUnitId', 'channel', 'subscriberIdString', 'subscriptionId', 'subscriptionName', 'isActive'],
          ...['status', 'source', 'legalBasis', 'legalBasisExplanation', 'timestamp', 'decidedBy'],
        ] as const,
        properties: {
          businessUnitId: ID,
          channel: CHANNEL,
          subscriberIdString: { type: 'string', description: "The contact's e-mail address, in lower case." },
          subscriptionId: ID,
          subscriptionName: { type: 'string', description: 'As the type is called now.' },
          isActive: { type: 'boolean', description: 'Whether the type is active now.' },
          status: { ...STATE, description: 'What held.' },
          source: { type: 'string', description: 'Who or what brought it about.' },
          legalBasis: LEGAL_BASIS,
          legalBasisExplanation: { ...TEXT_OR_NULL, description: 'How that ground came about; null once erased.' },
          timestamp: { ...INSTANT, description: 'When it came about.' },
          decidedBy: {
            ...EVENT_ID_OR_NULL,
            description: 'The event that it follows from; null: nobody said anything.',
          },
        },
      },
    },
  },
} as const;
