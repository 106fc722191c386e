/** Bodies with one fault each, and the message that each is owed. */
import { MARKETING } from './support/accounts.ts';
import { change, statusesOf, V4 } from './support/server.ts';

export const PATH = statusesOf('refused@example.com');
const BATCH = `${V4}/statuses/batch/write`;
const READ = `${V4}/statuses/batch/read?channel=EMAIL`;
const ID = 'a whole number from 0 to 9007199254740991, or a string of its digits';
export const STATES = 'one of NOT_SPECIFIED, SUBSCRIBED, UNSUBSCRIBED';
const BASES =
  'one of CONSENT_WITH_NOTICE, LEGITIMATE_INTEREST_CLIENT, LEGITIMATE_INTEREST_OTHER, LEGITIMATE_INTEREST_PQL, NON_GDPR, PERFORMANCE_OF_CONTRACT, PROCESS_AND_STORE';
const TEXT = 'text in well-formed Unicode without NUL characters';
const EXPLANATION = 'text of at most 4096 characters in well-formed Unicode without NUL characters';

/** What is sent, the field at fault, the whole message. */
export type Case = readonly [name: string, path: string, body: unknown, field: string, message: string | RegExp];

export const invalid: readonly Case[] = [
  [
    'a body that is a list',
    PATH,
    [],
    'body',
    'The body was []. Allowed: a JSON object with "subscriptionId", "statusState", "channel".',
  ],
  [
    'a body that is null',
    PATH,
    'null',
    'body',
    'The body was null. Allowed: a JSON object with "subscriptionId", "statusState", "channel".',
  ],
  [
    'an id that is a boolean',
    PATH,
    change({ subscriptionId: true }),
    'subscriptionId',
    `"subscriptionId" was true. Allowed: ${ID}.`,
  ],
  [
    'an id that is null',
    PATH,
    change({ subscriptionId: null }),
    'subscriptionId',
    `"subscriptionId" was null. Allowed: ${ID}.`,
  ],
  [
    'an id with a fraction',
    PATH,
    change({ subscriptionId: 1.5 }),
    'subscriptionId',
    `"subscriptionId" was 1.5. Allowed: ${ID}.`,
  ],
  ['a negative id', PATH, change({ subscriptionId: -1 }), 'subscriptionId', `"subscriptionId" was -1. Allowed: ${ID}.`],
  [
    'an id that is no digits',
    PATH,
    change({ subscriptionId: '12x' }),
    'subscriptionId',
    `"subscriptionId" was "12x". Allowed: ${ID}.`,
  ],
  [
    'an id in hexadecimal',
    PATH,
    change({ subscriptionId: '0x10' }),
    'subscriptionId',
    `"subscriptionId" was "0x10". Allowed: ${ID}.`,
  ],
  ['an empty id', PATH, change({ subscriptionId: '' }), 'subscriptionId', `"subscriptionId" was "". Allowed: ${ID}.`],
  [
    'an id beyond 2^53 - 1',
    PATH,
    `{"subscriptionId":9007199254740992,"statusState":"SUBSCRIBED","channel":"EMAIL"}`,
    'subscriptionId',
    `"subscriptionId" was 9007199254740992. Allowed: ${ID}.`,
  ],
  [
    'an id whose digits no number holds',
    PATH,
    `{"subscriptionId":9007199254740993,"statusState":"SUBSCRIBED","channel":"EMAIL"}`,
    'subscriptionId',
    `"subscriptionId" was 9007199254740993. Allowed: ${ID}.`,
  ],
  [
    'a number beyond all, deep within a batch',
    BATCH,
    '\ufeff{"inputs":[{"subscriberIdString":{"a":1e400},"subscriptionId":1,"statusState":"SUBSCRIBED","channel":"EMAIL"}]}',
    'inputs[0].subscriberIdString',
    `"inputs[0].subscriberIdString" was {"a":1e400}. Allowed: ${TEXT}.`,
  ],
  [
    'an id whose digits no number holds, in a body too long to be read again',
    PATH,
    `{"subscriptionId":9007199254740993,"statusState":"SUBSCRIBED","channel":"EMAIL","x":"${'x'.repeat(65_536)}"}`,
    'subscriptionId',
    `"subscriptionId" was another number. Allowed: ${ID}.`,
  ],
  ['a body that is a number', PATH, '9007199254740993', 'body', /^The body was 9007199254740993\. /],
  [
    'digits beyond 2^53 - 1',
    PATH,
    change({ subscriptionId: '9007199254740993' }),
    'subscriptionId',
    `"subscriptionId" was "9007199254740993". Allowed: ${ID}.`,
  ],
  [
    'an unknown state',
    PATH,
    change({ statusState: 'subscribed' }),
    'statusState',
    `"statusState" was "subscribed". Allowed: ${STATES}.`,
  ],
  [
    'a state that is null',
    PATH,
    change({ statusState: null }),
    'statusState',
    `"statusState" was null. Allowed: ${STATES}.`,
  ],
  ['an unknown channel', PATH, change({ channel: 'SMS' }), 'channel', '"channel" was "SMS". Allowed: EMAIL.'],
  [
    'an unknown legal basis',
    PATH,
    change({ legalBasis: 'BECAUSE' }),
    'legalBasis',
    `"legalBasis" was "BECAUSE". Allowed: ${BASES}.`,
  ],
  [
    'an explanation that is a number',
    PATH,
    change({ legalBasisExplanation: 7 }),
    'legalBasisExplanation',
    `"legalBasisExplanation" was 7. Allowed: ${EXPLANATION}.`,
  ],
  [
    'an explanation over 4 096 characters',
    PATH,
    change({ legalBasisExplanation: 'x'.repeat(4_097) }),
    'legalBasisExplanation',
    `"legalBasisExplanation" was 4097 characters long: "${'x'.repeat(99)}…. Allowed: ${EXPLANATION}.`,
  ],
  [
    'a NUL character',
    PATH,
    change({ legalBasisExplanation: 'a\u0000b' }),
    'legalBasisExplanation',
    `"legalBasisExplanation" was "a\\u0000b". Allowed: ${EXPLANATION}.`,
  ],
  [
    'half a surrogate pair',
    PATH,
    '{"subscriptionId":1,"statusState":"SUBSCRIBED","channel":"EMAIL","legalBasisExplanation":"\\ud83d"}',
    'legalBasisExplanation',
    `"legalBasisExplanation" was "\\ud83d". Allowed: ${EXPLANATION}.`,
  ],
  [
    'inputs that are no list',
    BATCH,
    { inputs: change() },
    'inputs',
    `"inputs" was {"subscriptionId":${MARKETING},"statusState":"SUBSCRIBED","channel":"EMAIL"}. Allowed: an array of 1 to 100 entries.`,
  ],
  [
    'an empty batch',
    BATCH,
    { inputs: [] },
    'inputs',
    '"inputs" held 0 entries. Allowed: an array of 1 to 100 entries.',
  ],
  [
    '101 inputs',
    READ,
    { inputs: Array.from({ length: 101 }, (_, index) => `a${index}@example.com`) },
    'inputs',
    '"inputs" held 101 entries. Allowed: an array of 1 to 100 entries.',
  ],
  [
    'a token without scopes',
    '/optio/v1/tokens',
    { name: 'x', scopes: [] },
    'scopes',
    '"scopes" held 0 entries. Allowed: an array of at least 1 entry.',
  ],
  [
    'an input that is no object',
    BATCH,
    { inputs: ['ada@example.com'] },
    'inputs[0]',
    '"inputs[0]" was "ada@example.com". Allowed: a JSON object with "subscriberIdString", "subscriptionId", "statusState", "channel".',
  ],
  [
    'an input that is no text',
    READ,
    { inputs: ['ada@example.com', 7] },
    'inputs[1]',
    `"inputs[1]" was 7. Allowed: ${TEXT}.`,
  ],
  [
    'a NUL character in an address',
    READ,
    { inputs: ['ada\u0000@example.com'] },
    'inputs[0]',
    `"inputs[0]" was "ada\\u0000@example.com". Allowed: ${TEXT}.`,
  ],
  [
    'a NUL character in an address of a write',
    BATCH,
    { inputs: [change({ subscriberIdString: '\u0000' })] },
    'inputs[0].subscriberIdString',
    `"inputs[0].subscriberIdString" was "\\u0000". Allowed: ${TEXT}.`,
  ],
];

