/** `POST /statuses/{address}/unsubscribe-all`: opts one contact out of everything. Needs no body. */
import { changeStatuses } from '../../actions/change-statuses.ts';
import { parseAddress } from '../../domain/address.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { cutOffSince } from '../idempotency.ts';
import { readBoolean, readOptionalId } from '../query-types.ts';
import { notAnAddress, problemOfCommit, problemOfRefusal } from '../refusals.ts';
import { envelope, STATUS_ROW } from './answer-schemas.ts';
import { complete, rowsOptedOut } from './rendering.ts';
import { ADDRESS_PARAMS, OPT_OUT_QUERY } from './request-schemas.ts';

export const optOutOfAllEndpoint = endpoint(
  {
    operationId: 'opt-out-of-all',
    summary: 'Opt a contact out of everything',
    description:
      'From now on every type of mail reads UNSUBSCRIBED: of the whole account, or with businessUnitId of one brand. Repeating it succeeds. With verbose=true the answer lists the rows that are now unsubscribed, otherwise none.',
    tags: ['Opt-outs'],
    params: ADDRESS_PARAMS,
    querystring: OPT_OUT_QUERY,
    response: { 200: envelope('ActionResponseWithResultsPublicStatus', STATUS_ROW) },
  },
  async (context, request, reply) => {
    const { channel, verbose } = request.query;
    const businessUnitId = readOptionalId(request.query.businessUnitId);
    const address = parseAddress(request.params.subscriberIdString);
    if (!address) return sendProblem(request, reply, notAnAddress(request.params.subscriberIdString));
    const principal = principalOf(request);
    const change = { kind: 'opt-out-of-all', channel, businessUnitId } as const;
    const commit = await changeStatuses(context, principal, [{ address, request: change }], cutOffSince(request));
    if (commit.kind !== 'committed') return sendProblem(request, reply, problemOfCommit(commit.kind));
    const outcome = commit.outcomes[0];
    if (outcome?.kind === 'refused') return sendProblem(request, reply, problemOfRefusal(outcome.refusal));
    if (outcome?.kind !== 'opted-out-of-all') throw new Error('An opt-out had the outcome of something else');
    if (!readBoolean(verbose)) return complete(context, request, []);
    const catalog = await context.catalogs.catalog(principal.accountId);
    return complete(context, request, rowsOptedOut(catalog, businessUnitId, address, channel, outcome.preferences));
  },
);
