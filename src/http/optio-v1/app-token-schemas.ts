/** What the management API takes and answers of apps and tokens. */
import { SCOPES } from '../../domain/access.ts';
import { BODY_ID, TEXT } from '../query-types.ts';
import { ID, ID_SENT, INSTANT, NAME, NAME_SENT } from './schemas.ts';

const OPTIONAL_INSTANT = { type: ['string', 'null'], format: 'date-time' } as const;
const HINT = { type: 'string', description: 'Its last four characters.' } as const;
const URIS = { type: 'array', items: TEXT } as const;

const APP_PROPERTIES = {
  id: ID,
  name: NAME,
  clientId: { type: 'string', format: 'uuid', description: 'Public, and the same for good.' },
  redirectUris: { ...URIS, description: 'Where users may be sent back to; matched exactly.' },
  secrets: {
    type: 'array',
    description: 'Client secrets, the oldest first, without the secrets themselves. At most two.',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['hint', 'createdAt', 'expiresAt'],
      properties: { hint: HINT, createdAt: INSTANT, expiresAt: OPTIONAL_INSTANT },
    },
  },
  createdAt: INSTANT,
  updatedAt: INSTANT,
} as const;
const APP_FIELDS = ['id', 'name', 'clientId', 'redirectUris', 'secrets', 'createdAt', 'updatedAt'] as const;

export const APP = {
  title: 'App',
  type: 'object',
  additionalProperties: false,
  required: APP_FIELDS,
  properties: APP_PROPERTIES,
} as const;

export const ISSUED_APP_SECRET = {
  title: 'IssuedAppSecret',
  type: 'object',
  additionalProperties: false,
  required: ['clientSecret', ...APP_FIELDS],
  properties: {
    clientSecret: { type: 'string', description: 'The new secret itself, shown only this once.' },
    ...APP_PROPERTIES,
  },
} as const;

const REDIRECT_URIS_SENT = {
  ...URIS,
  description:
    'https, or http to 127.0.0.1, [::1] or localhost; without a fragment; all of them, as they will be asked for.',
} as const;

export const APP_POST = {
  title: 'AppInput',
  type: 'object',
  required: ['name'],
  properties: { id: ID_SENT, name: NAME_SENT, redirectUris: REDIRECT_URIS_SENT },
} as const;

export const APP_PATCH = {
  title: 'AppPatch',
  type: 'object',
  properties: { name: NAME_SENT, redirectUris: REDIRECT_URIS_SENT },
} as const;

export const SCOPE_LIST = { type: 'array', items: { type: 'string', enum: SCOPES } } as const;
const NETWORKS = { type: 'array', items: TEXT } as const;
const TOKEN_PROPERTIES = {
  id: { type: 'string', format: 'uuid', description: 'Names the token; it grants nothing.' },
  accountId: ID,
  appId: ID,
  name: NAME,
  hint: { ...HINT, description: "The token's last four characters." },
  scopes: SCOPE_LIST,
  allowedNetworks: { ...NETWORKS, description: 'Where it may be used from, in CIDR notation; empty: everywhere.' },
  createdAt: INSTANT,
  expiresAt: OPTIONAL_INSTANT,
  revokedAt: OPTIONAL_INSTANT,
  rotatedAt: { ...OPTIONAL_INSTANT, description: 'When it was last replaced by a new one under the same id.' },
  oldSecret: {
    description: 'The token that was replaced then, and until when it works.',
    anyOf: [
      {
        type: 'object',
        additionalProperties: false,
        required: ['hint', 'endsAt'],
        properties: { hint: HINT, endsAt: INSTANT },
      },
      { type: 'null' },
    ],
  },
  lastUsedAt: { ...OPTIONAL_INSTANT, description: 'To the minute, and stored some seconds later; null: never.' },
} as const;
const TOKEN_FIELDS = [
  'id',
  'accountId',
  'appId',
  'name',
  'hint',
  'scopes',
  'allowedNetworks',
  'createdAt',
  'expiresAt',
  'revokedAt',
  'rotatedAt',
  'oldSecret',
  'lastUsedAt',
] as const;

export const TOKEN = {
  title: 'Token',
  type: 'object',
  additionalProperties: false,
  required: TOKEN_FIELDS,
  properties: TOKEN_PROPERTIES,
} as const;

export const ISSUED_TOKEN = {
  title: 'IssuedToken',
  type: 'object',
  additionalProperties: false,
  required: ['token', ...TOKEN_FIELDS],
  properties: {
    token: { type: 'string', description: 'The token itself, shown only this once.' },
    ...TOKEN_PROPERTIES,
  },
} as const;

export const TOKEN_POST = {
  title: 'TokenInput',
  type: 'object',
  required: ['name'],
  properties: {
    name: NAME_SENT,
    appId: { ...BODY_ID, description: 'Needed once the account has more than one app.' },
    scopes: { ...SCOPE_LIST, minItems: 1, description: 'All of the API, without optio.admin, by default.' },
    expiresAt: { type: ['string', 'null'], description: 'An ISO 8601 instant in the future; null or absent: never.' },
    allowedNetworks: {
      ...NETWORKS,
      description: 'Networks such as 10.0.0.0/8 or 2001:db8::/32, or addresses; empty or absent: everywhere.',
    },
  },
} as const;

/** No body at all means the same as an empty one. */
export const ROTATION_POST = {
  title: 'RotationInput',
  type: ['object', 'null'],
  properties: {
    oldUntil: {
      ...TEXT,
      description:
        'Until when the secret that is replaced works: an ISO 8601 instant, or `now` to end it at once. For 24 hours by default.',
    },
  },
} as const;

export const TOKEN_PARAMS = {
  type: 'object',
  required: ['tokenId'],
  properties: { tokenId: { ...TEXT, description: "The token's id, not the token." } },
} as const;
