/** What the management API takes and answers about sign-ups. Properties stand in the order in which answers hold them. */
import { BODY_ID, TEXT } from '../query-types.ts';
import { MAX_EXPLANATION } from '../v4/request-schemas.ts';
import { LANGUAGE_SENT } from './schemas.ts';

/** Types a sign-up, or a form. */
const MAX_TYPES = 100;

const TYPES = {
  type: 'array',
  minItems: 1,
  maxItems: MAX_TYPES,
  items: BODY_ID,
  description: 'The types of mail, all of one brand, active and not internal.',
} as const;

export const SIGN_UP_BODY = {
  title: 'SignUpInput',
  type: 'object',
  required: ['subscriberIdString', 'subscriptionIds'],
  properties: {
    subscriberIdString: { ...TEXT, description: "The contact's e-mail address. It need not be known." },
    subscriptionIds: TYPES,
    language: {
      ...LANGUAGE_SENT,
      description: "Of the message and its page, as a BCP 47 tag; the brand's by default.",
    },
    consent: {
      title: 'ConsentShown',
      type: ['object', 'null'],
      required: ['text'],
      description: 'What your form showed. Kept as evidence, and shown again on the page that confirms.',
      properties: {
        text: { ...TEXT, maxLength: MAX_EXPLANATION, description: 'Word for word, as plain text.' },
        language: { ...LANGUAGE_SENT, description: 'A BCP 47 tag; that of the sign-up by default.' },
      },
    },
  },
} as const;

export const SIGN_UP = {
  title: 'SignUp',
  type: 'object',
  additionalProperties: false,
  required: ['subscriberIdString', 'subscriptionIds'],
  properties: {
    subscriberIdString: { type: 'string', description: "The contact's e-mail address, in lower case." },
    subscriptionIds: { type: 'array', items: { type: 'integer', format: 'int64' }, description: 'What waits now.' },
  },
} as const;

export const SIGN_UP_FORM_BODY = {
  title: 'SignUpFormInput',
  type: 'object',
  required: ['subscriptionIds'],
  properties: {
    subscriptionIds: TYPES,
    language: { ...LANGUAGE_SENT, description: "A BCP 47 tag; the brand's by default." },
  },
} as const;

export const SIGN_UP_FORM = {
  title: 'SignUpForm',
  type: 'object',
  additionalProperties: false,
  required: ['url', 'html'],
  properties: {
    url: { type: 'string', description: 'A page with the form, to be linked to.' },
    html: { type: 'string', description: 'The form itself, to be put into a page of yours.' },
  },
} as const;
