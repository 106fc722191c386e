/** Bodies of lines (application/x-ndjson): read while they arrive and never held whole, so they may have any length. */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { findEncodingFault } from './body-parser.ts';

export const LINES_TYPE = 'application/x-ndjson';

declare module 'fastify' {
  interface FastifyRequest {
    /** A body of lines, unread; null where there is none. */
    lineBody: Readable | null;
  }
}

/** Connections on which a body of lines arrives: as long as anything moves, it may take longer than other requests. */
const unhurried = new WeakSet<Socket>();

export function mayTakeItsTime(socket: Socket): boolean {
  return unhurried.has(socket);
}

/** Takes bodies of lines, beside JSON. Call it on a scope of its own. What is read of such a request as its body is null. */
export function acceptLines(scope: FastifyInstance): void {
  scope.decorateRequest('lineBody', null);
  scope.addContentTypeParser(LINES_TYPE, (request, payload, done) => {
    const fault = findEncodingFault(request, `${LINES_TYPE}, in UTF-8`);
    if (fault) return done(fault, undefined);
    const { socket } = request.raw;
    unhurried.add(socket);
    payload.once('close', () => unhurried.delete(socket));
    request.lineBody = payload;
    done(null, null);
  });
}
