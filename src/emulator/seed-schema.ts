/**
 * The JSON Schema of seeds. It validates them and describes them in `/openapi.json`; `schemas/seed.schema.json` is made of
 * it for editors.
 */
import { MAX_NAME_CHARACTERS, MAX_TEXT_CHARACTERS } from '../actions/manage-checks.ts';
import { SCOPES } from '../domain/access.ts';
import { MAIL_RULES } from '../domain/catalog.ts';
import { LEGAL_BASES, STATES } from '../domain/preferences.ts';
import { LOOK_SENT } from '../http/optio-v1/look-schemas.ts';
import { KEEP_EVIDENCE } from '../http/optio-v1/schemas.ts';
import { MAX_ID, TEXT } from '../http/query-types.ts';

const ID = { type: 'integer', minimum: 0, maximum: MAX_ID, format: 'id' } as const;
const NAME = { ...TEXT, maxLength: MAX_NAME_CHARACTERS } as const;
const LONG_TEXT = { ...TEXT, maxLength: MAX_TEXT_CHARACTERS } as const;
const INSTANT = { type: 'string', description: 'ISO 8601 with an offset, or a UTC date.' } as const;
const OPTIONAL_INSTANT = { type: ['string', 'null'], description: 'ISO 8601; null: never.' } as const;
const CREATED = { createdAt: INSTANT, updatedAt: INSTANT } as const;
const MAX_TOKEN_CHARACTERS = 256;

const BRAND = {
  title: 'SeedBrand',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name'],
  properties: {
    id: { ...ID, description: "0 is the account's own, which is always there." },
    name: NAME,
    look: LOOK_SENT,
    ...CREATED,
  },
} as const;

const TRANSLATION = {
  title: 'SeedTranslation',
  type: 'object',
  additionalProperties: false,
  required: ['languageCode', 'name'],
  properties: {
    languageCode: { ...TEXT, description: 'A BCP 47 language tag.' },
    name: NAME,
    description: LONG_TEXT,
    ...CREATED,
  },
} as const;

const DEFINITION = {
  title: 'SeedDefinition',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name'],
  properties: {
    id: ID,
    name: NAME,
    description: LONG_TEXT,
    purpose: { ...NAME, description: 'Marketing by default.' },
    communicationMethod: { ...NAME, description: 'Email by default.' },
    businessUnitId: { ...ID, description: 'Its brand; 0 by default.' },
    isActive: { type: 'boolean', description: 'True by default.' },
    isDefault: { type: 'boolean', description: 'False by default.' },
    isInternal: { type: 'boolean', description: 'False by default.' },
    translations: { type: 'array', items: TRANSLATION },
    ...CREATED,
  },
} as const;

const SECRET = { ...TEXT, maxLength: MAX_TOKEN_CHARACTERS } as const;
const SOME_SCOPES = { type: 'array', minItems: 1, items: { type: 'string', enum: SCOPES } } as const;

const CLIENT_SECRET = {
  title: 'SeedClientSecret',
  description: 'Either secret or sha256.',
  type: 'object',
  additionalProperties: false,
  properties: {
    secret: SECRET,
    sha256: { ...TEXT, maxLength: 64, description: 'Of a secret that only whoever made it knows.' },
    hint: { ...TEXT, maxLength: 4, description: "The secret's last four characters, beside sha256." },
    createdAt: INSTANT,
    expiresAt: OPTIONAL_INSTANT,
  },
} as const;

const APP = {
  title: 'SeedApp',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name'],
  properties: {
    id: ID,
    name: NAME,
    clientId: { ...TEXT, maxLength: 36, description: 'A UUID; a new one by default.' },
    redirectUris: { type: 'array', items: TEXT, description: 'None by default.' },
    clientSecret: { ...SECRET, description: 'The only client secret; none by default.' },
    clientSecrets: {
      type: 'array',
      items: CLIENT_SECRET,
      description: 'In its place: two at most, the older first, as during a rotation.',
    },
    createdAt: INSTANT,
  },
} as const;

const INSTALLATION = {
  title: 'SeedInstallation',
  type: 'object',
  additionalProperties: false,
  required: ['clientId'],
  properties: {
    clientId: { ...TEXT, maxLength: 36, description: 'Of an app of any account of the seed.' },
    scopes: { ...SOME_SCOPES, description: 'All of the API by default, without optio.admin.' },
    installedBy: {
      ...TEXT,
      type: ['string', 'null'],
      description: 'The e-mail address of the operator who approved; by default nobody did in person.',
    },
    installedAt: INSTANT,
    updatedAt: INSTANT,
  },
} as const;

const OPERATOR = {
  title: 'SeedOperator',
  type: 'object',
  additionalProperties: false,
  required: ['email', 'password'],
  properties: {
    email: TEXT,
    password: { ...SECRET, description: 'Of 12 to 256 characters.' },
    id: { ...ID, description: '40000001 by default, one more for each further operator.' },
    totpSecret: { ...SECRET, description: 'The key of the second factor, in base32; none by default.' },
    accountIds: {
      type: 'array',
      minItems: 1,
      items: ID,
      description: 'The accounts that the operator may act for; all by default.',
    },
    createdAt: INSTANT,
  },
} as const;

