/** `/optio/v1/events`: every change in the account, for programs that follow it. */
import type { FastifyReply } from 'fastify';
import { describeFeedEvent } from '../../actions/describe-feed.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { type Problem, sendProblem } from '../errors.ts';
import { overloadedBy } from '../overload.ts';
import { shorten } from '../validation-problem.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { EVENTS, EVENTS_QUERY, MAX_FEED_PAGE, MAX_WAIT_SECONDS, USUAL_FEED_PAGE } from './event-schemas.ts';

export const readEventsEndpoint = endpoint(
  {
    operationId: 'read-events',
    summary: 'Follow all changes',
    description:
      "The account's events, oldest first, in an order that never changes: none is skipped and none comes twice. An event appears a second or two after it was committed.",
    tags: ['Proof'],
    querystring: EVENTS_QUERY,
    response: { 200: EVENTS },
  },
  async (context, request, reply) => {
    const { after: cursor, limit = USUAL_FEED_PAGE, wait = 0 } = request.query;
    const after = readCursor(cursor);
    if (after === undefined) return sendProblem(request, reply, notACursor(cursor));
    if (!isWithin(limit, 1, MAX_FEED_PAGE))
      return sendProblem(request, reply, outside('limit', limit, 1, MAX_FEED_PAGE));
    if (!isWithin(wait, 0, MAX_WAIT_SECONDS))
      return sendProblem(request, reply, outside('wait', wait, 0, MAX_WAIT_SECONDS));
    const { accountId } = principalOf(request);
    const wanted = { after, limit: Number(limit), waitMs: Number(wait) * 1_000, gone: goneSignal(reply) };
    const outcome = await context.feed.follow(accountId, wanted);
    if (outcome.kind === 'overloaded') return sendProblem(request, reply, overloadedBy('waits'));
    const { events, next, hasMore } = outcome.page;
    const catalog = await context.catalogs.catalog(accountId);
    return {
      results: events.map((event) => describeFeedEvent(event, catalog)),
      hasMore,
      paging: { next: { after: cursorOf(next) } },
    };
  },
);

/** Aborts once the answer was sent, or its client is gone. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

function isWithin(sent: string | number, least: number, most: number): boolean {
  return Number(sent) >= least && Number(sent) <= most;
}

function outside(field: string, sent: string | number, least: number, most: number): Problem {
  const message = `"${field}" was ${sent}. Allowed: a whole number from ${least} to ${most}.`;
  return { code: 'FIELD_INVALID', message, in: field };
}

function notACursor(sent: string | undefined): Problem {
  const message = `"after" was ${shorten(sent)}, which is no place among the events. Allowed: paging.next.after of the page before.`;
  return { code: 'FIELD_INVALID', message, in: 'after' };
}
