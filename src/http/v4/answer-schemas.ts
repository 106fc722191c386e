/**
 * What v4 answers, named as HubSpot's OpenAPI file names it; the descriptions are ours. Properties stand in the order
 * in which answers hold them.
 */
import { CHANNELS, LEGAL_BASES, STATES } from '../../domain/preferences.ts';

const INSTANT = { type: 'string', format: 'date-time', description: 'UTC, with milliseconds.' } as const;
const CHANNEL = { type: 'string', enum: CHANNELS, description: 'How the contact is reached.' } as const;
const STATE = { type: 'string', enum: STATES, description: 'What holds for this type of mail.' } as const;
const ADDRESS = { type: 'string', description: "The contact's e-mail address, in lower case." } as const;
const ID = { type: 'integer', format: 'int64' } as const;
const BASIS_VALUES = [...LEGAL_BASES, null] as const;
const REASONS = [
  'NO_STATUS_CHANGE',
  'REQUESTED_CHANGE_OCCURRED',
  'RESUBSCRIBE_OCCURRED',
  'UNSUBSCRIBE_FROM_ALL_OCCURRED',
  null,
] as const;

/** One type of mail and one contact: what holds, and why. */
export const STATUS_ROW = {
  title: 'PublicStatus',
  type: 'object',
  additionalProperties: false,
  required: [
    'businessUnitId',
    'channel',
    'subscriberIdString',
    'subscriptionId',
    'subscriptionName',
    'status',
    'source',
    'legalBasis',
    'legalBasisExplanation',
    'setStatusSuccessReason',
    'timestamp',
  ],
  properties: {
    businessUnitId: { ...ID, description: "The brand that the definition belongs to; 0 is the account's own." },
    channel: CHANNEL,
    subscriberIdString: ADDRESS,
    subscriptionId: { ...ID, description: 'The definition.' },
    subscriptionName: { type: 'string', description: "The definition's name." },
    status: STATE,
    source: { type: 'string', description: 'Who or what brought the status about.' },
    legalBasis: { type: ['string', 'null'], enum: BASIS_VALUES, description: 'The ground for mailing, if known.' },
    legalBasisExplanation: { type: ['string', 'null'], description: 'How that ground came about, if known.' },
    setStatusSuccessReason: {
      type: ['string', 'null'],
      enum: REASONS,
      description: 'What a change did; null where the row was only read.',
    },
    timestamp: { ...INSTANT, description: 'When the status came about, in UTC.' },
  },
} as const;

/** An active opt-out of everything. */
export const WIDE_STATUS_ROW = {
  title: 'PublicWideStatus',
  type: 'object',
  additionalProperties: false,
  required: ['wideStatusType', 'subscriberIdString', 'status', 'channel', 'timestamp'],
  properties: {
    wideStatusType: { type: 'string', enum: ['PORTAL_WIDE', 'BUSINESS_UNIT_WIDE'], description: 'How far it reaches.' },
    subscriberIdString: ADDRESS,
    status: { type: 'string', enum: ['UNSUBSCRIBED'] },
    channel: CHANNEL,
    timestamp: { ...INSTANT, description: 'When the contact opted out, in UTC.' },
    businessUnitId: { ...ID, description: 'The brand, where the opt-out is of one brand.' },
  },
} as const;

export const LINKS = {
  title: 'LinkGenerationResponse',
  type: 'object',
  additionalProperties: false,
  required: ['subscriberIdString', 'managePreferencesUrl', 'unsubscribeAllUrl'],
  properties: {
    subscriberIdString: ADDRESS,
    managePreferencesUrl: { type: 'string', description: 'Where the contact chooses what to get.' },
    unsubscribeAllUrl: { type: 'string', description: 'Where the contact ends everything.' },
    unsubscribeSingleUrl: { type: 'string', description: 'Where the contact ends the one type, if one was named.' },
  },
} as const;

