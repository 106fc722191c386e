/** `GET /statuses/{address}/unsubscribe-all`: whether the contact is opted out of everything. */
import { readOptOuts } from '../../actions/read-statuses.ts';
import { parseAddress } from '../../domain/address.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { readOptionalId } from '../query-types.ts';
import { notAnAddress, problemOfRead } from '../refusals.ts';
import { envelope, WIDE_STATUS_ROW } from './answer-schemas.ts';
import { complete, wideStatusRow } from './rendering.ts';
import { ADDRESS_PARAMS, OPT_OUT_QUERY } from './request-schemas.ts';

export const readOptOutsEndpoint = endpoint(
  {
    operationId: 'read-opt-outs',
    summary: 'Read whether a contact is opted out of everything',
    description:
      "Lists the contact's active opt-outs of everything; none is an empty list. With businessUnitId: that brand's and the account's. verbose changes nothing.",
    tags: ['Opt-outs'],
    params: ADDRESS_PARAMS,
    querystring: OPT_OUT_QUERY,
    response: { 200: envelope('ActionResponseWithResultsPublicWideStatus', WIDE_STATUS_ROW) },
  },
  async (context, request, reply) => {
    const { channel, businessUnitId } = request.query;
    const address = parseAddress(request.params.subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(request.params.subscriberIdString));
    const scope = { channel, businessUnitId: readOptionalId(businessUnitId) };
    const outcome = await readOptOuts(context, principalOf(request), [address], scope);
    if (outcome.kind !== 'read') return sendProblem(request, reply, problemOfRead(outcome));
    const optOuts = outcome.answers[0] ?? [];
    return complete(
      context,
      request,
      optOuts.map((optOut) => wideStatusRow(address, channel, optOut)),
    );
  },
);