export const missing: readonly Case[] = [
  [
    'no subscriptionId',
    PATH,
    change({ subscriptionId: undefined }),
    'subscriptionId',
    `Missing: the field "subscriptionId". Allowed: ${ID}.`,
  ],
  [
    'no statusState',
    PATH,
    change({ statusState: undefined }),
    'statusState',
    `Missing: the field "statusState". Allowed: ${STATES}.`,
  ],
  ['no channel', PATH, change({ channel: undefined }), 'channel', 'Missing: the field "channel". Allowed: EMAIL.'],
  ['no inputs', READ, {}, 'inputs', 'Missing: the field "inputs". Allowed: an array of 1 to 100 entries.'],
  [
    'no state in an input',
    BATCH,
    { inputs: [change({ subscriberIdString: 'a@example.com', statusState: undefined })] },
    'inputs[0].statusState',
    `Missing: the field "inputs[0].statusState". Allowed: ${STATES}.`,
  ],
  [
    'no address in an input',
    BATCH,
    { inputs: [change({ subscriberIdString: 'a@example.com' }), change()] },
    'inputs[1].subscriberIdString',
    `Missing: the field "inputs[1].subscriberIdString". Allowed: ${TEXT}.`,
  ],
];

export const malformed: readonly (readonly [name: string, body: string, message: string])[] = [
  [
    'a comma too many',
    '{"a":1,}',
    'Invalid input JSON on line 1, column 8: Expected double-quoted property name. Sent: "{\\"a\\":1,}". Allowed: a JSON object.',
  ],
  [
    'a fault on the third line',
    '{\n"a": 1\n"b": 2}',
    'Invalid input JSON on line 3, column 1: Expected \',\' or \'}\' after property value. Sent: "{\\n\\"a\\": 1\\n\\"b\\": 2}". Allowed: a JSON object.',
  ],
  [
    'a word that is none',
    '{"a": tru}',
    'Invalid input JSON: Unexpected token \'}\'. Sent: "{\\"a\\": tru}". Allowed: a JSON object.',
  ],
  [
    'an end too early',
    '{"a"',
    'Invalid input JSON on line 1, column 5: Expected \':\' after property name. Sent: "{\\"a\\"". Allowed: a JSON object.',
  ],
  ['blanks alone', ' ', 'Invalid input JSON: Unexpected end of JSON input. Sent: " ". Allowed: a JSON object.'],
];
