/**
 * `Idempotency-Key`: whoever repeats a write with the same key within a day gets the answer of the first
 * (draft-ietf-httpapi-idempotency-key-header). Reads ignore it, and requests without it pay nothing for it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Attempt, Beginning, KeptAnswer } from '../actions/idempotency.ts';
import { principalOf } from './auth.ts';
import type { Endpoint, Route } from './endpoint.ts';
import { type ErrorCode, errorBody, type Problem, sendProblem } from './errors.ts';
import { logException } from './exceptions.ts';
import { shorten } from './validation-problem.ts';

/** As it is documented; Node names it in lower case. */
export const KEY_HEADER = 'Idempotency-Key';
const SENT_HEADER = 'idempotency-key';
const REPLAYED_HEADER = 'Idempotency-Replayed';

/** 1 to 255 visible ASCII characters. */
const KEY = /^[!-~]{1,255}$/;

/** The header in `/openapi.json`. */
export const KEY_PARAMETER = {
  type: 'object',
  properties: {
    [KEY_HEADER]: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      pattern: '^[!-~]+$',
      description:
        'A random text of your own, such as a UUID, a new one for each request. Sent again with the same key within a day, the same request is answered as the first time, with the header Idempotency-Replayed, and not carried out again.',
    },
  },
} as const;

/** The most bytes of an answer that is kept. Only batches that are larger than HubSpot's have larger ones. */
const MAX_KEPT_BYTES = 1_048_576;

/** Where these are answered, nothing was done. */
const NOT_BEGUN: readonly (ErrorCode | undefined)[] = ['OVERLOADED', 'CONTENDED'];

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where no key came with it, and where a repeat is answered. */
    attempt: Attempt | null;
  }
  interface FastifyContextConfig {
    showsSecret?: boolean;
  }
}

/** Writes by known callers take keys. */
export function takesKeys({ method, scopes, endpoint }: Route): boolean {
  return method !== 'GET' && scopes !== 'public' && !endpoint.changesNothing;
}

/** Since when an attempt at the same request may have carried it out whose answer was lost; null where there was none. */
export function cutOffSince({ attempt }: FastifyRequest): number | null {
  return attempt?.cutOffSince ?? null;
}

/** A hook before the handler of a route that takes keys: lets the first request with a key pass, and answers its repeats. */
export function answerRepeats({ showsSecret = false, schema }: Endpoint) {
  // What makes something new makes two when it is carried out twice.
  const makesAnew = showsSecret || schema.response[201] !== undefined;
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    const key = request.headers[SENT_HEADER];
    if (key === undefined) {
      done();
      return;
    }
    if (typeof key !== 'string' || !KEY.test(key)) {
      sendProblem(request, reply, notAKey(String(key)));
      return;
    }
    const { accountId, appId } = principalOf(request);
    const { method, url, bodyText: body } = request;
    const settle = (beginning: Beginning) => {
      if (beginning.kind === 'answered') return void replay(reply, beginning.answer);
      if (beginning.kind !== 'begun') return void sendProblem(request, reply, PROBLEMS[beginning.kind]);
      request.attempt = beginning.attempt;
      if (makesAnew && beginning.attempt.cutOffSince !== null) sendProblem(request, reply, OUTCOME_UNKNOWN);
      else done();
    };
    request.context.idempotency.begin({ accountId, appId, key, method, url, body }).then(settle, done);
  };
}

/**
 * Keeps every answer that another request must repeat. Call it before other hooks on answers are added: what those put in an
 * answer's place, or a connection that they cut, is no answer to the request.
 */
export function keepAnswers(app: FastifyInstance): void {
  app.decorateRequest('attempt', null);
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!request.attempt) return done();
    conclude(request, reply, request.attempt, typeof payload === 'string' ? payload : '').then(
      () => done(),
      (error) => {
        // The answer holds all the same.
        logException(error, request);
        done();
      },
    );
  });
}

/** A refusal is kept as well as a success; a failure is not, for it may be gone when the request comes again. */
function conclude(request: FastifyRequest, reply: FastifyReply, attempt: Attempt, body: string): Promise<void> {
  const { idempotency } = request.context;
  if (reply.statusCode < 500) return idempotency.keep(attempt, answerToKeep(request, reply, body));
  if (NOT_BEGUN.includes(request.problem?.code)) return idempotency.withdraw(attempt);
  return idempotency.letGo(attempt);
}

function answerToKeep(request: FastifyRequest, reply: FastifyReply, body: string): KeptAnswer {
  const { statusCode: status } = reply;
  const headers = ownHeaders(reply);
  if (request.routeOptions.config.showsSecret && status < 300) return inPlaceOf(headers, SECRET_SHOWN, request);
  if (Buffer.byteLength(body) > MAX_KEPT_BYTES) return inPlaceOf(headers, TOO_LARGE, request);
  return { status, headers, body };
}

/** What a repeat is told where the answer itself is not kept. */
function inPlaceOf(headers: Record<string, string>, problem: Problem, { id }: FastifyRequest): KeptAnswer {
  return { status: 409, headers, body: JSON.stringify(errorBody(problem, id)) };
}

function ownHeaders(reply: FastifyReply): Record<string, string> {
  const own: Record<string, string> = {};
  for (const name of ['content-type', 'location']) {
    const value = reply.getHeader(name);
    if (value !== undefined) own[name] = String(value);
  }
  return own;
}

function replay(reply: FastifyReply, { status, headers, body }: KeptAnswer): void {
  reply.code(status).headers(headers).header(REPLAYED_HEADER, 'true');
  if (body === '') reply.send();
  else reply.send(body);
}

function notAKey(sent: string): Problem {
  const message = `"${KEY_HEADER}" was ${shorten(sent)}. Allowed: 1 to 255 visible ASCII characters, without spaces; best a random UUID.`;
  return { code: 'FIELD_INVALID', message, in: KEY_HEADER };
}

const PROBLEMS: Readonly<Record<'other-request' | 'under-way', Problem>> = {
  'other-request': {
    code: 'IDEMPOTENCY_KEY_REUSED',
    message: `The "${KEY_HEADER}" was used within a day for another request: its method, path, query or body differed. Nothing was changed. Allowed: the very same request, or a key of its own for each request.`,
    in: KEY_HEADER,
  },
  'under-way': {
    code: 'REQUEST_UNDER_WAY',
    message: `The first request with this "${KEY_HEADER}" is still being carried out. Send it again after Retry-After seconds, and you get its answer.`,
    in: KEY_HEADER,
    headers: { 'Retry-After': '1' },
  },
};

const OUTCOME_UNKNOWN: Problem = {
  code: 'OUTCOME_UNKNOWN',
  message: `The first request with this "${KEY_HEADER}" was cut off, and whether it was carried out is not known. Doing it again might do it twice, so nothing was done now. Look whether it is there, and if it is not, send the request with another key.`,
  in: KEY_HEADER,
};

const SECRET_SHOWN: Problem = {
  code: 'ANSWER_NOT_KEPT',
  message:
    'This request was carried out before. Its answer showed a secret, which is shown once and kept nowhere. If it did not reach you, rotate the secret with another key.',
  in: KEY_HEADER,
};

const TOO_LARGE: Problem = {
  code: 'ANSWER_NOT_KEPT',
  message: `This request was carried out before. Its answer was larger than ${MAX_KEPT_BYTES} bytes (1 MiB), and such are not kept. Read what holds now.`,
  in: KEY_HEADER,
};
