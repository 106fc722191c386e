/** `POST /statuses/batch/unsubscribe-all/read`: which of many contacts are opted out of everything. Changes nothing. */
import { readOptOuts } from '../../actions/read-statuses.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { readOptionalId } from '../query-types.ts';
import { problemOfRead } from '../refusals.ts';
import { batchReadAnswers, type PartialRead, WIDE_STATUSES_OF_CONTACT } from './answer-schemas.ts';
import { addressInputs, inOrder } from './inputs.ts';
import { complete, wideStatusRow } from './rendering.ts';
import { BATCH_ADDRESS_BODY, READ_QUERY } from './request-schemas.ts';

export const batchReadOptOutsEndpoint = (partial: PartialRead) =>
  endpoint(
    {
      operationId: 'batch-read-opt-outs',
      summary: 'Read which of many contacts are opted out of everything',
      description:
        'One entry an address, in the order asked; wideStatuses is empty for who is not opted out. Where an input is no e-mail address, errors says so.',
      tags: ['Opt-outs'],
      querystring: READ_QUERY,
      body: BATCH_ADDRESS_BODY,
      response: batchReadAnswers(partial, 'BatchResponsePublicWideStatusBulkResponse', WIDE_STATUSES_OF_CONTACT),
    },
    async (context, request, reply) => {
      const { channel, businessUnitId } = request.query;
      const { accepted, errors } = addressInputs(request.body.inputs, (subscriberIdString) => ({ subscriberIdString }));
      const addresses = accepted.map(({ address }) => address);
      const scope = { channel, businessUnitId: readOptionalId(businessUnitId) };
      const outcome = await readOptOuts(context, principalOf(request), addresses, scope);
      if (outcome.kind !== 'read') return sendProblem(request, reply, problemOfRead(outcome));
      const results = outcome.answers.map((optOuts, index) => {
        const address = addresses[index]!;
        return {
          subscriberIdString: address.shown,
          wideStatuses: optOuts.map((optOut) => wideStatusRow(address, channel, optOut)),
        };
      });
      if (errors.size > 0) reply.code(partial);
      return complete(context, request, results, inOrder(errors));
    },
    { changesNothing: true },
  );
