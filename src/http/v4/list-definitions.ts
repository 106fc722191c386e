/** `GET /definitions`: the account's types of mail, active or not. */
import { listDefinitions } from '../../actions/list-definitions.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { sendProblem } from '../errors.ts';
import { readBoolean, readOptionalId } from '../query-types.ts';
import { problemOfRead } from '../refusals.ts';
import { DEFINITION_ROW, envelope } from './answer-schemas.ts';
import { complete, definitionRow } from './rendering.ts';
import { DEFINITIONS_QUERY } from './request-schemas.ts';

export const listDefinitionsEndpoint = endpoint(
  {
    operationId: 'list-definitions',
    summary: 'List subscription definitions',
    description: "Lists the account's types of mail in the order they were created, inactive ones too.",
    tags: ['Definitions'],
    querystring: DEFINITIONS_QUERY,
    response: { 200: envelope('ActionResponseWithResultsSubscriptionDefinition', DEFINITION_ROW) },
  },
  async (context, request, reply) => {
    const { businessUnitId, includeTranslations } = request.query;
    const outcome = await listDefinitions(context, principalOf(request), readOptionalId(businessUnitId));
    if (outcome.kind !== 'read') return sendProblem(request, reply, problemOfRead(outcome));
    const withTranslations = readBoolean(includeTranslations);
    const rows = outcome.answers.map((definition) => definitionRow(definition, withTranslations));
    return complete(context, request, rows);
  },
);
