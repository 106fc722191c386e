/**
 * The only map from what may go wrong to a status code and a body. Everything that is refused passes `sendProblem`;
 * the set of codes and categories is closed, and `docs/errors.md` explains each of them.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { warnOfOverload } from './overload.ts';

/** Every error that may be answered: its code in `errors[0].code`, with status and category. */
export const ERRORS = {
  MALFORMED_JSON: { status: 400, category: 'VALIDATION_ERROR' },
  MALFORMED_URL: { status: 400, category: 'VALIDATION_ERROR' },
  MALFORMED_REQUEST: { status: 400, category: 'VALIDATION_ERROR' },
  BODY_NOT_UTF8: { status: 400, category: 'VALIDATION_ERROR' },
  BODY_REQUIRED: { status: 400, category: 'VALIDATION_ERROR' },
  FIELD_REQUIRED: { status: 400, category: 'VALIDATION_ERROR' },
  FIELD_REPEATED: { status: 400, category: 'VALIDATION_ERROR' },
  FIELD_INVALID: { status: 400, category: 'VALIDATION_ERROR' },
  EMAIL_INVALID: { status: 400, category: 'VALIDATION_ERROR' },
  SUBSCRIPTION_UNKNOWN: { status: 400, category: 'VALIDATION_ERROR' },
  SUBSCRIPTION_INACTIVE: { status: 400, category: 'VALIDATION_ERROR' },
  BUSINESS_UNIT_UNKNOWN: { status: 400, category: 'VALIDATION_ERROR' },
  LEGAL_BASIS_REQUIRED: { status: 400, category: 'VALIDATION_ERROR' },
  ALREADY_SUBSCRIBED: { status: 400, category: 'VALIDATION_ERROR' },
  ALREADY_UNSUBSCRIBED: { status: 400, category: 'VALIDATION_ERROR' },
  HAS_UNSUBSCRIBED: { status: 400, category: 'VALIDATION_ERROR' },
  OPTED_OUT_OF_ALL: { status: 400, category: 'VALIDATION_ERROR' },
  OAUTH_REFUSED: { status: 400, category: 'VALIDATION_ERROR' },
  OAUTH_CLIENT_REFUSED: { status: 401, category: 'INVALID_AUTHENTICATION' },
  CREDENTIALS_MISSING: { status: 401, category: 'INVALID_AUTHENTICATION' },
  CREDENTIALS_MALFORMED: { status: 401, category: 'INVALID_AUTHENTICATION' },
  TOKEN_UNKNOWN: { status: 401, category: 'INVALID_AUTHENTICATION' },
  TOKEN_INVALID: { status: 401, category: 'INVALID_AUTHENTICATION' },
  TOKEN_EXPIRED: { status: 401, category: 'EXPIRED_AUTHENTICATION' },
  NETWORK_NOT_ALLOWED: { status: 403, category: 'FORBIDDEN' },
  SCOPES_MISSING: { status: 403, category: 'MISSING_SCOPES' },
  RESOURCE_UNKNOWN: { status: 404, category: 'OBJECT_NOT_FOUND' },
  METHOD_NOT_ALLOWED: { status: 405, category: 'METHOD_NOT_ALLOWED' },
  REQUEST_TIMEOUT: { status: 408, category: 'VALIDATION_ERROR' },
  ID_TAKEN: { status: 409, category: 'CONFLICT' },
  TOKEN_ENDED: { status: 409, category: 'CONFLICT' },
  MAIL_NOT_SET_UP: { status: 409, category: 'CONFLICT' },
  REQUEST_UNDER_WAY: { status: 409, category: 'CONFLICT' },
  ANSWER_NOT_KEPT: { status: 409, category: 'CONFLICT' },
  OUTCOME_UNKNOWN: { status: 409, category: 'CONFLICT' },
  BODY_TOO_LARGE: { status: 413, category: 'VALIDATION_ERROR' },
  CONTENT_TYPE_UNSUPPORTED: { status: 415, category: 'VALIDATION_ERROR' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, category: 'VALIDATION_ERROR' },
  RATE_LIMITED: { status: 429, category: 'RATE_LIMITS' },
  HEADERS_TOO_LARGE: { status: 431, category: 'VALIDATION_ERROR' },
  BUG: { status: 500, category: 'INTERNAL_ERROR' },
  LEDGER_BROKEN: { status: 500, category: 'INTERNAL_ERROR' },
  STORE_UNAVAILABLE: { status: 503, category: 'SERVICE_UNAVAILABLE' },
  ISSUER_UNAVAILABLE: { status: 503, category: 'SERVICE_UNAVAILABLE' },
  OVERLOADED: { status: 503, category: 'SERVICE_UNAVAILABLE' },
  CONTENDED: { status: 503, category: 'SERVICE_UNAVAILABLE' },
} as const;

