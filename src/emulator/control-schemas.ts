/** What the endpoints that steer an emulator take and answer. */
import { INSTANT, listOf } from '../http/optio-v1/schemas.ts';
import { FAILURES } from './faults.ts';
import { LONGEST_LATENCY_MS } from './parse-faults.ts';

const LATENCY = {
  type: ['number', 'object'],
  minimum: 0,
  maximum: LONGEST_LATENCY_MS,
  required: ['min', 'max'],
  additionalProperties: false,
  properties: {
    min: { type: 'number', minimum: 0, maximum: LONGEST_LATENCY_MS },
    max: { type: 'number', minimum: 0, maximum: LONGEST_LATENCY_MS },
  },
  description: 'Milliseconds, or any between min and max.',
} as const;

const FAULT_RULE = {
  title: 'FaultRule',
  type: 'object',
  additionalProperties: false,
  properties: {
    fail: {
      type: ['integer', 'string'],
      enum: FAILURES,
      description: 'The status in place of the answer; cut resets the connection. Absent: only latencyMs counts.',
    },
    carriedOut: {
      type: 'boolean',
      description: 'Whether the request is carried out before it fails; false by default.',
    },
    probability: { type: 'number', exclusiveMinimum: 0, maximum: 1, description: '1 by default.' },
    times: { type: 'integer', minimum: 1, description: 'How often the rule strikes; without end by default.' },
    method: { type: 'string', enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    path: { type: 'string', description: 'Only requests whose path begins with this.' },
    latencyMs: LATENCY,
    retryAfter: { type: 'integer', minimum: 0, description: 'Seconds; 1 by default for 429 and 503, none for others.' },
  },
} as const;

export const FAULTS = {
  title: 'Faults',
  type: 'object',
  additionalProperties: false,
  properties: {
    latencyMs: LATENCY,
    rules: { type: 'array', items: FAULT_RULE, description: 'A request is struck by the first that fits.' },
  },
} as const;

export const APPROVAL = {
  title: 'Approval',
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: { type: 'string', description: 'The link by which the app asks, whatever its host.' },
    operator: { type: 'string', description: 'Whose e-mail address; by default the first operator of the seed.' },
    accountId: { type: 'integer', format: 'id', description: 'By default the first account that the page offers.' },
    leaveOut: { type: 'array', items: { type: 'string' }, description: 'Optional scopes not to be given.' },
    refuse: { type: 'boolean', description: 'Whether to refuse instead; false by default.' },
  },
} as const;

export const APPROVED = {
  title: 'Approved',
  type: 'object',
  required: ['redirectUrl'],
  properties: { redirectUrl: { type: 'string', description: 'With code and state, or with error.' } },
} as const;

export const CLOCK = {
  title: 'EmulatorClock',
  type: 'object',
  additionalProperties: false,
  required: ['now', 'isRunning'],
  properties: {
    now: INSTANT,
    isRunning: { type: 'boolean', description: 'Whether it moves on by itself.' },
  },
} as const;

export const CLOCK_PUT = {
  title: 'EmulatorClockInput',
  type: 'object',
  additionalProperties: false,
  properties: {
    now: { type: 'string', description: 'ISO 8601: sets the clock, which then stands still unless isRunning is true.' },
    advance: {
      type: ['string', 'number'],
      description: 'Moves the clock on: an ISO 8601 duration such as PT90M or P30D, or milliseconds.',
    },
    isRunning: { type: 'boolean', description: 'True lets the clock run on, false stops it.' },
  },
} as const;

export const RECEIVED = listOf('ReceivedRequests', {
  title: 'ReceivedRequest',
  type: 'object',
  additionalProperties: false,
  required: ['method', 'path', 'status'],
  properties: {
    method: { type: 'string' },
    path: { type: 'string', description: 'As it was sent, with its query.' },
    status: { type: ['integer', 'null'], description: 'Null where nothing was answered, or not yet.' },
    fault: { type: ['integer', 'string'], enum: FAILURES, description: 'The fault that struck it.' },
    body: { description: 'The JSON that was sent.' },
  },
});

export const MESSAGES = listOf('KeptMessages', {
  title: 'KeptMessage',
  type: 'object',
  additionalProperties: false,
  required: ['at', 'to', 'language', 'subject', 'confirmUrl', 'text', 'html'],
  properties: {
    at: { ...INSTANT, description: 'By the clock of the stand-in.' },
    to: { type: 'string' },
    language: { type: 'string', description: 'A BCP 47 tag.' },
    subject: { type: 'string' },
    confirmUrl: {
      type: 'string',
      description: 'The link in it. A GET shows what a POST with its form confirms.',
    },
    text: { type: 'string' },
    html: { type: 'string' },
  },
});
