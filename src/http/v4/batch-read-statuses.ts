/** `POST /statuses/batch/read`: what holds for many contacts. Changes nothing. */
import { readStatuses } from '../../actions/read-statuses.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { readOptionalId } from '../query-types.ts';
import { problemOfRead } from '../refusals.ts';
import { batchReadAnswers, type PartialRead, STATUSES_OF_CONTACT } from './answer-schemas.ts';
import { addressInputs, inOrder } from './inputs.ts';
import { complete, statusRow } from './rendering.ts';
import { BATCH_ADDRESS_BODY, READ_QUERY } from './request-schemas.ts';

export const batchReadStatusesEndpoint = (partial: PartialRead) =>
  endpoint(
    {
      operationId: 'batch-read-statuses',
      summary: 'Read the statuses of many contacts',
      description: 'One entry an address, in the order asked. Where an input is no e-mail address, errors says so.',
      tags: ['Statuses'],
      querystring: READ_QUERY,
      body: BATCH_ADDRESS_BODY,
      response: batchReadAnswers(partial, 'BatchResponsePublicStatusBulkResponse', STATUSES_OF_CONTACT),
    },
    async (context, request, reply) => {
      const { channel, businessUnitId } = request.query;
      const { accepted, errors } = addressInputs(request.body.inputs, (subscriberIdString) => ({ subscriberIdString }));
      const addresses = accepted.map(({ address }) => address);
      const scope = { channel, businessUnitId: readOptionalId(businessUnitId) };
      const outcome = await readStatuses(context, principalOf(request), addresses, scope);
      if (outcome.kind !== 'read') return sendProblem(request, reply, problemOfRead(outcome));
      const results = outcome.answers.map((statuses, index) => {
        const address = addresses[index]!;
        return {
          subscriberIdString: address.shown,
          statuses: statuses.map((status) => statusRow(address, channel, status, null)),
        };
      });
      if (errors.size > 0) reply.code(partial);
      return complete(context, request, results, inOrder(errors));
    },
    { changesNothing: true },
  );