export type ErrorCode = keyof typeof ERRORS;
export type ErrorCategory = (typeof ERRORS)[ErrorCode]['category'];
export const ERROR_CATEGORIES: readonly ErrorCategory[] = [
  ...new Set(Object.values(ERRORS).map(({ category }) => category)),
];

type ErrorContext = Readonly<Record<string, readonly string[]>>;

/** The limits on how often one may ask, by HubSpot's names. */
const POLICY_NAMES = ['TEN_SECONDLY_ROLLING', 'DAILY'] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

/** Something that is answered with an error. */
export interface Problem {
  readonly code: ErrorCode;
  /** For people: what, where, what was sent, what is allowed. */
  readonly message: string;
  /** The field or parameter at fault, for example `inputs[3].statusState`. */
  readonly in?: string;
  readonly context?: ErrorContext;
  /** Where the one entry of `errors` says something else than the whole. */
  readonly detail?: { readonly message: string; readonly context?: ErrorContext };
  readonly headers?: Readonly<Record<string, string>>;
  /** The rate limit that was reached, if that is the problem. */
  readonly policyName?: PolicyName;
}

/** The body of a refusal, in HubSpot's order. */
export interface ErrorBody {
  readonly status: 'error';
  readonly message: string;
  readonly errorType?: 'RATE_LIMIT';
  readonly correlationId: string;
  readonly policyName?: PolicyName;
  readonly requestId?: string;
  readonly category: ErrorCategory;
  readonly context?: ErrorContext;
  readonly errors: readonly [ErrorDetail];
}

interface ErrorDetail {
  readonly message: string;
  readonly code: ErrorCode;
  readonly in?: string;
  readonly context?: ErrorContext;
}

/** What the error body looks like, for `/openapi.json`. */
export const ERROR_SCHEMA = {
  title: 'Error',
  description: 'Why the request was refused. Nothing of a refused request is stored.',
  type: 'object',
  required: ['status', 'message', 'correlationId', 'category', 'errors'],
  additionalProperties: false,
  properties: {
    status: { const: 'error' },
    message: { type: 'string', description: 'For people: what was wrong, where, what was sent, what is allowed.' },
    errorType: { const: 'RATE_LIMIT', description: 'Only with status 429.' },
    correlationId: { type: 'string', format: 'uuid', description: 'Also in the header X-HubSpot-Correlation-Id.' },
    policyName: {
      type: 'string',
      enum: POLICY_NAMES,
      description: 'Only with status 429: the limit that was reached.',
    },
    requestId: { type: 'string', format: 'uuid', description: 'Only with status 429: the correlationId.' },
    category: { type: 'string', enum: ERROR_CATEGORIES },
    context: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
    errors: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: {
        title: 'ErrorDetail',
        type: 'object',
        required: ['message', 'code'],
        additionalProperties: false,
        properties: {
          message: { type: 'string' },
          code: { type: 'string', enum: Object.keys(ERRORS) },
          in: { type: 'string', description: 'The field or parameter at fault, for example inputs[3].statusState.' },
          context: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
        },
      },
    },
  },
} as const;

export function errorBody(problem: Problem, correlationId: string): ErrorBody {
  const { code, message, context, detail, policyName } = problem;
  return {
    status: 'error',
    message,
    ...(policyName && { errorType: 'RATE_LIMIT' }),
    correlationId,
    ...(policyName && { policyName, requestId: correlationId }),
    category: ERRORS[code].category,
    ...(context && { context }),
    errors: [
      {
        message: detail?.message ?? message,
        code,
        ...(problem.in !== undefined && { in: problem.in }),
        ...(detail?.context && { context: detail.context }),
      },
    ],
  };
}

export const CORRELATION_HEADER = 'X-HubSpot-Correlation-Id';

declare module 'fastify' {
  interface FastifyRequest {
    /** What it was answered in place of what it asked for; null where nothing was. */
    problem: Problem | null;
  }
  interface FastifyContextConfig {
    /** Tells a problem where people ask, not programs. */
    tellProblem?: (request: FastifyRequest, reply: FastifyReply, problem: Problem) => void;
  }
}

/** Answers with a problem. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.code === 'OVERLOADED') warnOfOverload(request.server.log, problem);
  request.problem = problem;
  const { tellProblem } = request.routeOptions.config;
  if (!tellProblem) return sendErrorBody(request, reply, problem);
  tellProblem(request, reply, problem);
  return reply;
}

/** Answers with a problem in the form that programs expect. */
export function sendErrorBody(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.headers) reply.headers(problem.headers);
  return reply
    .code(ERRORS[problem.code].status)
    .header(CORRELATION_HEADER, request.id)
    .type('application/json; charset=utf-8')
    .send(errorBody(problem, request.id));
}
