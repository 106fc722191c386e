/** `POST /statuses/batch/unsubscribe-all`: opts many contacts out of everything, in one transaction. */
import { changeStatuses } from '../../actions/change-statuses.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { cutOffSince } from '../idempotency.ts';
import { readBoolean, readOptionalId } from '../query-types.ts';
import { inputError, problemOfCommit, problemOfRefusal } from '../refusals.ts';
import { envelope, OPT_OUT_OF_CONTACT } from './answer-schemas.ts';
import { addressInputs, inOrder } from './inputs.ts';
import { complete, rowsOptedOut, type StatusRow } from './rendering.ts';
import { BATCH_ADDRESS_BODY, OPT_OUT_QUERY } from './request-schemas.ts';

export const batchOptOutOfAllEndpoint = endpoint(
  {
    operationId: 'batch-opt-out-of-all',
    summary: 'Opt many contacts out of everything',
    description:
      'As for one contact, in one transaction; one entry an address, in the order asked. An input that is no e-mail address spoils only itself: errors says so, and the status is still 200.',
    tags: ['Opt-outs'],
    querystring: OPT_OUT_QUERY,
    body: BATCH_ADDRESS_BODY,
    response: { 200: envelope('BatchResponsePublicBulkOptOutFromAllResponse', OPT_OUT_OF_CONTACT) },
  },
  async (context, request, reply) => {
    const { channel, verbose } = request.query;
    const businessUnitId = readOptionalId(request.query.businessUnitId);
    const principal = principalOf(request);
    const catalog = await context.catalogs.catalog(principal.accountId);
    if (businessUnitId !== null && !catalog.businessUnits.has(businessUnitId)) {
      return sendProblem(request, reply, problemOfRefusal({ code: 'business-unit-unknown', businessUnitId }));
    }
    const { accepted, errors } = addressInputs(request.body.inputs, (subscriberIdString) => ({ subscriberIdString }));
    const change = { kind: 'opt-out-of-all', channel, businessUnitId } as const;
    const changes = accepted.map(({ address }) => ({ address, request: change }));
    const commit = await changeStatuses(context, principal, changes, cutOffSince(request));
    if (commit.kind !== 'committed') return sendProblem(request, reply, problemOfCommit(commit.kind));
    const results: { subscriberIdString: string; statuses?: StatusRow[] }[] = [];
    commit.outcomes.forEach((outcome, place) => {
      const { index, input, address } = accepted[place]!;
      switch (outcome.kind) {
        case 'opted-out-of-all': {
          const rows = () => rowsOptedOut(catalog, businessUnitId, address, channel, outcome.preferences);
          results.push({ subscriberIdString: address.shown, ...(readBoolean(verbose) && { statuses: rows() }) });
          break;
        }
        case 'refused': {
          const sent = { subscriberIdString: input };
          errors.set(index, inputError(problemOfRefusal(outcome.refusal), sent, index));
          break;
        }
        case 'left-as-it-was':
        case 'status-set':
          throw new Error('An opt-out had the outcome of something else');
      }
    });
    return complete(context, request, results, inOrder(errors));
  },
);
