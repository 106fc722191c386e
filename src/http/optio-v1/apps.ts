/** `/optio/v1/apps`: what acts for the account at the API. */
import { describeApp, describeIssuedAppSecret } from '../../actions/describe-catalog.ts';
import { createApp, findApp, listApps, updateApp } from '../../actions/manage-apps.ts';
import { whereDone } from '../../actions/manage-outcome.ts';
import { rotateAppSecret } from '../../actions/rotate-app-secret.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { answer, answerCreated } from './answering.ts';
import { APP, APP_PATCH, APP_POST, ISSUED_APP_SECRET, ROTATION_POST } from './app-token-schemas.ts';
import { idParams, listOf } from './schemas.ts';
import { sentId } from './sent-id.ts';
import { sentOldUntil } from './sent-rotation.ts';

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
    description: 'One app, without its client secrets themselves.',
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
    const { name, redirectUris } = request.body;
    const wish = { id: sentId(request.body.id), name, redirectUris };
    const outcome = await createApp(context, principalOf(request).accountId, wish);
    return answerCreated(request, reply, outcome, describeApp, ({ id }) => `apps/${id}`);
  },
);

export const patchAppEndpoint = endpoint(
  {
    operationId: 'update-app',
    summary: 'Change an app',
    description: 'Renames an app, or puts other redirect URIs in the place of all that it has.',
    tags,
    params: idParams('appId'),
    body: APP_PATCH,
    response: { 200: APP },
  },
  async (context, request, reply) => {
    const { accountId } = principalOf(request);
    const outcome = await updateApp(context, accountId, Number(request.params.appId), request.body);
    return answer(request, reply, outcome, describeApp);
  },
);

export const rotateAppSecretEndpoint = endpoint(
  {
    operationId: 'rotate-app-secret',
    summary: "Make an app's client secret, or replace it",
    description:
      'Makes a client secret and answers it, this once: only its SHA-256 is kept. The newest one before it works on until `oldUntil`; an older one no more.',
    tags,
    params: idParams('appId'),
    body: ROTATION_POST,
    response: { 200: ISSUED_APP_SECRET },
  },
  async (context, request, reply) => {
    const { accountId } = principalOf(request);
    const outcome = await whereDone(sentOldUntil(request.body), (oldUntil) =>
      rotateAppSecret(context, accountId, Number(request.params.appId), oldUntil),
    );
    return answer(request, reply, outcome, describeIssuedAppSecret);
  },
  { showsSecret: true },
);
