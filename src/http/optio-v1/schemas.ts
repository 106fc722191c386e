/** What the management API takes and answers. Properties stand in the order in which answers hold them. */
import { MAX_NAME_CHARACTERS, MAX_TEXT_CHARACTERS } from '../../actions/manage-checks.ts';
import { MAIL_RULES } from '../../domain/catalog.ts';
import { MAX_KEEP_MONTHS } from '../../domain/erasure.ts';
import { BODY_ID, QUERY_ID, TEXT } from '../query-types.ts';
import { LOOK, LOOK_SENT } from './look-schemas.ts';

export const INSTANT = { type: 'string', format: 'date-time', description: 'UTC, with milliseconds.' } as const;
export const ID = { type: 'integer', format: 'int64' } as const;
export const NAME = { type: 'string' } as const;
const CREATED = { createdAt: INSTANT, updatedAt: INSTANT } as const;

export const KEEP_EVIDENCE = {
  type: ['integer', 'null'],
  minimum: 1,
  maximum: MAX_KEEP_MONTHS,
  description: "For how many months the evidence of contacts' own acts is kept; null: for good.",
} as const;

export const MAIL_RULE = {
  type: 'string',
  enum: MAIL_RULES,
  description: 'Who may be mailed: only those who are SUBSCRIBED (opt-in), or everybody who did not say no.',
} as const;

export const ACCOUNT = {
  title: 'Account',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name', 'dataPrivacy', 'mailRule', 'keepEvidenceMonths', 'createdAt', 'updatedAt'],
  properties: {
    id: ID,
    name: NAME,
    dataPrivacy: { type: 'boolean', description: 'With it on, every change needs a legal basis and its explanation.' },
    mailRule: MAIL_RULE,
    keepEvidenceMonths: KEEP_EVIDENCE,
    ...CREATED,
  },
} as const;

export const TRANSLATION = {
  title: 'DefinitionTranslation',
  type: 'object',
  additionalProperties: false,
  required: ['languageCode', 'name', 'description', 'createdAt', 'updatedAt'],
  properties: {
    languageCode: { type: 'string', description: 'A BCP 47 language tag.' },
    name: NAME,
    description: { type: 'string' },
    ...CREATED,
  },
} as const;

export const DEFINITION = {
  title: 'Definition',
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
    'translations',
    'createdAt',
    'updatedAt',
  ],
  properties: {
    id: ID,
    businessUnitId: { ...ID, description: "Its brand; 0 is the account's own." },
    name: NAME,
    description: { type: 'string' },
    purpose: { type: 'string', description: "In HubSpot's words Marketing, Sales or Service." },
    communicationMethod: { type: 'string' },
    isActive: { type: 'boolean' },
    isDefault: { type: 'boolean', description: 'Whether it is one that HubSpot makes by itself.' },
    isInternal: { type: 'boolean', description: 'Whether contacts do not see it.' },
    translations: { type: 'array', items: TRANSLATION },
    ...CREATED,
  },
} as const;

export const BRAND = {
  title: 'Brand',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name', 'look', 'createdAt', 'updatedAt'],
  properties: { id: { ...ID, description: "0 is the account's own." }, name: NAME, look: LOOK, ...CREATED },
} as const;

/** A list of everything there is. */
export function listOf<const Title extends string, const Item>(title: Title, item: Item) {
  return {
    title,
    type: 'object',
    additionalProperties: false,
    required: ['results'],
    properties: { results: { type: 'array', items: item } },
  } as const;
}

/** Where the next page of a list begins. */
export const PAGING = {
  title: 'Paging',
  type: 'object',
  additionalProperties: false,
  required: ['next'],
  description: 'Absent on the last page.',
  properties: {
    next: {
      title: 'NextPage',
      type: 'object',
      additionalProperties: false,
      required: ['after'],
      properties: { after: { type: 'string', description: 'Opaque; it stays good when events are added.' } },
    },
  },
} as const;

/** A list that comes in pages. */
export function pageOf<const Title extends string, const Item>(title: Title, item: Item) {
  const list = listOf(title, item);
  return { ...list, properties: { ...list.properties, paging: PAGING } } as const;
}

export const NOTHING = { type: 'null', description: 'Done; there is no body.' } as const;

export const NAME_SENT = { ...TEXT, maxLength: MAX_NAME_CHARACTERS } as const;
const TEXT_SENT = { ...TEXT, maxLength: MAX_TEXT_CHARACTERS } as const;
export const ID_SENT = { ...BODY_ID, description: 'The id it has at HubSpot; a random one by default.' } as const;

export const ACCOUNT_PATCH = {
  title: 'AccountPatch',
  type: 'object',
  properties: {
    name: NAME_SENT,
    dataPrivacy: { type: 'boolean' },
    mailRule: MAIL_RULE,
    keepEvidenceMonths: KEEP_EVIDENCE,
  },
} as const;

const DEFINITION_CHANGES = {
  businessUnitId: { ...BODY_ID, description: 'Its brand, for good; 0 by default.' },
  name: NAME_SENT,
  description: TEXT_SENT,
  purpose: { ...NAME_SENT, description: 'Marketing by default.' },
  communicationMethod: { ...NAME_SENT, description: 'Email by default.' },
  isActive: { type: 'boolean', description: 'True by default.' },
  isDefault: { type: 'boolean', description: 'False by default.' },
  isInternal: { type: 'boolean', description: 'False by default.' },
} as const;

export const DEFINITION_POST = {
  title: 'DefinitionInput',
  type: 'object',
  required: ['name'],
  properties: { id: ID_SENT, ...DEFINITION_CHANGES },
} as const;

export const DEFINITION_PATCH = { title: 'DefinitionPatch', type: 'object', properties: DEFINITION_CHANGES } as const;

export const TRANSLATION_PUT = {
  title: 'DefinitionTranslationInput',
  type: 'object',
  required: ['name'],
  properties: { name: NAME_SENT, description: TEXT_SENT },
} as const;

export const BRAND_POST = {
  title: 'BrandInput',
  type: 'object',
  required: ['name'],
  properties: { id: ID_SENT, name: NAME_SENT, look: LOOK_SENT },
} as const;

export const BRAND_PATCH = {
  title: 'BrandPatch',
  type: 'object',
  properties: { name: NAME_SENT, look: LOOK_SENT },
} as const;

/** A BCP 47 tag; null as if it were not there. */
export const LANGUAGE_SENT = { ...TEXT, type: ['string', 'null'] } as const;

/** A path that names one thing by its id. */
export function idParams<const Name extends string>(name: Name) {
  const properties = { [name]: QUERY_ID } as { readonly [key in Name]: typeof QUERY_ID };
  return { type: 'object', required: [name], properties } as const;
}

export const TRANSLATION_PARAMS = {
  type: 'object',
  required: ['definitionId', 'languageCode'],
  properties: {
    definitionId: QUERY_ID,
    languageCode: { ...TEXT, description: 'A BCP 47 language tag such as pt-BR.' },
  },
} as const;

export const DEFINITIONS_QUERY = {
  type: 'object',
  properties: { businessUnitId: { ...QUERY_ID, description: 'Only those of one brand.' } },
} as const;
