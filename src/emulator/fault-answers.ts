/** What a request is answered with that fails on demand: HubSpot's shape, and words that say where it comes from. */
import type { FaultRule } from './faults.ts';

type Status = Exclude<NonNullable<FaultRule['fail']>, 'cut'>;

const CATEGORIES: Readonly<Record<Status, string>> = {
  401: 'INVALID_AUTHENTICATION',
  403: 'MISSING_SCOPES',
  429: 'RATE_LIMITS',
  500: 'INTERNAL_ERROR',
  502: 'SERVICE_UNAVAILABLE',
  503: 'SERVICE_UNAVAILABLE',
  504: 'SERVICE_UNAVAILABLE',
};

/** Clients tell a rate limit by `policyName`, and which one it was. */
const RATE_LIMIT = { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' } as const;

/** The seconds after which a client may try again, where it is told. */
function retryAfterOf(status: Status, { retryAfter }: FaultRule): number | undefined {
  return retryAfter ?? (status === 429 || status === 503 ? 1 : undefined);
}

export function faultHeaders(status: Status, rule: FaultRule): Record<string, string> {
  const retryAfter = retryAfterOf(status, rule);
  return {
    'Content-Type': 'application/json; charset=utf-8',
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
  };
}

export function faultBody(status: Status, { carriedOut = false }: FaultRule, correlationId: string): string {
  const told = carriedOut ? 'was carried out' : 'was not carried out';
  const why = `A fault on demand: ${status}. The request ${told}.`;
  const isRateLimit = status === 429;
  return JSON.stringify({
    status: 'error',
    message: isRateLimit ? 'You have reached your ten_secondly_rolling limit.' : why,
    correlationId,
    category: CATEGORIES[status],
    ...(isRateLimit && { ...RATE_LIMIT, requestId: correlationId }),
    errors: [{ message: why, code: 'FAULT_ON_DEMAND' }],
  });
}
