/** `POST /statuses/batch/write`: sets many statuses in one transaction. A refused input spoils only itself. */
import { changeStatuses } from '../../actions/change-statuses.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { cutOffSince } from '../idempotency.ts';
import { inputError, problemOfCommit, problemOfRefusal } from '../refusals.ts';
import { envelope, STATUS_ROW } from './answer-schemas.ts';
import { addressInputs, inOrder, statusChange } from './inputs.ts';
import { complete, type StatusRow, statusRow } from './rendering.ts';
import { BATCH_CHANGE_BODY } from './request-schemas.ts';

export const batchWriteStatusesEndpoint = endpoint(
  {
    operationId: 'batch-write-statuses',
    summary: 'Set many statuses',
    description:
      'Carries out the inputs in their order, in one transaction; results holds a row for each that was carried out. An input that is refused spoils only itself: errors says why, and the status is still 200.',
    tags: ['Statuses'],
    body: BATCH_CHANGE_BODY,
    response: { 200: envelope('BatchResponsePublicStatus', STATUS_ROW) },
  },
  async (context, request, reply) => {
    const { accepted, errors } = addressInputs(request.body.inputs, (input) => input);
    const changes = accepted.map(({ input, address }) => ({ address, request: statusChange(input) }));
    const commit = await changeStatuses(context, principalOf(request), changes, cutOffSince(request));
    if (commit.kind !== 'committed') return sendProblem(request, reply, problemOfCommit(commit.kind));
    const results: StatusRow[] = [];
    commit.outcomes.forEach((outcome, place) => {
      const { index, input, address } = accepted[place]!;
      switch (outcome.kind) {
        case 'status-set':
          results.push(statusRow(address, input.channel, outcome.status, outcome.transition));
          break;
        case 'refused':
          errors.set(index, inputError(problemOfRefusal(outcome.refusal), input, index));
          break;
        case 'left-as-it-was':
        case 'opted-out-of-all':
          throw new Error('A status change had the outcome of something else');
      }
    });
    return complete(context, request, results, inOrder(errors));
  },
);
