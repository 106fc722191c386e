/** What a request is answered with that fails on demand: HubSpot's shape, and words that say where it comes from. */
import { type ErrorCode, errorBody } from '../http/errors.ts';
import { messageOfLimit } from '../http/rate-limits.ts';
import type { Failure, FaultRule } from './faults.ts';

type Status = Exclude<Failure, 'cut'>;

/** What else each status is answered for: its category is that of the fault. */
const ALIKE: Readonly<Record<Status, ErrorCode>> = {
  401: 'TOKEN_UNKNOWN',
  403: 'SCOPES_MISSING',
  429: 'RATE_LIMITED',
  500: 'BUG',
  502: 'STORE_UNAVAILABLE',
  503: 'STORE_UNAVAILABLE',
  504: 'STORE_UNAVAILABLE',
};

/** Clients tell by both which limit it was. */
const RATE_LIMIT = {
  message: messageOfLimit('TEN_SECONDLY_ROLLING'),
  policyName: 'TEN_SECONDLY_ROLLING',
} as const;

export function faultHeaders(status: Status, { retryAfter }: FaultRule): Record<string, string> {
  const seconds = retryAfter ?? (status === 429 || status === 503 ? 1 : undefined);
  return {
    'Content-Type': 'application/json; charset=utf-8',
    ...(seconds !== undefined && { 'Retry-After': String(seconds) }),
  };
}

export function faultBody(status: Status, { carriedOut = false }: FaultRule, correlationId: string): string {
  const message = `A fault on demand: ${status}. The request was ${carriedOut ? '' : 'not '}carried out.`;
  const problem = { code: ALIKE[status], message, ...(status === 429 && RATE_LIMIT), detail: { message } };
  const body = errorBody(problem, correlationId);
  return JSON.stringify({ ...body, errors: [{ ...body.errors[0], code: 'FAULT_ON_DEMAND' }] });
}
