/** Understands JSON bodies. What is wrong with one is a `BodyFault`, which `exceptions.ts` answers. */
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BodyFault, readBody } from './body-reader.ts';
import type { Problem } from './errors.ts';
import { shorten } from './validation-problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the body was read from; empty where there is none. */
    bodyText: string;
  }
}

/** JSON is the only content type. An empty body is no body, whatever type it claims. */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.decorateRequest('bodyText', '');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', (request, payload, done) => {
    readBody(request, payload, (fault, body) => {
      if (fault) return done(fault, undefined);
      let parsed: unknown;
      try {
        parsed = parseBody(request, body);
      } catch (error) {
        return done(error as Error, undefined);
      }
      done(null, parsed);
    });
  });
  app.addContentTypeParser('*', (request, payload, done) => {
    const { 'transfer-encoding': transferEncoding, 'content-length': length = '0' } = request.headers;
    const proceed = (isEmpty: boolean) =>
      isEmpty ? done(null, undefined) : done(new BodyFault(unsupportedContentType(request)), undefined);
    if (transferEncoding === undefined) proceed(length === '0');
    else whetherEmpty(payload, proceed);
  });
}

/** No header says how long a chunked body is: of one it is told at the first byte or the end, whichever comes first. */
function whetherEmpty(payload: Readable, tell: (isEmpty: boolean) => void): void {
  let isTold = false;
  const tellOnce = (isEmpty: boolean) => {
    if (!isTold) tell(isEmpty);
    isTold = true;
  };
  // Whatever else arrives flows past. A client that breaks off in the middle is beyond any answer.
  payload.on('data', () => tellOnce(false));
  payload.on('end', () => tellOnce(true));
  payload.on('error', () => tellOnce(false));
}

function parseBody(request: FastifyRequest, body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const fault = findEncodingFault(request, 'application/json, with charset=utf-8 or without a charset');
  if (fault) throw fault;
  if (!isUtf8(body)) {
    throw new BodyFault({
      code: 'BODY_NOT_UTF8',
      message: 'The body is not valid UTF-8. Allowed: JSON in UTF-8.',
      in: 'body',
    });
  }
  const text = body.toString('utf8');
  try {
    // A byte order mark is no part of JSON, but some clients send one.
    request.bodyText = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    return JSON.parse(request.bodyText);
  } catch (error) {
    throw new BodyFault({
      code: 'MALFORMED_JSON',
      message: describeSyntaxError(error as SyntaxError, text),
      in: 'body',
    });
  }
}

/** What is wrong with a body's encoding and charset, as far as its headers say. `allowed` completes the message. */
export function findEncodingFault({ headers }: FastifyRequest, allowed: string): BodyFault | null {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return new BodyFault(unsupported('Content-Encoding', encoding, 'none'));
  }
  const type = headers['content-type'] ?? '';
  if (USUAL_TYPE.test(type) || isNamedUtf8(type)) return null;
  return new BodyFault(unsupported('Content-Type', type, allowed));
}

/** What nearly every client sends, told in one step. */
const USUAL_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;

/** A parameter of a media type: its name, and its value as a token or a quoted string (RFC 9110 section 5.6.6). */
const PARAMETER = /;\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)/g;

/** Whether the type names no charset but UTF-8, also as `utf8`. JSON defines none; a client that names another one means it. */
function isNamedUtf8(contentType: string): boolean {
  const charsets = [...contentType.matchAll(PARAMETER)].filter(([, name]) => name?.toLowerCase() === 'charset');
  return charsets.every(([, , value]) => /^("?)utf-?8\1$/i.test(value ?? ''));
}

/** V8 names the position of some faults and quotes the text around others. */
function describeSyntaxError({ message }: SyntaxError, text: string): string {
  const place = / \(line (\d+) column (\d+)\)$/.exec(message);
  const reason = message.replace(/ in JSON at position \d+.*$/s, '');
  if (place)
    return `Invalid input JSON on line ${place[1]}, column ${place[2]}: ${reason}. Sent: ${shorten(text)}. Allowed: a JSON object.`;
  return `Invalid input JSON: ${reason.replace(/, ".*$/s, '')}. Sent: ${shorten(text)}. Allowed: a JSON object.`;
}

/** What to answer to a body in a type that is not JSON, where that is wanted, or that cannot be read as a type at all. */
export function unsupportedContentType({ headers, routeOptions }: FastifyRequest): Problem {
  const takesForms = routeOptions.config.tellProblem !== undefined;
  const allowed = takesForms ? 'application/x-www-form-urlencoded' : 'application/json';
  return unsupported('Content-Type', headers['content-type'], allowed);
}

function unsupported(header: string, sent: string | undefined, allowed: string): Problem {
  const what = sent === undefined ? `The request has a body but no ${header}.` : `${header} was ${shorten(sent)}.`;
  return { code: 'CONTENT_TYPE_UNSUPPORTED', message: `${what} Allowed: ${allowed}.`, in: header };
}
