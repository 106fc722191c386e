/** What the log says of requests that failed on our side: only what it may hold, and not the same thing all the time. */
import type { FastifyRequest } from 'fastify';
import { StoreUnavailable } from '../actions/context.ts';
import { NowAndThen } from '../log/now-and-then.ts';
import { stackOf } from '../log/stack-of.ts';
import type { ErrorCode } from './errors.ts';

const MAX_STACK_LINES = 12;
/** While the database is away every request fails alike. */
const OUTAGE_EVERY_MS = 10_000;

/** By the server that listens: of Fastify's instances there are several, pages have one of their own. */
const outages = new NowAndThen<FastifyRequest['server']['server']>(OUTAGE_EVERY_MS);

/** Logs why a request failed: a bug each time and with its stack, an unavailable database now and then. */
export function logFailure(error: unknown, code: ErrorCode, request: FastifyRequest): void {
  const { id: correlationId, log, routeOptions, server } = request;
  const what = { correlationId, ...describe(error), route: routeOptions.url, code };
  if (!(error instanceof StoreUnavailable)) {
    log.error({ ...what, stack: stackOf(error).slice(0, MAX_STACK_LINES) }, 'a request failed');
    return;
  }
  const failed = outages.count(server.server);
  if (failed === 0) log.debug(what, 'a request failed');
  else log.warn({ ...what, why: error.reason, failedSinceLastLine: failed - 1 }, 'a request failed');
}

/** Where an error came from, but no message, since messages quote what was sent. */
function describe(error: unknown): { type: string; reason?: string | undefined } {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, code, cause } = error as Error & { code?: string };
  return { type: name, reason: code ?? (cause as { code?: string } | undefined)?.code };
}
