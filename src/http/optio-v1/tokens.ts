/** `/optio/v1/tokens`: what opens the API to the account's apps. */
import { describeIssuedToken, describeToken } from '../../actions/describe-catalog.ts';
import { done, type ManageOutcome, whereDone } from '../../actions/manage-outcome.ts';
import { createToken, findToken, listTokens, revokeToken } from '../../actions/manage-tokens.ts';
import { rotateToken } from '../../actions/rotate-token.ts';
import { principalOf } from '../auth.ts';
import { endpoint } from '../endpoint.ts';
import { answer, answerCreated, answerGone } from './answering.ts';
import { ISSUED_TOKEN, ROTATION_POST, TOKEN, TOKEN_PARAMS, TOKEN_POST } from './app-token-schemas.ts';
import { listOf, NOTHING } from './schemas.ts';
import { sentId } from './sent-id.ts';
import { sentInstant } from './sent-instant.ts';
import { sentOldUntil } from './sent-rotation.ts';

const tags = ['Management'];

export const listTokensEndpoint = endpoint(
  {
    operationId: 'list-tokens',
    summary: 'List tokens',
    description: "The account's tokens, revoked and expired ones too, without the tokens themselves.",
    tags,
    response: { 200: listOf('Tokens', TOKEN) },
  },
  async (context, request) => {
    const tokens = await listTokens(context, principalOf(request).accountId);
    return { results: tokens.map(describeToken) };
  },
);

export const getTokenEndpoint = endpoint(
  {
    operationId: 'get-token',
    summary: 'Read a token',
    description: 'One token, without the token itself.',
    tags,
    params: TOKEN_PARAMS,
    response: { 200: TOKEN },
  },
  async (context, request, reply) => {
    const outcome = await findToken(context, principalOf(request).accountId, request.params.tokenId);
    return answer(request, reply, outcome, describeToken);
  },
);

export const postTokenEndpoint = endpoint(
  {
    operationId: 'create-token',
    summary: 'Create a token',
    description: 'Creates a token and answers it, this once: only its SHA-256 is kept.',
    tags,
    body: TOKEN_POST,
    response: { 201: ISSUED_TOKEN },
  },
  async (context, request, reply) => {
    const { name, scopes, allowedNetworks } = request.body;
    const appId = sentId(request.body.appId);
    const outcome = await whereDone(sentEnd(request.body.expiresAt ?? null), (expiresAt) =>
      createToken(context, principalOf(request).accountId, { name, scopes, appId, expiresAt, allowedNetworks }),
    );
    return answerCreated(request, reply, outcome, describeIssuedToken, ({ token }) => `tokens/${token.id}`);
  },
  { showsSecret: true },
);

export const rotateTokenEndpoint = endpoint(
  {
    operationId: 'rotate-token',
    summary: 'Replace a token by a new one',
    description:
      'Makes a new token under the same id, with the same app, scopes, networks and end, and answers it, this once. The one it replaces works on until `oldUntil`; one that was replaced before it no more.',
    tags,
    params: TOKEN_PARAMS,
    body: ROTATION_POST,
    response: { 200: ISSUED_TOKEN },
  },
  async (context, request, reply) => {
    const { accountId } = principalOf(request);
    const outcome = await whereDone(sentOldUntil(request.body), (oldUntil) =>
      rotateToken(context, accountId, request.params.tokenId, oldUntil),
    );
    return answer(request, reply, outcome, describeIssuedToken);
  },
  { showsSecret: true },
);

export const deleteTokenEndpoint = endpoint(
  {
    operationId: 'revoke-token',
    summary: 'Revoke a token',
    description: 'Takes a token back for good. It stays in the list; doing so again changes nothing.',
    tags,
    params: TOKEN_PARAMS,
    response: { 204: NOTHING },
  },
  async (context, request, reply) =>
    answerGone(request, reply, await revokeToken(context, principalOf(request).accountId, request.params.tokenId)),
);

/** Null where the token is to work for good. */
function sentEnd(sent: string | null): ManageOutcome<number | null> {
  return sent === null ? done(sent) : sentInstant('expiresAt', sent);
}
