/** How the authorization server's answers go out, and how problems are told there: RFC 6749's fields beside HubSpot's. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OAuthAnswer } from '../../actions/authorization-server.ts';
import type { Context } from '../../actions/context.ts';
import { CORRELATION_HEADER, ERRORS, type ErrorCode, errorBody, type Problem } from '../errors.ts';

/** Has the authorization server answer a request. */
export async function askServer(context: Context, request: FastifyRequest): Promise<OAuthAnswer> {
  const server = await context.authorizationServer();
  const { url, headers } = request;
  // Of an answer to HEAD, Fastify leaves out the body once it is known what it says.
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const body = method === 'POST' ? request.bodyText : null;
  return server.answer({ method, url, headers, body });
}

/** Sends its answer as it is; of a refusal what RFC 6749 has and what HubSpot's errors hold, and nothing else. */
export function passOn(request: FastifyRequest, reply: FastifyReply, answer: OAuthAnswer): FastifyReply {
  reply.code(answer.status).headers(answer.headers as Record<string, string | string[]>);
  const refusal = refusalIn(answer);
  if (!refusal) return reply.serializer((body: string) => body).send(answer.body);
  const { error, error_description = error } = refusal;
  reply.header('Cache-Control', 'no-store');
  const code = answer.status === 401 ? 'OAUTH_CLIENT_REFUSED' : 'OAUTH_REFUSED';
  return reply.send({ error, error_description, ...errorBody({ code, message: error_description }, request.id) });
}

interface Refusal {
  readonly error: string;
  readonly error_description?: string;
}

/** What the server refuses in JSON; null of any other answer. */
export function refusalIn({ status, headers, body }: OAuthAnswer): Refusal | null {
  if (status < 400 || !String(headers['content-type']).startsWith('application/json')) return null;
  return JSON.parse(body) as Refusal;
}

/** A problem that this server has with a request, before or instead of the authorization server. */
export function tellOAuthProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  if (problem.headers) reply.headers(problem.headers);
  const { status } = ERRORS[problem.code];
  reply
    .code(status)
    .header(CORRELATION_HEADER, request.id)
    .header('Cache-Control', 'no-store')
    .type('application/json; charset=utf-8')
    .send({ error: oauthError(problem.code), error_description: problem.message, ...errorBody(problem, request.id) });
}

/** RFC 6749 section 5.2, and 4.1.2.1 for what is not the client's fault. */
function oauthError(code: ErrorCode): string {
  const { status } = ERRORS[code];
  if (status === 503) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}
