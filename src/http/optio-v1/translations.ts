/** `/optio/v1/definitions/{id}/translations/{language}`: a definition's words in one other language. */
import { describeDefinition } from '../../actions/describe-catalog.ts';
import { putTranslation, removeTranslation } from '../../actions/manage-translations.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { answer, answerGone } from './answering.ts';
import { DEFINITION, NOTHING, TRANSLATION_PARAMS, TRANSLATION_PUT } from './schemas.ts';

const tags = ['Management'];

export const putTranslationEndpoint = endpoint(
  {
    operationId: 'put-translation',
    summary: 'Set a translation',
    description: 'Sets the name and description in one language, new or not, and answers the whole definition.',
    tags,
    params: TRANSLATION_PARAMS,
    body: TRANSLATION_PUT,
    response: { 200: DEFINITION },
  },
  async (context, request, reply) => {
    const { accountId } = principalOf(request);
    const { definitionId, languageCode } = request.params;
    const outcome = await putTranslation(context, accountId, Number(definitionId), languageCode, request.body);
    return answer(request, reply, outcome, describeDefinition);
  },
);

export const deleteTranslationEndpoint = endpoint(
  {
    operationId: 'delete-translation',
    summary: 'Remove a translation',
    description: 'Takes the words in one language away.',
    tags,
    params: TRANSLATION_PARAMS,
    response: { 204: NOTHING },
  },
  async (context, request, reply) => {
    const { accountId } = principalOf(request);
    const { definitionId, languageCode } = request.params;
    return answerGone(request, reply, await removeTranslation(context, accountId, Number(definitionId), languageCode));
  },
);
