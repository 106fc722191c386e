/** Turns what was thrown into a problem to answer, and says of it in the log only what the log may hold. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { StoreUnavailable } from '../actions/context.ts';
import { BodyFault, unsupportedContentType } from './body-parser.ts';
import { CORRELATION_HEADER, ERRORS, errorBody, type Problem, sendProblem } from './errors.ts';
import { STATUS_CODES } from './node-http.ts';
import { type AjvError, problemOfValidation } from './validation-problem.ts';
import { valueAsSent } from './value-as-sent.ts';

const MAX_STACK_LINES = 12;

const UNAVAILABLE_TO_READ: Problem = {
  code: 'STORE_UNAVAILABLE',
  message: 'The database cannot be reached or did not answer.',
  headers: { 'Retry-After': '1' },
};
const UNAVAILABLE_TO_CHANGE: Problem = {
  ...UNAVAILABLE_TO_READ,
  message:
    'The database cannot be reached or did not take the work. Whether a change took effect is unknown; sending it again is safe.',
};
const BUG: Problem = {
  code: 'BUG',
  message: 'Something broke on our side. The correlationId finds it in the log of this server.',
};
const UNREADABLE: Problem = { code: 'MALFORMED_REQUEST', message: 'The request is not HTTP that can be read.' };
const FROM_NODE: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'HEADERS_TOO_LARGE',
    message: 'The URL and the headers are too large. Allowed: at most 16384 bytes together.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'REQUEST_TIMEOUT', message: 'The request did not arrive in time.' },
};
const FROM_FASTIFY: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'BODY_TOO_LARGE',
    message: 'The body is too large. Allowed: at most 1048576 bytes (1 MiB).',
    in: 'body',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'MALFORMED_REQUEST',
    message: 'The body is not as long as Content-Length says.',
    in: 'Content-Length',
  },
  FST_ERR_BAD_URL: {
    code: 'MALFORMED_URL',
    message:
      'The path holds a percent sign that two hexadecimal digits of valid UTF-8 do not follow. Allowed: percent-encoded UTF-8.',
  },
};

/** Answers whatever a handler, a hook or Fastify itself throws. */
export function answerException(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOfException(error, request);
  if (ERRORS[problem.code].status >= 500) {
    request.log.error({ ...describe(error), route: request.routeOptions.url, code: problem.code }, 'a request failed');
  }
  return sendProblem(request, reply, problem);
}

/** Answers what Node could not read as HTTP at all; there is no request yet, so the answer is written by hand. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = FROM_NODE[error.code ?? ''] ?? UNREADABLE;
  const id = randomUUID();
  const body = JSON.stringify(errorBody(problem, id));
  const { status } = ERRORS[problem.code];
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `${CORRELATION_HEADER}: ${id}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function problemOfException(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof BodyFault) return error.problem;
  if (error instanceof StoreUnavailable) {
    return request.routeOptions.config.changesNothing ? UNAVAILABLE_TO_READ : UNAVAILABLE_TO_CHANGE;
  }
  const { code, validation, validationContext, statusCode } = error as Partial<FastifyError>;
  if (validation?.[0]) {
    const part = validationContext ?? 'body';
    const found = validation[0] as unknown as AjvError;
    const isOfBody = part === 'body' && request.body !== undefined;
    const shown = isOfBody ? { ...found, data: valueAsSent(request.bodyText, found.instancePath, found.data) } : found;
    return problemOfValidation(shown, part, request.body !== undefined);
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupportedContentType(request);
  const known = FROM_FASTIFY[code ?? ''];
  if (known) return known;
  // The client went away or broke the framing while its body was being read.
  if (statusCode === 400) return { code: 'MALFORMED_REQUEST', message: 'The request could not be read to its end.' };
  return BUG;
}

/** What the log may hold of an error: where it came from, but no message, since messages quote what was sent. */
function describe(error: unknown): { type: string; reason: string | undefined; stack: string[] } {
  if (!(error instanceof Error)) return { type: typeof error, reason: undefined, stack: [] };
  const { name, code, cause } = error as Error & { code?: string };
  const causeCode = (cause as { code?: string } | undefined)?.code;
  const stack = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { type: name, reason: code ?? causeCode, stack: stack.slice(0, MAX_STACK_LINES).map((line) => line.trim()) };
}
