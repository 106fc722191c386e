/** Every state of every page for operators. */
import { SCOPES } from '../../src/domain/access.ts';
import type { PageLanguage } from '../../src/domain/brand-look.ts';
import type { ConsentView, FormTarget, OperatorView, SignedIn } from '../../src/pages/operator-views.ts';
import { operatorFrame } from '../../src/pages/pages.ts';
import type { Frame } from '../../src/pages/views.ts';

const EMAIL = 'grace.hopper@example.com';
const APP = 'Newsletter Sync';
const SIGN_IN: FormTarget = { action: './sign-in', fields: [['continue', '/oauth/authorize?client_id=4f1c']] };
const SIGNED_IN: SignedIn = {
  email: EMAIL,
  signOut: { action: '../sign-out', fields: [['csrf', '6b1d3f']] },
};
const ANSWER: FormTarget = { action: './Rq1wZkT9', fields: [['csrf', 'c0ffee']] };

const MORGENROT = { id: 10_000_001, name: 'Morgenrot Coffee' };
const ACCOUNTS = [MORGENROT, { id: 10_000_002, name: 'Abendrot Tea' }, { id: 10_000_003, name: 'محمصة الفجر' }];

/** One account, and an app of its own. */
export const CONSENT: ConsentView = {
  page: 'consent',
  appName: APP,
  ownerName: null,
  returnHost: 'newsletter-sync.example',
  required: ['communication_preferences.read', 'communication_preferences.statuses.batch.read'],
  optional: [],
  unknown: [],
  accounts: [MORGENROT],
  chosenAccountId: null,
  problem: null,
  signedIn: SIGNED_IN,
  answer: ANSWER,
};

/** Several accounts, scopes of every kind, and an app of somebody else's. */
export const FULL_CONSENT: ConsentView = {
  ...CONSENT,
  ownerName: 'Abendrot Tea',
  optional: [
    { scope: 'communication_preferences.write', isTicked: true },
    { scope: 'communication_preferences.statuses.batch.write', isTicked: false },
  ],
  unknown: ['crm.objects.contacts.read', 'content'],
  accounts: ACCOUNTS,
};

export function operatorFrameIn(language: PageLanguage): Frame {
  return operatorFrame(language, './Rq1wZkT9');
}

/** By a name for each. */
export const OPERATOR_VIEWS: Readonly<Record<string, OperatorView>> = {
  'sign-in': { page: 'sign-in', isForApp: true, email: '', problem: null, form: SIGN_IN },
  'sign-in-refused': { page: 'sign-in', isForApp: true, email: EMAIL, problem: { kind: 'refused' }, form: SIGN_IN },
  'sign-in-too-many': {
    page: 'sign-in',
    isForApp: false,
    email: EMAIL,
    problem: { kind: 'too-many', minutes: 12 },
    form: SIGN_IN,
  },
  'sign-in-too-busy': { page: 'sign-in', isForApp: false, email: EMAIL, problem: { kind: 'too-busy' }, form: SIGN_IN },
  'signed-in': { page: 'signed-in', signedIn: SIGNED_IN },
  'signed-out': { page: 'signed-out' },
  consent: CONSENT,
  'consent-full': FULL_CONSENT,
  'consent-no-account': { ...FULL_CONSENT, problem: { kind: 'no-account' } },
  'consent-id-taken': {
    ...FULL_CONSENT,
    chosenAccountId: MORGENROT.id,
    problem: { kind: 'id-taken', accountName: MORGENROT.name },
  },
  'consent-signed-in-anew': { ...CONSENT, problem: { kind: 'signed-in-anew' } },
  'consent-every-scope': {
    ...CONSENT,
    appName: 'Wochenend'.repeat(12),
    required: SCOPES,
    accounts: Array.from({ length: 40 }, (_, index) => ({ id: 10_000_040 - index, name: `Account ${40 - index}` })),
    problem: { kind: 'no-account' },
  },
  'no-account': { page: 'no-account', appName: APP, signedIn: SIGNED_IN, answer: ANSWER },
  'going-back': {
    page: 'going-back',
    appName: APP,
    url: 'https://newsletter-sync.example/callback?code=5uF&state=x%20y',
  },
  'no-request': { page: 'no-request' },
  'oauth-problem': {
    page: 'oauth-problem',
    code: 'invalid_redirect_uri',
    description: 'The redirect_uri is none of those that the app is registered with.',
  },
  'foreign-form': { page: 'foreign-form', url: 'https://optio.example' },
  'operator-trouble': { page: 'operator-trouble' },
};