export const DEFINITION_ROW = {
  title: 'SubscriptionDefinition',
  type: 'object',
  additionalProperties: false,
  required: [
    'id',
    'businessUnitId',
    'name',
    'description',
    'purpose',
    'communicationMethod',
    'isActive',
    'isDefault',
    'isInternal',
    'createdAt',
    'updatedAt',
  ],
  properties: {
    id: { type: 'string', description: 'The id, as a string of digits.' },
    businessUnitId: { ...ID, description: "The brand; 0 is the account's own." },
    name: { type: 'string' },
    description: { type: 'string' },
    purpose: { type: 'string', description: 'For example Marketing, Service or Sales.' },
    communicationMethod: { type: 'string', description: 'For example Email.' },
    isActive: { type: 'boolean', description: 'Only active definitions can be set and are listed among statuses.' },
    isDefault: { type: 'boolean', description: 'Whether it came with the account.' },
    isInternal: { type: 'boolean', description: 'Whether it is kept from the pages that contacts see.' },
    createdAt: INSTANT,
    updatedAt: INSTANT,
    subscriptionTranslations: {
      type: 'array',
      description: 'Only with includeTranslations=true.',
      items: {
        title: 'PublicSubscriptionTranslation',
        type: 'object',
        additionalProperties: false,
        required: ['subscriptionId', 'languageCode', 'name', 'description', 'createdAt', 'updatedAt'],
        properties: {
          subscriptionId: ID,
          languageCode: { type: 'string', description: 'BCP 47.' },
          name: { type: 'string' },
          description: { type: 'string' },
          createdAt: { ...ID, description: 'Epoch milliseconds.' },
          updatedAt: { ...ID, description: 'Epoch milliseconds.' },
        },
      },
    },
  },
} as const;

/** Why one input of a batch was refused; the others were carried out. */
const INPUT_ERROR = {
  title: 'StandardError',
  type: 'object',
  additionalProperties: false,
  required: ['status', 'category', 'message', 'context', 'errors', 'links'],
  properties: {
    status: { type: 'string', enum: ['error'] },
    category: { type: 'string' },
    message: { type: 'string', description: 'What was wrong, what was sent, what is allowed.' },
    context: {
      type: 'object',
      additionalProperties: { type: 'array', items: { type: 'string' } },
      description: "The input's subscriberIdString, subscriptionId and index, as sent.",
    },
    errors: { type: 'array', maxItems: 0 },
    links: { type: 'object', additionalProperties: false },
  },
} as const;

/** The envelope of every v4 answer. */
export function envelope<const Row>(title: string, row: Row) {
  return {
    title,
    type: 'object',
    additionalProperties: false,
    required: ['status', 'results', 'startedAt', 'completedAt'],
    properties: {
      status: { type: 'string', enum: ['COMPLETE'] },
      results: { type: 'array', items: row },
      numErrors: { type: 'integer', description: 'How many inputs were refused; absent where none was.' },
      errors: { type: 'array', items: INPUT_ERROR, description: 'Absent where no input was refused.' },
      startedAt: { ...INSTANT, description: 'When the request arrived, in UTC.' },
      completedAt: { ...INSTANT, description: 'When it was carried out, in UTC.' },
    },
  } as const;
}

/** A family's status code for a batch read some of whose inputs were refused: 207, or 200 where it knows no other. */
export type PartialRead = 200 | 207;

/** The answers of a batch that only reads. */
export function batchReadAnswers<const Row>(partial: PartialRead, title: string, row: Row) {
  const answers = { 200: envelope(title, row) };
  return partial === 200 ? answers : { ...answers, 207: envelope(`${title}WithErrors`, row) };
}

/** A batch's answer about one contact: the rows under `name`. */
export const STATUSES_OF_CONTACT = {
  title: 'PublicStatusBulkResponse',
  type: 'object',
  additionalProperties: false,
  required: ['subscriberIdString', 'statuses'],
  properties: { subscriberIdString: ADDRESS, statuses: { type: 'array', items: STATUS_ROW } },
} as const;

export const WIDE_STATUSES_OF_CONTACT = {
  title: 'PublicWideStatusBulkResponse',
  type: 'object',
  additionalProperties: false,
  required: ['subscriberIdString', 'wideStatuses'],
  properties: { subscriberIdString: ADDRESS, wideStatuses: { type: 'array', items: WIDE_STATUS_ROW } },
} as const;

export const OPT_OUT_OF_CONTACT = {
  title: 'PublicBulkOptOutFromAllResponse',
  type: 'object',
  additionalProperties: false,
  required: ['subscriberIdString'],
  properties: {
    subscriberIdString: ADDRESS,
    statuses: { type: 'array', items: STATUS_ROW, description: 'Only with verbose=true.' },
  },
} as const;
