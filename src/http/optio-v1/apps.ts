/** `/optio/v1/apps`: what acts for the account at the API. */
import { describeApp } from '../../actions/describe-catalog.ts';
import { createApp, findApp, listApps } from '../../actions/manage-apps.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { answer, answerCreated } from './answering.ts';
import { APP, APP_POST, idParams, listOf } from './schemas.ts';
import { sentId } from './sent-id.ts';

const tags = ['Management'];

export const listAppsEndpoint = endpoint(
  {
    operationId: 'list-apps',
    summary: 'List apps',
    description: 'The apps whose tokens act for the account.',
    tags,
    response: { 200: listOf('Apps', APP) },
  },
  async (context, request) => {
    const apps = await listApps(context, principalOf(request).accountId);
    return { results: apps.map(describeApp) };
  },
);

export const getAppEndpoint = endpoint(
  {
    operationId: 'get-app',
    summary: 'Read an app',
    description: 'One app.',
    tags,
    params: idParams('appId'),
    response: { 200: APP },
  },
  async (context, request, reply) => {
    const outcome = await findApp(context, principalOf(request).accountId, Number(request.params.appId));
    return answer(request, reply, outcome, describeApp);
  },
);

export const postAppEndpoint = endpoint(
  {
    operationId: 'create-app',
    summary: 'Create an app',
    description: 'Creates an app. The source of every change made with its tokens names it.',
    tags,
    body: APP_POST,
    response: { 201: APP },
  },
  async (context, request, reply) => {
    const wish = { id: sentId(request.body.id), name: request.body.name };
    const outcome = await createApp(context, principalOf(request).accountId, wish);
    return answerCreated(request, reply, outcome, describeApp, ({ id }) => `apps/${id}`);
  },
);
