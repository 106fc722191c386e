/** What clients are told who come while the server has too much to do, and how its operator hears of it. */
import type { FastifyBaseLogger } from 'fastify';
import { NowAndThen } from '../log/now-and-then.ts';
import type { Problem } from './errors.ts';

/** What there is too much of. */
export type Scarce = 'changes' | 'reads' | 'waits' | 'requests' | 'bytes' | 'connections';

const MESSAGES: Readonly<Record<Scarce, string>> = {
  changes: 'More changes are waiting than this server takes on at once.',
  reads: 'More reads are waiting than this server takes on at once.',
  waits: 'More readers wait for events than this server takes on at once.',
  requests: 'More requests are in progress than this server takes on at once.',
  bytes: 'More data of requests and answers is in memory than this server takes on at once.',
  connections: 'More connections are open than this server takes on at once.',
};

/** Whatever was asked for was not begun. */
export function overloadedBy(scarce: Scarce): Problem {
  const message = `${MESSAGES[scarce]} Nothing was changed; try again shortly.`;
  return { code: 'OVERLOADED', message, headers: { 'Retry-After': '1' } };
}

const WARNING_EVERY_MS = 10_000;
const warnings = new NowAndThen<FastifyBaseLogger>(WARNING_EVERY_MS);

/** Says in the log, now and then, how many requests were turned away. */
export function warnOfOverload(log: FastifyBaseLogger, { message }: Problem): void {
  const requests = warnings.count(log);
  if (requests > 0) log.warn({ code: 'OVERLOADED', requests, reason: message }, 'requests are turned away');
}
