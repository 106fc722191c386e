/** `/optio/v1/checkpoints`: what the ledger was sealed with, to be kept elsewhere. */
import { MAX_CHECKPOINTS, readCheckpoints } from '../../actions/checkpoints.ts';
import { publishedCheckpoint } from '../../domain/checkpoint.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { QUERY_ID } from '../query-types.ts';
import { CHECKPOINTS } from './checkpoint-schemas.ts';
import { findBoundsProblem } from './page-problems.ts';

const USUAL_PAGE = 100;

export const listCheckpointsEndpoint = endpoint(
  {
    operationId: 'list-checkpoints',
    summary: 'List checkpoints',
    description:
      'Signed statements of all events of this server up to an instant, the oldest first. They hold nothing personal. Whoever keeps them elsewhere can prove later that nothing was altered, dropped or added since.',
    tags: ['Proof'],
    querystring: {
      type: 'object',
      properties: {
        limit: { ...QUERY_ID, description: `Checkpoints a page, 1 to ${MAX_CHECKPOINTS}; ${USUAL_PAGE} by default.` },
        after: { ...QUERY_ID, description: 'paging.next.after of the page before.' },
      },
    },
    response: { 200: CHECKPOINTS },
  },
  async (context, request, reply) => {
    const limit = Number(request.query.limit ?? USUAL_PAGE);
    const outside = findBoundsProblem('limit', limit, 1, MAX_CHECKPOINTS);
    if (outside) return sendProblem(request, reply, outside);
    const { checkpoints, next } = await readCheckpoints(context.store, Number(request.query.after ?? 0), limit);
    return {
      results: checkpoints.map(publishedCheckpoint),
      ...(next !== null && { paging: { next: { after: String(next) } } }),
    };
  },
);
