/** `POST /statuses/{address}`: sets one type of mail for one contact. */
import { changeStatuses } from '../../actions/change-statuses.ts';
import { parseAddress } from '../../domain/address.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { cutOffSince } from '../idempotency.ts';
import { notAnAddress, problemOfCommit, problemOfRefusal } from '../refusals.ts';
import { envelope, STATUS_ROW } from './answer-schemas.ts';
import { statusChange } from './inputs.ts';
import { complete, statusRow } from './rendering.ts';
import { ADDRESS_PARAMS, CHANGE_BODY } from './request-schemas.ts';

export const writeStatusEndpoint = endpoint(
  {
    operationId: 'write-status',
    summary: "Set one of a contact's statuses",
    description: 'Sets what holds for one type of mail, and answers the row as it now stands.',
    tags: ['Statuses'],
    params: ADDRESS_PARAMS,
    body: CHANGE_BODY,
    response: { 200: envelope('ActionResponseWithResultsPublicStatus', STATUS_ROW) },
  },
  async (context, request, reply) => {
    const address = parseAddress(request.params.subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(request.params.subscriberIdString));
    const change = statusChange(request.body);
    const commit = await changeStatuses(
      context,
      principalOf(request),
      [{ address, request: change }],
      cutOffSince(request),
    );
    if (commit.kind !== 'committed') return sendProblem(request, reply, problemOfCommit(commit.kind));
    const outcome = commit.outcomes[0];
    if (outcome?.kind === 'refused') return sendProblem(request, reply, problemOfRefusal(outcome.refusal));
    if (outcome?.kind !== 'status-set') throw new Error('A status change had the outcome of something else');
    return complete(context, request, [statusRow(address, change.channel, outcome.status, outcome.transition)]);
  },
);
