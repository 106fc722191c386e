/** What the OAuth endpoints take and answer. What is taken is read by the authorization server: schemas only show it. */
import { ERROR_SCHEMA } from '../errors.ts';

const TEXT = { type: 'string' } as const;
const ID = { type: 'integer', format: 'int64' } as const;
const SCOPE_LIST = { type: 'array', items: TEXT } as const;

export const OAUTH_ERROR = {
  ...ERROR_SCHEMA,
  title: 'OAuthError',
  description: 'Why the request was refused, in the words of RFC 6749 and in those of HubSpot.',
  required: ['error', ...ERROR_SCHEMA.required],
  properties: {
    error: { type: 'string', description: 'Such as invalid_grant, invalid_client, invalid_scope.' },
    error_description: TEXT,
    ...ERROR_SCHEMA.properties,
  },
} as const;

const CLIENT_FIELDS = {
  client_id: { type: 'string', description: "The app's client id. It and the secret may come as HTTP Basic instead." },
  client_secret: TEXT,
} as const;

export const TOKEN_FORM = {
  title: 'TokenRequest',
  type: 'object',
  required: ['grant_type'],
  properties: {
    grant_type: { type: 'string', enum: ['authorization_code', 'refresh_token', 'client_credentials'] },
    ...CLIENT_FIELDS,
    code: TEXT,
    redirect_uri: { type: 'string', description: 'The one that the code was asked for with.' },
    code_verifier: { type: 'string', description: 'Where the code was asked for with a code_challenge.' },
    refresh_token: TEXT,
    scope: { type: 'string', description: 'Fewer scopes than were approved, parted by spaces.' },
  },
} as const;

export const SHOWN_TOKEN_FORM = {
  title: 'ShownToken',
  type: 'object',
  required: ['token'],
  properties: { ...CLIENT_FIELDS, token: TEXT, token_type_hint: TEXT },
} as const;

export const TOKEN_ANSWER = {
  title: 'TokenAnswer',
  type: 'object',
  required: ['token_type', 'access_token', 'hub_id', 'scopes', 'scope', 'expires_in', 'user_id', 'token_use'],
  properties: {
    token_type: { const: 'bearer' },
    refresh_token: { type: 'string', description: 'Not with client_credentials.' },
    access_token: TEXT,
    hub_id: { ...ID, description: 'The account that the token is for.' },
    scopes: SCOPE_LIST,
    scope: { type: 'string', description: 'The same, parted by spaces.' },
    expires_in: { type: 'integer', description: 'Seconds.' },
    user_id: { ...ID, description: 'The operator who approved; 0 where nobody did in person.' },
    token_use: { type: 'string', enum: ['access_token', 'client_credentials'] },
  },
} as const;

const TOKEN_INFO = {
  token: TEXT,
  hub_id: ID,
  user_id: ID,
  user: { type: 'string', description: "The operator's e-mail address." },
  scopes: SCOPE_LIST,
} as const;

const SIGNED_ACCESS_TOKEN = {
  title: 'SignedAccessToken',
  type: 'object',
  description: 'What the access token says, in the form of HubSpot. Only this server can tell whether it is its own.',
} as const;

export const ACCESS_TOKEN_INFO = {
  title: 'AccessTokenInfo',
  type: 'object',
  required: ['token', 'hub_id', 'app_id', 'user_id', 'scopes', 'expires_in', 'token_type'],
  properties: {
    ...TOKEN_INFO,
    app_id: ID,
    expires_in: { type: 'integer', description: 'Seconds.' },
    token_type: { const: 'access' },
    signed_access_token: SIGNED_ACCESS_TOKEN,
  },
} as const;

export const REFRESH_TOKEN_INFO = {
  title: 'RefreshTokenInfo',
  type: 'object',
  required: ['token', 'hub_id', 'client_id', 'user_id', 'scopes', 'token_type'],
  properties: { ...TOKEN_INFO, client_id: TEXT, token_type: { const: 'refresh' } },
} as const;

export const INTROSPECTION = {
  title: 'Introspection',
  type: 'object',
  description: 'Of a token that is none of the app, or has ended, only `active`, which is false.',
  required: ['active'],
  properties: {
    active: { type: 'boolean' },
    ...TOKEN_INFO,
    app_id: ID,
    client_id: TEXT,
    token_use: { type: 'string', enum: ['access_token', 'refresh_token'] },
    token_type: TEXT,
    expires_in: { type: 'integer', description: 'Seconds; of an access token.' },
    is_private_distribution: { type: 'boolean' },
    signed_access_token: SIGNED_ACCESS_TOKEN,
    scope: TEXT,
    sub: TEXT,
    username: TEXT,
    iss: TEXT,
    exp: { type: 'integer' },
    iat: { type: 'integer' },
  },
} as const;

export const METADATA = {
  title: 'AuthorizationServerMetadata',
  type: 'object',
  description: 'RFC 8414.',
  required: ['issuer', 'authorization_endpoint', 'token_endpoint'],
  properties: { issuer: TEXT, authorization_endpoint: TEXT, token_endpoint: TEXT },
} as const;
