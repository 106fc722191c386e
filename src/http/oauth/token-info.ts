/** `/oauth/v1/access-tokens` and `/oauth/v1/refresh-tokens`: who holds a token may ask what it is, as at HubSpot. */
import { describeAccessToken, describeRefreshToken, endRefreshToken } from '../../actions/token-info.ts';
import { endpoint } from '../endpoint.ts';
import { type Problem, sendProblem } from '../errors.ts';
import { oauth } from './endpoints.ts';
import { ACCESS_TOKEN_INFO, REFRESH_TOKEN_INFO } from './schemas.ts';

const tags = ['OAuth'];
const params = { type: 'object', required: ['token'], properties: { token: { type: 'string' } } } as const;

const UNKNOWN: Problem = {
  code: 'RESOURCE_UNKNOWN',
  message: 'resource not found',
  detail: { message: 'There is no such token, or it has ended.' },
};

export const readAccessTokenEndpoint = endpoint(
  {
    operationId: 'read-access-token',
    summary: 'What an access token is',
    description: 'Whose account it is for, which app it was given to, what it grants, and for how long.',
    tags,
    params,
    response: { 200: ACCESS_TOKEN_INFO },
  },
  async (context, request, reply) => {
    const info = await describeAccessToken(context, request.params.token);
    if (!info) return sendProblem(request, reply, UNKNOWN);
    const { token, user, hub_id, app_id, user_id, scopes, expires_in, signed_access_token } = info;
    reply.header('Cache-Control', 'no-store');
    return {
      ...{ token, ...(user && { user }), scopes: [...scopes], hub_id, app_id, expires_in, user_id },
      token_type: 'access' as const,
      signed_access_token: { ...signed_access_token },
    };
  },
  oauth,
);

export const readRefreshTokenEndpoint = endpoint(
  {
    operationId: 'read-refresh-token',
    summary: 'What a refresh token is',
    description: 'Whose account it is for, which app it was given to, and what it grants.',
    tags,
    params,
    response: { 200: REFRESH_TOKEN_INFO },
  },
  async (context, request, reply) => {
    const info = await describeRefreshToken(context, request.params.token);
    if (!info) return sendProblem(request, reply, UNKNOWN);
    const { token, user, hub_id, client_id, user_id, scopes } = info;
    reply.header('Cache-Control', 'no-store');
    return {
      ...{ token, ...(user && { user }), scopes: [...scopes], hub_id, client_id, user_id },
      token_type: 'refresh' as const,
    };
  },
  oauth,
);

export const deleteRefreshTokenEndpoint = endpoint(
  {
    operationId: 'end-refresh-token',
    summary: 'End a refresh token',
    description:
      'Ends it, and with it the access tokens that were given out for the same approval. The app stays installed.',
    tags,
    params,
    response: { 204: { type: 'null' } },
  },
  async (context, request, reply) => {
    if (!(await endRefreshToken(context, request.params.token))) return sendProblem(request, reply, UNKNOWN);
    return reply.code(204).send();
  },
  oauth,
);
