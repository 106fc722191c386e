/** What the log says of requests that failed on our side: only what it may hold, and not the same thing all the time. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { StoreUnavailable } from '../actions/context.ts';
import type { ErrorCode } from './errors.ts';

const MAX_STACK_LINES = 12;
/** While the database is away every request fails alike: a line a request would fill the disk and slow the answers. */
const OUTAGE_EVERY_MS = 10_000;

interface Outage {
  toldAt: number;
  untold: number;
}

const outages = new WeakMap<FastifyInstance, Outage>();

/** Logs why a request failed: a bug each time and with its stack, an unavailable database now and then. */
export function logFailure(error: unknown, code: ErrorCode, request: FastifyRequest): void {
  const { id: correlationId, log, routeOptions, server } = request;
  const what = { correlationId, ...describe(error), route: routeOptions.url, code };
  if (!(error instanceof StoreUnavailable)) {
    log.error({ ...what, stack: stackOf(error) }, 'a request failed');
    return;
  }
  const outage = outages.get(server) ?? { toldAt: Number.NEGATIVE_INFINITY, untold: 0 };
  outages.set(server, outage);
  if (performance.now() - outage.toldAt < OUTAGE_EVERY_MS) {
    outage.untold += 1;
    log.debug(what, 'a request failed');
    return;
  }
  log.warn({ ...what, why: error.reason, failedSinceLastLine: outage.untold }, 'a request failed');
  outage.toldAt = performance.now();
  outage.untold = 0;
}

/** Where an error came from, but no message, since messages quote what was sent. */
function describe(error: unknown): { type: string; reason?: string | undefined } {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, code, cause } = error as Error & { code?: string };
  return { type: name, reason: code ?? (cause as { code?: string } | undefined)?.code };
}

function stackOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return stack.slice(0, MAX_STACK_LINES).map((line) => line.trim());
}
