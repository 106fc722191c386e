/** Who is asking, and whether they may: `Authorization: Bearer <token>` and the scopes of the route. */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { authenticate, authenticateKnown } from '../actions/authenticate.ts';
import { type Authentication, grantsAny, type NeededScopes, type Principal } from '../domain/access.ts';
import { type ErrorCode, type Problem, sendProblem } from './errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes that have scopes, before the body is read. Ask `principalOf` for it. */
    principal: Principal | null;
  }
}

/** The scheme in any case, one token of visible ASCII characters (RFC 6750 section 2.1, more widely drawn). */
const BEARER = /^bearer +([!-~]+) *$/i;

/** Who is asking. Only for routes that have scopes. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error('A route without scopes asked who is calling');
  return request.principal;
}

/** A hook that finds out who is asking, and refuses whose token is none. Runs before the body is read. */
export function requireToken(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const { context } = request;
  const header = request.headers.authorization;
  const token = header === undefined ? undefined : BEARER.exec(header)?.[1];
  if (token === undefined) {
    sendProblem(request, reply, header === undefined ? MISSING : MALFORMED);
    return;
  }
  const settle = (authentication: Authentication) => {
    if (authentication.kind !== 'authenticated') {
      return void sendProblem(request, reply, problemOf(authentication, context.clock()));
    }
    request.principal = authentication.principal;
    done();
  };
  const known = authenticateKnown(context, token, request);
  if (known) settle(known);
  else authenticate(context, token, request).then(settle, done);
}

/** A hook after it, that lets the request pass where its token grants any of the `scopes`. */
export function requireAnyScope(scopes: readonly NeededScopes[]) {
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    if (grantsAny(principalOf(request).scopes, scopes)) done();
    else sendProblem(request, reply, missingScopes(scopes));
  };
}

function problemOf(refused: Exclude<Authentication, { kind: 'authenticated' }>, now: number): Problem {
  switch (refused.kind) {
    case 'unknown':
      return UNKNOWN;
    case 'expired':
      return expired(refused.expiredAt, now);
    case 'elsewhere':
      return elsewhere(refused.address);
    case 'refused':
      return invalid(refused.because);
    case 'unverifiable':
      return unverifiable(refused.issuer);
  }
}

const MISSING = unauthenticated('CREDENTIALS_MISSING', 'The request has no Authorization header.');
const MALFORMED = unauthenticated('CREDENTIALS_MALFORMED', 'The Authorization header is not "Bearer <token>".');
const UNKNOWN = unauthenticated('TOKEN_UNKNOWN', 'The token is unknown to this server, or was revoked.');

/** Clients know the first sentences: they are HubSpot's. */
function unauthenticated(code: ErrorCode, detail: string): Problem {
  return {
    code,
    message:
      'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at /openapi.json of this server. Allowed: the header "Authorization: Bearer <token>" with a token that this server takes.',
    in: 'Authorization',
    detail: { message: detail },
    headers: { 'WWW-Authenticate': 'Bearer' },
  };
}

function invalid(because: string): Problem {
  return {
    ...unauthenticated('TOKEN_INVALID', `The access token is refused. ${because}`),
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  };
}

function unverifiable(issuer: string): Problem {
  return {
    code: 'ISSUER_UNAVAILABLE',
    message: `The issuer ${issuer} does not answer, so nobody can tell whether the access token is valid. Nothing was changed; try again shortly.`,
    in: 'Authorization',
    headers: { 'Retry-After': '5' },
  };
}

function expired(expiredAt: number, now: number): Problem {
  const seconds = Math.floor((now - expiredAt) / 1_000);
  return {
    code: 'TOKEN_EXPIRED',
    message: `The OAuth token used to make this call expired ${seconds} second(s) ago.`,
    in: 'Authorization',
    context: { 'expire time': [new Date(expiredAt).toISOString()] },
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  };
}

/** Says where the call was seen to come from, for who set the networks up may not know; which they are is not said. */
function elsewhere(address: string | null): Problem {
  const seen = address === null ? 'an address that is not known' : address;
  return {
    code: 'NETWORK_NOT_ALLOWED',
    message: `This token may not be used from here: the call came from ${seen}. Allowed: calls from the networks that the token is limited to.`,
    in: 'Authorization',
  };
}

function missingScopes(scopes: readonly NeededScopes[]): Problem {
  return {
    code: 'SCOPES_MISSING',
    message:
      "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: /openapi.json of this server.",
    detail: {
      message: 'One or more of the following scopes are required.',
      context: { requiredGranularScopes: [...new Set(scopes.flat())] },
    },
  };
}
