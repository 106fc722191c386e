/** What the send-time gate takes and answers. Properties stand in the order in which answers hold them. */
import { ELIGIBILITY_REASONS } from '../../domain/eligibility.ts';
import { BODY_ID, QUERY_BOOLEAN, QUERY_ID, TEXT } from '../query-types.ts';
import { ID, INSTANT, MAIL_RULE } from './schemas.ts';
import { AS_OF, CHANNEL } from './subscriber-schemas.ts';

/** Contacts a call in JSON; a list of lines may hold any number. */
export const MAX_ELIGIBILITY_INPUTS = 10_000;

const THEN = { ...AS_OF, description: `${AS_OF.description} Without it: now.` } as const;
const ASKED_CHANNEL = { ...CHANNEL, description: 'EMAIL by default, the only one.' } as const;
const TYPE = 'The type of mail that is to be sent.';
const EXPLAIN = 'Whether to name the deciding event; false by default, for it takes longer.';

/** Null where the question comes with a list of lines. */
export const ELIGIBILITY_BODY = {
  title: 'EligibilityInput',
  type: ['object', 'null'],
  required: ['subscriptionId', 'inputs'],
  properties: {
    subscriptionId: { ...BODY_ID, description: TYPE },
    channel: ASKED_CHANNEL,
    asOf: THEN,
    explain: { type: 'boolean', description: EXPLAIN },
    inputs: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_ELIGIBILITY_INPUTS,
      items: { ...TEXT, description: "A contact's e-mail address. It need not be known." },
    },
  },
} as const;

/** The question about a list of lines. */
export const ELIGIBILITY_QUERY = {
  type: 'object',
  properties: {
    subscriptionId: { ...QUERY_ID, description: `With a list of lines, which needs it: ${TYPE.toLowerCase()}` },
    channel: { ...ASKED_CHANNEL, description: 'With a list of lines: EMAIL by default, the only one.' },
    asOf: { ...THEN, description: `With a list of lines: ${THEN.description}` },
    explain: { ...QUERY_BOOLEAN, description: `With a list of lines: ${EXPLAIN.toLowerCase()}` },
  },
} as const;

export const ELIGIBILITY_LINES = {
  type: 'string',
  description: 'An e-mail address a line, plain or as a JSON string. Empty lines are passed over.',
} as const;

export const ELIGIBILITY_ROW = {
  title: 'Eligibility',
  type: 'object',
  additionalProperties: false,
  required: ['subscriberIdString', 'eligible', 'reason', 'decidedAt'],
  properties: {
    subscriberIdString: { type: 'string', description: 'The address in lower case; what is none as it was sent.' },
    eligible: { type: 'boolean', description: 'Whether the contact may be mailed about this type.' },
    reason: { type: 'string', enum: ELIGIBILITY_REASONS },
    decidedAt: {
      ...INSTANT,
      type: ['string', 'null'],
      description: 'When that was said which decided; null where nobody said anything.',
    },
    decidedBy: {
      type: ['string', 'null'],
      format: 'uuid',
      description: 'The event that decided; only with explain.',
    },
  },
} as const;

export const ELIGIBILITY = {
  title: 'Eligibilities',
  type: 'object',
  additionalProperties: false,
  required: ['subscriptionId', 'channel', 'mailRule', 'asOf', 'results'],
  properties: {
    subscriptionId: ID,
    channel: CHANNEL,
    mailRule: MAIL_RULE,
    asOf: { ...INSTANT, description: 'The instant that was asked about, itself included.' },
    results: { type: 'array', items: ELIGIBILITY_ROW, description: 'One an input, in their order.' },
  },
} as const;

export const ELIGIBILITY_LAST_LINE = {
  title: 'EligibilitiesDone',
  type: 'object',
  additionalProperties: false,
  required: ['done', 'count'],
  description: 'The last line. A list without it was cut off, and must not be relied upon.',
  properties: {
    done: { const: true },
    count: { type: 'integer', description: 'How many answers there are before it.' },
  },
} as const;
