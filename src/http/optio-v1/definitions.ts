/** `/optio/v1/definitions`: the account's subscription definitions. They are deactivated, never deleted. */
import { describeDefinition } from '../../actions/describe-catalog.ts';
import {
  createDefinition,
  findDefinition,
  listAllDefinitions,
  updateDefinition,
} from '../../actions/manage-definitions.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { readOptionalId } from '../query-types.ts';
import { answer, answerCreated } from './answering.ts';
import { DEFINITION, DEFINITION_PATCH, DEFINITION_POST, DEFINITIONS_QUERY, idParams, listOf } from './schemas.ts';
import { sentId } from './sent-id.ts';

const tags = ['Management'];
const params = idParams('definitionId');

export const listDefinitionsEndpoint = endpoint(
  {
    operationId: 'list-definitions',
    summary: 'List definitions',
    description:
      'The subscription definitions with their translations, inactive ones too, in the order they were created.',
    tags,
    querystring: DEFINITIONS_QUERY,
    response: { 200: listOf('Definitions', DEFINITION) },
  },
  async (context, request, reply) => {
    const brand = readOptionalId(request.query.businessUnitId) ?? undefined;
    const outcome = await listAllDefinitions(context, principalOf(request).accountId, brand);
    return answer(request, reply, outcome, (definitions) => ({ results: definitions.map(describeDefinition) }));
  },
);

export const getDefinitionEndpoint = endpoint(
  {
    operationId: 'get-definition',
    summary: 'Read a definition',
    description: 'One subscription definition with its translations.',
    tags,
    params,
    response: { 200: DEFINITION },
  },
  async (context, request, reply) => {
    const { accountId } = principalOf(request);
    const outcome = await findDefinition(context, accountId, Number(request.params.definitionId));
    return answer(request, reply, outcome, describeDefinition);
  },
);

export const postDefinitionEndpoint = endpoint(
  {
    operationId: 'create-definition',
    summary: 'Create a definition',
    description: 'Creates a type of mail. Nobody is subscribed to it until somebody says so.',
    tags,
    body: DEFINITION_POST,
    response: { 201: DEFINITION },
  },
  async (context, request, reply) => {
    const { body } = request;
    const wish = {
      ...body,
      purpose: body.purpose ?? 'Marketing',
      id: sentId(body.id),
      businessUnitId: sentId(body.businessUnitId),
    };
    const outcome = await createDefinition(context, principalOf(request).accountId, wish);
    return answerCreated(request, reply, outcome, describeDefinition, ({ id }) => `definitions/${id}`);
  },
);

export const patchDefinitionEndpoint = endpoint(
  {
    operationId: 'patch-definition',
    summary: 'Change a definition',
    description: 'Changes what is given and leaves the rest. The brand stays: contacts rely on what they opted out of.',
    tags,
    params,
    body: DEFINITION_PATCH,
    response: { 200: DEFINITION },
  },
  async (context, request, reply) => {
    const { accountId } = principalOf(request);
    const change = { ...request.body, businessUnitId: sentId(request.body.businessUnitId) };
    const outcome = await updateDefinition(context, accountId, Number(request.params.definitionId), change);
    return answer(request, reply, outcome, describeDefinition);
  },
);
