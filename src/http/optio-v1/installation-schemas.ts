/** What the management API takes and answers of installed apps. */
import { BODY_ID, TEXT } from '../query-types.ts';
import { SCOPE_LIST } from './app-token-schemas.ts';
import { ID, INSTANT, NAME } from './schemas.ts';

/** As long as a UUID. */
const CLIENT_ID = { ...TEXT, maxLength: 36 } as const;

export const INSTALLATION = {
  title: 'Installation',
  type: 'object',
  additionalProperties: false,
  required: ['clientId', 'appId', 'name', 'ownAccount', 'scopes', 'installedBy', 'installedAt', 'updatedAt'],
  properties: {
    clientId: { type: 'string', format: 'uuid', description: "The app's." },
    appId: { ...ID, description: "The app's; the source of every change that it makes names it." },
    name: { ...NAME, description: "The app's." },
    ownAccount: { type: 'boolean', description: 'Whether the app is of this account, and not of another.' },
    scopes: { ...SCOPE_LIST, description: 'At most these are in the tokens that it is given from now on.' },
    installedBy: {
      type: ['integer', 'null'],
      format: 'int64',
      description: 'The operator who approved; null: the command line or this API was used.',
    },
    installedAt: INSTANT,
    updatedAt: INSTANT,
  },
} as const;

export const INSTALLATION_POST = {
  title: 'InstallationInput',
  type: 'object',
  properties: {
    clientId: { ...CLIENT_ID, description: 'The client id of an app of this account.' },
    appId: { ...BODY_ID, description: "In its place: the app's id." },
    scopes: { ...SCOPE_LIST, minItems: 1, description: 'All of the API, without optio.admin, by default.' },
  },
} as const;

export const INSTALLATION_PARAMS = {
  type: 'object',
  required: ['clientId'],
  properties: { clientId: { ...TEXT, description: "The app's client id." } },
} as const;
