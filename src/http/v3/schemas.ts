/** What v3 is asked and answers, named as HubSpot's OpenAPI file names it; the descriptions are ours. */
import { LEGAL_BASES } from '../../domain/preferences.ts';
import { BODY_ID, TEXT } from '../query-types.ts';
import { DEFINITION_ROW } from '../v4/answer-schemas.ts';
import { CHANGE_BODY as V4_CHANGE_BODY } from '../v4/request-schemas.ts';

const ADDRESS = { ...TEXT, description: "The contact's e-mail address." } as const;

export const ADDRESS_PARAMS = {
  type: 'object',
  required: ['emailAddress'],
  properties: { emailAddress: { ...TEXT, description: "The contact's e-mail address, percent-encoded." } },
} as const;

const { legalBasis, legalBasisExplanation } = V4_CHANGE_BODY.properties;

/** The contact and the type that shall change. */
export const CHANGE_BODY = {
  title: 'PublicUpdateSubscriptionStatusRequest',
  type: 'object',
  required: ['emailAddress', 'subscriptionId'],
  properties: {
    emailAddress: ADDRESS,
    subscriptionId: { ...BODY_ID, description: 'The definition: its digits as a string, or an integer.' },
    legalBasis,
    legalBasisExplanation,
  },
} as const;

/** One type of mail and one contact. Properties stand in the order in which answers hold them. */
export const STATUS_ROW = {
  title: 'PublicSubscriptionStatus',
  type: 'object',
  additionalProperties: false,
  required: [
    'id',
    'name',
    'description',
    'status',
    'sourceOfStatus',
    'brandId',
    'preferenceGroupName',
    'legalBasis',
    'legalBasisExplanation',
  ],
  properties: {
    id: { type: 'string', description: "The definition's id, as a string of digits." },
    name: { type: 'string' },
    description: { type: 'string' },
    status: {
      type: 'string',
      enum: ['NOT_SUBSCRIBED', 'SUBSCRIBED'],
      description: 'What holds. Who never said anything is NOT_SUBSCRIBED.',
    },
    sourceOfStatus: {
      type: 'string',
      enum: ['BRAND_WIDE_STATUS', 'PORTAL_WIDE_STATUS', 'SUBSCRIPTION_STATUS'],
      description: 'What decided: an opt-out from everything of the brand or of the account, or the type itself.',
    },
    brandId: { type: ['integer', 'null'], format: 'int64', description: "The brand; null for the account's own." },
    preferenceGroupName: { type: 'null', description: 'Always null: Optio has no groups of preferences.' },
    legalBasis: { type: ['string', 'null'], enum: [...LEGAL_BASES, null], description: 'The ground, if known.' },
    legalBasisExplanation: { type: ['string', 'null'], description: 'How that ground came about, if known.' },
  },
} as const;

export const STATUSES = {
  title: 'PublicSubscriptionStatusesResponse',
  type: 'object',
  additionalProperties: false,
  required: ['recipient', 'subscriptionStatuses'],
  properties: {
    recipient: { type: 'string', description: "The contact's e-mail address, in lower case." },
    subscriptionStatuses: { type: 'array', items: STATUS_ROW },
  },
} as const;

export const DEFINITIONS = {
  title: 'SubscriptionDefinitionsResponse',
  type: 'object',
  additionalProperties: false,
  required: ['subscriptionDefinitions'],
  properties: { subscriptionDefinitions: { type: 'array', items: DEFINITION_ROW } },
} as const;
