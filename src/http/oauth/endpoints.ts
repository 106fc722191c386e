/** The authorization server's endpoints for apps: tokens are given out, looked at and ended. */
import { endpoint } from '../endpoint.ts';
import { askServer, passOn, tellOAuthProblem } from './answering.ts';
import { INTROSPECTION, METADATA, OAUTH_ERROR, SHOWN_TOKEN_FORM, TOKEN_ANSWER, TOKEN_FORM } from './schemas.ts';

const tags = ['OAuth'];
/** How they are served. */
export const oauth = { dialect: { tellProblem: tellOAuthProblem, problem: OAUTH_ERROR } };

export const tokenEndpoint = endpoint(
  {
    operationId: 'give-tokens',
    summary: 'Get tokens',
    description:
      'Exchanges a code, a refresh token or the credentials of an app for an access token (RFC 6749). A code works once; so does a refresh token, unless the server is set up to keep them.',
    tags,
    form: TOKEN_FORM,
    response: { 200: TOKEN_ANSWER },
  },
  async (context, request, reply) => passOn(request, reply, await askServer(context, request)),
  oauth,
);

export const introspectEndpoint = endpoint(
  {
    operationId: 'introspect-token',
    summary: 'Look at a token',
    description: 'Says of a token of the app itself whether it works, and for what (RFC 7662).',
    tags,
    form: SHOWN_TOKEN_FORM,
    response: { 200: INTROSPECTION },
  },
  async (context, request, reply) => passOn(request, reply, await askServer(context, request)),
  { ...oauth, changesNothing: true },
);

export const revokeEndpoint = endpoint(
  {
    operationId: 'revoke-token',
    summary: 'End a token',
    description:
      'Ends a token of the app itself, and with it all that was given out for the same approval (RFC 7009). The app stays installed. Ending what has ended is no mistake.',
    tags,
    form: SHOWN_TOKEN_FORM,
    response: { 200: { description: 'It has ended, or there was nothing to end.', type: 'null' } },
  },
  async (context, request, reply) => passOn(request, reply, await askServer(context, request)),
  oauth,
);

export const metadataEndpoint = endpoint(
  {
    operationId: 'show-authorization-server',
    summary: 'What the authorization server can do',
    description: 'The metadata by which OAuth clients find its endpoints (RFC 8414).',
    tags,
    response: { 200: METADATA },
  },
  async (context, request, reply) => passOn(request, reply, await askServer(context, request)),
  oauth,
);
