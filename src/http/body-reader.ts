/** Reads a request's body into memory, within the limits of one request and of all of them together. */
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Problem } from './errors.ts';
import { BODY_LIMIT_BYTES } from './limits.ts';
import { overloadedBy } from './overload.ts';

/** A body that cannot be read, and what to answer. */
export class BodyFault extends Error {
  override readonly name = 'BodyFault';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

const TOO_LARGE: Problem = {
  code: 'BODY_TOO_LARGE',
  message: 'The body is too large. Allowed: at most 1048576 bytes (1 MiB).',
  in: 'body',
};
const BROKEN_OFF: Problem = { code: 'MALFORMED_REQUEST', message: 'The request could not be read to its end.' };

/** Calls `done` once, with the whole body or with a `BodyFault`. What is refused flows past without being kept. */
export function readBody(
  request: FastifyRequest,
  payload: IncomingMessage,
  done: (fault: BodyFault | null, body: Buffer) => void,
): void {
  if (Number(request.headers['content-length']) > BODY_LIMIT_BYTES) {
    done(new BodyFault(TOO_LARGE), NOTHING);
    return;
  }
  let body: Buffer = NOTHING;
  let length = 0;
  const end = (problem: Problem | null) => {
    payload.off('data', take).off('end', finish).off('error', breakOff).off('close', breakOff);
    if (problem === null) return done(null, body.subarray(0, length));
    payload.on('error', () => {}).resume();
    done(new BodyFault(problem), NOTHING);
  };
  const take = (chunk: Buffer) => {
    if (length + chunk.length > BODY_LIMIT_BYTES) return end(TOO_LARGE);
    if (!request.server.admission.holdMore(request, chunk.length)) return end(overloadedBy('bytes'));
    body = append(body, length, chunk);
    length += chunk.length;
  };
  const finish = () => end(null);
  const breakOff = () => end(BROKEN_OFF);
  payload.on('data', take).on('end', finish).on('error', breakOff).on('close', breakOff);
}

const NOTHING = Buffer.alloc(0);

/** In one buffer that doubles: a body that comes byte by byte must not cost an object a byte. */
function append(body: Buffer, length: number, chunk: Buffer): Buffer {
  if (length === 0) return chunk;
  const needed = length + chunk.length;
  const roomy = needed <= body.length ? body : Buffer.concat([body], Math.max(needed, 2 * body.length));
  chunk.copy(roomy, length);
  return roomy;
}
