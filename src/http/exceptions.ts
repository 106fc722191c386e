/** Turns what was thrown into a problem to answer. */
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { StoreUnavailable } from '../actions/context.ts';
import { LedgerBroken } from '../actions/read-ledger.ts';
import { unsupportedContentType } from './body-parser.ts';
import { BodyFault } from './body-reader.ts';
import { CORRELATION_HEADER, ERRORS, errorBody, type Problem, sendProblem } from './errors.ts';
import { logFailure } from './failure-log.ts';
import { STATUS_CODES } from './node-http.ts';
import { type AjvError, missingFields, problemOfValidation } from './validation-problem.ts';
import { valueAsSent } from './value-as-sent.ts';

/** How long a client has to read why its request was broken off. */
const LINGER_MS = 1_000;

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
  FST_ERR_BAD_URL: {
    code: 'MALFORMED_URL',
    message:
      'The path holds a percent sign that two hexadecimal digits of valid UTF-8 do not follow. Allowed: percent-encoded UTF-8.',
  },
};

/** Answers whatever a handler, a hook or Fastify itself throws. */
export function answerException(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOfException(error, request);
  if (problem.code === 'OVERLOADED') {
    // Fastify would close the connection on a client that is still sending, which then might never see the answer.
    reply.removeHeader('Connection');
  } else if (ERRORS[problem.code].status >= 500) {
    logFailure(error, problem.code, request);
  }
  return sendProblem(request, reply, problem);
}

/** Takes note of what broke an answer off, of which the client has had a part. */
export function logException(error: unknown, request: FastifyRequest): void {
  logFailure(error, problemOfException(error, request).code, request);
}

/** Answers what Node could not read as HTTP at all; there is no request yet, so the answer is written by hand. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket, id: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = FROM_NODE[error.code ?? ''] ?? UNREADABLE;
  const body = JSON.stringify(errorBody(problem, id));
  const { status } = ERRORS[problem.code];
  closeInTheEnd(socket);
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

/** A client that does not close its side would otherwise keep the connection for ever: Node forgets those it gave up. */
function closeInTheEnd(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

function problemOfException(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof BodyFault) return error.problem;
  if (error instanceof StoreUnavailable) {
    return request.routeOptions.config.changesNothing ? UNAVAILABLE_TO_READ : UNAVAILABLE_TO_CHANGE;
  }
  if (error instanceof LedgerBroken)
    return { code: 'LEDGER_BROKEN', message: `Nothing is answered: ${error.message}.` };
  const { code, validation, validationContext } = error as Partial<FastifyError>;
  if (validation?.[0]) {
    const part = validationContext ?? 'body';
    const found = validation[0] as unknown as AjvError;
    const { problemOfMissing } = request.routeOptions.config;
    if (problemOfMissing && found.keyword === 'required') return problemOfMissing(missingFields(found));
    const isOfBody = part === 'body' && request.body !== undefined;
    const shown = isOfBody ? { ...found, data: valueAsSent(request.bodyText, found.instancePath, found.data) } : found;
    return problemOfValidation(shown, part, request.body !== undefined);
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupportedContentType(request);
  const known = FROM_FASTIFY[code ?? ''];
  if (known) return known;
  return BUG;
}