const TOKEN = {
  title: 'SeedToken',
  type: 'object',
  additionalProperties: false,
  properties: {
    token: { ...SECRET, description: 'The token itself. Either this or sha256.' },
    sha256: { ...TEXT, maxLength: 64, description: 'Of a token that only whoever made it knows.' },
    hint: { ...TEXT, maxLength: 4, description: "The token's last four characters, beside sha256." },
    id: { ...TEXT, maxLength: 36, description: 'A UUID that names the token.' },
    name: { ...NAME, description: '"Test token" by default.' },
    appId: { ...ID, description: "The account's first app by default." },
    scopes: { ...SOME_SCOPES, description: 'All by default.' },
    allowedNetworks: { type: 'array', items: TEXT, description: 'In CIDR notation; from everywhere by default.' },
    createdAt: INSTANT,
    expiresAt: OPTIONAL_INSTANT,
    revokedAt: OPTIONAL_INSTANT,
  },
} as const;

const CHANGE = {
  title: 'SeedChange',
  description: 'Either subscriptionId and status, or optOutOfAll, or erased.',
  type: 'object',
  additionalProperties: false,
  properties: {
    subscriptionId: ID,
    status: { type: 'string', enum: STATES },
    legalBasis: { type: ['string', 'null'], enum: [...LEGAL_BASES, null] },
    legalBasisExplanation: { ...LONG_TEXT, type: ['string', 'null'] },
    optOutOfAll: { type: 'boolean', description: 'False takes an opt-out back.' },
    businessUnitId: {
      ...ID,
      type: ['integer', 'null'],
      description: 'Of an opt-out: its brand; null or absent is the whole account.',
    },
    erased: { type: 'boolean', enum: [true], description: 'The contact was erased.' },
    reason: { ...NAME, type: ['string', 'null'], description: 'Of an erasure: why.' },
    timestamp: { ...INSTANT, description: 'Later than the change before; the emulator’s time by default.' },
    appId: {
      ...ID,
      type: ['integer', 'null'],
      description: "Who changed it; the account's first app by default. Null is the contact; then say the source.",
    },
    source: { ...NAME, description: 'What the status shows as its source.' },
    evidence: { type: 'object', description: 'How the act was observed, as docs/ledger.md describes it.' },
    leavesUnsubscribed: {
      type: 'array',
      items: ID,
      description:
        'Of a status that ends an opt-out of everything: the definitions that it leaves unsubscribed; all others in its scope by default.',
    },
  },
} as const;

const CONTACT = {
  title: 'SeedContact',
  type: 'object',
  additionalProperties: false,
  required: ['email', 'changes'],
  properties: {
    email: TEXT,
    changes: { type: 'array', items: CHANGE, description: 'What the contact said, the oldest first.' },
  },
} as const;

const ACCOUNT = {
  title: 'SeedAccount',
  type: 'object',
  additionalProperties: false,
  properties: {
    id: { ...ID, description: '10000001 by default, one more for each further account.' },
    name: { ...NAME, description: '"Test account" by default.' },
    dataPrivacy: { type: 'boolean', description: 'Whether changes need a legal basis; false by default.' },
    mailRule: {
      type: 'string',
      enum: MAIL_RULES,
      description: 'Who may be mailed; opt-in by default.',
    },
    keepEvidenceMonths: KEEP_EVIDENCE,
    ...CREATED,
    brands: { type: 'array', items: BRAND },
    definitions: {
      type: 'array',
      items: DEFINITION,
      description: 'By default the three of a new account, as 30000001, 30000002 and 30000003.',
    },
    apps: { type: 'array', minItems: 1, items: APP, description: 'One by default, 20000001.' },
    tokens: {
      type: 'array',
      items: TOKEN,
      description: 'By default the first account has the fixed token and others have none.',
    },
    installations: {
      type: 'array',
      items: INSTALLATION,
      description: "Apps that may act for the account by OAuth, its own or others'; none by default.",
    },
    contacts: { type: 'array', items: CONTACT },
  },
} as const;

export const SEED_SCHEMA = {
  title: 'Seed',
  description: 'What an emulator holds: accounts, what they have set up, what their contacts said, and operators.',
  type: 'object',
  additionalProperties: false,
  required: ['accounts'],
  properties: {
    $schema: { type: 'string', description: 'For editors: node_modules/optio/schemas/seed.schema.json' },
    accounts: { type: 'array', minItems: 1, items: ACCOUNT },
    operators: {
      type: 'array',
      items: OPERATOR,
      description:
        'Who may say which app acts for an account. By default one for all accounts: operator@example.com, whose password is the-operator-of-the-tests.',
    },
  },
} as const;
