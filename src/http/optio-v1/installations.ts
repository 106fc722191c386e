/** `/optio/v1/installations`: which apps may act for the account by OAuth. */
import { describeInstallation } from '../../actions/describe-catalog.ts';
import { invalid } from '../../actions/manage-checks.ts';
import {
  type AppName,
  findInstallation,
  installApp,
  listInstallations,
  uninstallApp,
} from '../../actions/manage-installations.ts';
import { done, type ManageOutcome, refused, whereDone } from '../../actions/manage-outcome.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { answer, answerCreated, answerGone } from './answering.ts';
import { INSTALLATION, INSTALLATION_PARAMS, INSTALLATION_POST } from './installation-schemas.ts';
import { listOf, NOTHING } from './schemas.ts';
import { sentId } from './sent-id.ts';

const tags = ['Management'];

export const listInstallationsEndpoint = endpoint(
  {
    operationId: 'list-installations',
    summary: 'List installed apps',
    description: 'The apps that may act for the account by OAuth, its own and others, the first one first.',
    tags,
    response: { 200: listOf('Installations', INSTALLATION) },
  },
  async (context, request) => {
    const installed = await listInstallations(context, principalOf(request).accountId);
    return { results: installed.map(describeInstallation) };
  },
);

export const getInstallationEndpoint = endpoint(
  {
    operationId: 'get-installation',
    summary: 'Read how an app is installed',
    description: 'One app that may act for the account by OAuth.',
    tags,
    params: INSTALLATION_PARAMS,
    response: { 200: INSTALLATION },
  },
  async (context, request, reply) => {
    const outcome = await findInstallation(context, principalOf(request).accountId, request.params);
    return answer(request, reply, outcome, describeInstallation);
  },
);

export const postInstallationEndpoint = endpoint(
  {
    operationId: 'install-app',
    summary: 'Install an app',
    description:
      'Lets an app of the account act for it by OAuth: it then gets tokens by the grant client_credentials. An app of another account is installed by an operator alone, who approves it at /oauth/authorize. Installing an app again replaces the scopes, and is answered 200; tokens that it was given before keep theirs.',
    tags,
    body: INSTALLATION_POST,
    response: { 200: INSTALLATION, 201: INSTALLATION },
  },
  async (context, request, reply) => {
    const outcome = await whereDone(sentApp(request.body), (app) =>
      installApp(context, principalOf(request).accountId, { app, scopes: request.body.scopes }),
    );
    const isAgain =
      outcome.kind === 'done' && outcome.value.installation.updatedAt > outcome.value.installation.installedAt;
    if (isAgain) return answer(request, reply, outcome, describeInstallation);
    return answerCreated(request, reply, outcome, describeInstallation, ({ app }) => `installations/${app.clientId}`);
  },
);

export const deleteInstallationEndpoint = endpoint(
  {
    operationId: 'uninstall-app',
    summary: 'Uninstall an app',
    description:
      'Ends at once every token that the app was given for the account by OAuth. Tokens of the management API work on: they are revoked one by one.',
    tags,
    params: INSTALLATION_PARAMS,
    response: { 204: NOTHING },
  },
  async (context, request, reply) =>
    answerGone(request, reply, await uninstallApp(context, principalOf(request).accountId, request.params)),
);

/** The app by the one of two fields that names it. */
function sentApp(sent: {
  readonly clientId?: string | undefined;
  readonly appId?: number | string | undefined;
}): ManageOutcome<AppName> {
  const { clientId } = sent;
  const appId = sentId(sent.appId);
  if (clientId !== undefined && appId !== undefined) {
    return refused(invalid('appId', 'must not be there beside clientId: either names the app'));
  }
  if (clientId !== undefined) return done({ clientId });
  if (appId !== undefined) return done({ appId });
  return refused(invalid('clientId', 'must be there, or appId, which names an app of this account'));
}
