/** `GET /statuses/{address}`: what holds for each active type of mail. */
import { readStatuses } from '../../actions/read-statuses.ts';
import { parseAddress } from '../../domain/address.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { readOptionalId } from '../query-types.ts';
import { notAnAddress, problemOfRead } from '../refusals.ts';
import { envelope, STATUS_ROW } from './answer-schemas.ts';
import { complete, statusRow } from './rendering.ts';
import { ADDRESS_PARAMS, READ_QUERY } from './request-schemas.ts';

export const readStatusesEndpoint = endpoint(
  {
    operationId: 'read-statuses',
    summary: "Read a contact's statuses",
    description:
      'Lists every active definition with what holds for the contact, also those that nobody ever touched. The address need not be known.',
    tags: ['Statuses'],
    params: ADDRESS_PARAMS,
    querystring: READ_QUERY,
    response: { 200: envelope('ActionResponseWithResultsPublicStatus', STATUS_ROW) },
  },
  async (context, request, reply) => {
    const { channel, businessUnitId } = request.query;
    const address = parseAddress(request.params.subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(request.params.subscriberIdString));
    const scope = { channel, businessUnitId: readOptionalId(businessUnitId) };
    const outcome = await readStatuses(context, principalOf(request), [address], scope);
    if (outcome.kind !== 'read') return sendProblem(request, reply, problemOfRead(outcome));
    const statuses = outcome.answers[0] ?? [];
    return complete(
      context,
      request,
      statuses.map((status) => statusRow(address, channel, status, null)),
    );
  },
);
