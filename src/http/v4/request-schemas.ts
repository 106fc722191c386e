/** What v4 is asked, named as HubSpot's OpenAPI file names it; the descriptions are ours. */
import { CHANNELS, LEGAL_BASES, STATES } from '../../domain/preferences.ts';
import { BODY_ID, QUERY_BOOLEAN, QUERY_ID, TEXT } from '../query-types.ts';

/** Inputs a batch: HubSpot's limit, unless the operator sets another one (`batch-limit.ts`). */
export const MAX_INPUTS = 100;
/** Characters an explanation: ours. */
export const MAX_EXPLANATION = 4_096;

const CHANNEL = { type: 'string', enum: CHANNELS, description: 'How the contact is reached.' } as const;

export const ADDRESS_PARAMS = {
  type: 'object',
  required: ['subscriberIdString'],
  properties: { subscriberIdString: { ...TEXT, description: "The contact's e-mail address, percent-encoded." } },
} as const;

const CHANNEL_QUERY = { ...CHANNEL, description: 'Required; EMAIL is the only channel.' } as const;
const BUSINESS_UNIT_QUERY = { ...QUERY_ID, description: "A brand; 0 is the account's own. Without it: all." } as const;
const VERBOSE_QUERY = {
  ...QUERY_BOOLEAN,
  description: 'Whether to answer the rows that are now unsubscribed.',
} as const;

export const READ_QUERY = {
  type: 'object',
  required: ['channel'],
  properties: { channel: CHANNEL_QUERY, businessUnitId: BUSINESS_UNIT_QUERY },
} as const;

export const OPT_OUT_QUERY = {
  type: 'object',
  required: ['channel'],
  properties: { channel: CHANNEL_QUERY, businessUnitId: BUSINESS_UNIT_QUERY, verbose: VERBOSE_QUERY },
} as const;

export const DEFINITIONS_QUERY = {
  type: 'object',
  properties: {
    businessUnitId: BUSINESS_UNIT_QUERY,
    includeTranslations: { ...QUERY_BOOLEAN, description: 'Whether to add the names in other languages.' },
  },
} as const;

const CHANGE_FIELDS = {
  subscriptionId: { ...BODY_ID, description: 'The definition: an integer, or its digits as a string.' },
  statusState: { type: 'string', enum: STATES, description: 'The state that shall hold.' },
  channel: CHANNEL,
  legalBasis: {
    type: ['string', 'null'],
    enum: [...LEGAL_BASES, null],
    description: "The ground for mailing. Required with the account's data privacy settings on, except to unsubscribe.",
  },
  legalBasisExplanation: {
    ...TEXT,
    type: ['string', 'null'],
    maxLength: MAX_EXPLANATION,
    description: 'How that ground came about. Required together with legalBasis.',
  },
} as const;

/** A change of one type for the contact that the path names. */
export const CHANGE_BODY = {
  title: 'PartialPublicStatusRequest',
  type: 'object',
  required: ['subscriptionId', 'statusState', 'channel'],
  properties: CHANGE_FIELDS,
} as const;

export const BATCH_CHANGE_BODY = {
  title: 'BatchInputPublicStatusRequest',
  type: 'object',
  required: ['inputs'],
  properties: {
    inputs: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_INPUTS,
      items: {
        title: 'PublicStatusRequest',
        type: 'object',
        required: ['subscriberIdString', 'subscriptionId', 'statusState', 'channel'],
        properties: { subscriberIdString: { ...TEXT, description: "The contact's e-mail address." }, ...CHANGE_FIELDS },
      },
    },
  },
} as const;

export const LINKS_QUERY = {
  type: 'object',
  required: ['channel'],
  properties: {
    channel: CHANNEL_QUERY,
    businessUnitId: {
      ...QUERY_ID,
      description: "The brand whose pages the links lead to; that of the type by default, or 0, the account's own.",
    },
  },
} as const;

export const LINKS_BODY = {
  title: 'LinkGenerationRequest',
  type: 'object',
  required: ['subscriberIdString'],
  properties: {
    subscriberIdString: { ...TEXT, description: "The contact's e-mail address. It need not be known." },
    language: { ...TEXT, type: ['string', 'null'], description: 'A BCP 47 tag such as pt-BR, for the pages.' },
    subscriptionId: {
      ...BODY_ID,
      type: ['integer', 'string', 'null'],
      description: 'The type of mail that the links are for, by which unsubscribeSingleUrl is made.',
    },
  },
} as const;

export const BATCH_ADDRESS_BODY = {
  title: 'BatchInputString',
  type: 'object',
  required: ['inputs'],
  properties: {
    inputs: { type: 'array', minItems: 1, maxItems: MAX_INPUTS, items: { ...TEXT, description: 'E-mail addresses.' } },
  },
} as const;
