/** What the management API takes and answers about links. Properties stand in the order in which answers hold them. */
import { BODY_ID, TEXT } from '../query-types.ts';
import { LINKS } from '../v4/answer-schemas.ts';
import { INSTANT, LANGUAGE_SENT } from './schemas.ts';

/** Contacts a call. */
export const MAX_LINK_INPUTS = 10_000;

const LANGUAGE = { ...LANGUAGE_SENT, description: 'A BCP 47 tag such as pt-BR, for the pages.' } as const;

export const BATCH_LINKS_BODY = {
  title: 'BatchLinksInput',
  type: 'object',
  required: ['inputs'],
  properties: {
    businessUnitId: { ...BODY_ID, description: 'The brand; that of the type by default, or 0.' },
    subscriptionId: { ...BODY_ID, description: 'The type of mail of this mailing, which one click ends.' },
    language: { ...LANGUAGE, description: 'Of the pages, for contacts without a language of their own.' },
    inputs: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_LINK_INPUTS,
      items: {
        title: 'LinksInput',
        type: 'object',
        required: ['subscriberIdString'],
        properties: {
          subscriberIdString: { ...TEXT, description: "The contact's e-mail address. It need not be known." },
          language: LANGUAGE,
        },
      },
    },
  },
} as const;

export const CONTACT_LINKS = {
  title: 'ContactLinks',
  type: 'object',
  additionalProperties: false,
  required: [...LINKS.required, 'headers'],
  properties: {
    ...LINKS.properties,
    headers: {
      title: 'MailingHeaders',
      type: 'object',
      additionalProperties: false,
      required: ['List-Unsubscribe', 'List-Unsubscribe-Post', 'List-Id'],
      properties: {
        'List-Unsubscribe': {
          type: 'string',
          description: 'RFC 2369. One click ends the type, or everything without one.',
        },
        'List-Unsubscribe-Post': { type: 'string', description: 'RFC 8058.' },
        'List-Id': { type: 'string', description: 'RFC 2919.' },
      },
    },
  },
} as const;

export const REVOKE_LINKS_BODY = {
  title: 'RevokeLinksInput',
  type: 'object',
  required: ['subscriberIdString'],
  properties: { subscriberIdString: { ...TEXT, description: 'Whose links shall be void.' } },
} as const;

export const LINKS_REVOKED = {
  title: 'LinksRevoked',
  type: 'object',
  additionalProperties: false,
  required: ['subscriberIdString', 'revokedThrough'],
  properties: {
    subscriberIdString: { type: 'string', description: "The contact's e-mail address, in lower case." },
    revokedThrough: { ...INSTANT, description: 'Links that were made up to then are void.' },
  },
} as const;

export const LINK_KEY = {
  title: 'LinkKey',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'createdAt', 'retiresAt'],
  properties: {
    id: { type: 'string', description: 'Names the key. The key itself is never shown.' },
    createdAt: INSTANT,
    retiresAt: {
      type: ['string', 'null'],
      format: 'date-time',
      description: 'From then on its links are void; null while nobody said so.',
    },
  },
} as const;

export const LINK_KEY_POST = {
  title: 'LinkKeyInput',
  type: 'object',
  required: ['othersRetireAt'],
  properties: {
    othersRetireAt: {
      ...TEXT,
      type: ['string', 'null'],
      description:
        'Until when the links of the keys before this one work: an ISO 8601 instant, `now` to make them void at once, or null: for good.',
    },
  },
} as const;
