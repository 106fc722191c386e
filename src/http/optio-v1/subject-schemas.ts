/** What the API answers of everything that is known of a contact. Properties stand in the order in which answers hold them. */
import { ID, INSTANT } from './schemas.ts';
import {
  CHANNEL,
  HISTORY,
  ID_OR_NULL,
  OBSERVED_REQUEST,
  STATUSES_THEN,
  TEXT_OR_NULL,
  TEXT_SHOWN,
} from './subscriber-schemas.ts';

const INSTANT_OR_NULL = { ...INSTANT, type: ['string', 'null'] } as const;

const PENDING = {
  title: 'PendingType',
  type: 'object',
  additionalProperties: false,
  required: ['subscriptionId', 'subscriptionName', 'requestedAt', 'language', 'request', 'consent', 'appId'],
  properties: {
    subscriptionId: ID,
    subscriptionName: { ...TEXT_OR_NULL, description: 'As the type is called now.' },
    requestedAt: INSTANT,
    language: { ...TEXT_OR_NULL, description: 'Of the message and its page, BCP 47.' },
    request: OBSERVED_REQUEST,
    consent: { anyOf: [TEXT_SHOWN, { type: 'null' }], description: 'What was shown then.' },
    appId: { ...ID_OR_NULL, description: 'The app that recorded it; null: a form did.' },
  },
} as const;

const WAITING = {
  title: 'WaitingSignUp',
  type: 'object',
  additionalProperties: false,
  required: ['writtenAs', 'pending', 'confirmed', 'messageDueAt', 'messageSentAt', 'expiresAt'],
  properties: {
    writtenAs: { type: 'string' },
    pending: { type: 'array', items: PENDING },
    confirmed: { type: 'array', items: ID, description: 'The types of the last confirmation.' },
    messageDueAt: INSTANT_OR_NULL,
    messageSentAt: INSTANT_OR_NULL,
    expiresAt: { ...INSTANT, description: 'It is forgotten then.' },
  },
} as const;

export const SUBJECT = {
  title: 'Subject',
  type: 'object',
  additionalProperties: false,
  required: [
    ...['subscriberIdString', 'writtenAs', 'accountId', 'accountName', 'exportedAt', 'statuses', 'optOuts', 'history'],
    ...['signUp', 'linksVoidThrough'],
  ] as const,
  properties: {
    subscriberIdString: { type: 'string', description: 'The address that was asked about, in lower case.' },
    writtenAs: { ...TEXT_OR_NULL, description: 'As it is kept; null where it is not.' },
    accountId: ID,
    accountName: { type: 'string' },
    exportedAt: INSTANT,
    statuses: STATUSES_THEN.properties.results,
    optOuts: {
      type: 'array',
      items: {
        title: 'KeptOptOut',
        type: 'object',
        additionalProperties: false,
        required: ['channel', 'businessUnitId', 'source', 'timestamp'],
        properties: {
          channel: CHANNEL,
          businessUnitId: { ...ID_OR_NULL, description: 'The brand; null: the whole account.' },
          source: { type: 'string' },
          timestamp: INSTANT,
        },
      },
    },
    history: { ...HISTORY.properties.results, description: 'Newest first.' },
    signUp: { anyOf: [WAITING, { type: 'null' }], description: 'What waits for a confirmation.' },
    linksVoidThrough: { ...INSTANT_OR_NULL, description: 'Links are void that were made up to then.' },
  },
} as const;
