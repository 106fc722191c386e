/** `/optio/v1/events`: every change in the account, for programs that follow it. */
import type { FastifyReply } from 'fastify';
import { describeFeedEvent } from '../../actions/describe-feed.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { overloadedBy } from '../overload.ts';
import { cursorOf, readCursor } from './cursors.ts';
import { EVENTS, EVENTS_QUERY, MAX_FEED_PAGE, MAX_WAIT_SECONDS, USUAL_FEED_PAGE } from './event-schemas.ts';
import { findBoundsProblem, notACursor } from './page-problems.ts';

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
    if (after === undefined) return sendProblem(request, reply, notACursor(cursor, 'among the events'));
    const outside =
      findBoundsProblem('limit', limit, 1, MAX_FEED_PAGE) ?? findBoundsProblem('wait', wait, 0, MAX_WAIT_SECONDS);
    if (outside) return sendProblem(request, reply, outside);
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
