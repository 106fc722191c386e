/**
 * What an endpoint is made of. Its schema is plain JSON Schema, written down as a constant: Ajv validates with it,
 * `/openapi.json` shows it, and the types of handlers are inferred from it. TypeBox does that inference at type level
 * alone: importing its builders would cost more time at start than all of Fastify.
 */
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import type { XStatic } from 'typebox/schema';
import type { Context } from '../actions/context.ts';
import type { NeededScopes } from '../domain/access.ts';
import type { Problem } from './errors.ts';

/** JSON Schema, as deep as this module looks into it. */
export type JsonSchema = { readonly [keyword: string]: unknown };

export interface EndpointSchema {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly params?: JsonSchema;
  /** Query strings are text: see `query-types.ts` for how numbers and booleans are written in them. */
  readonly querystring?: JsonSchema;
  readonly body?: JsonSchema;
  /** What a line is, where the body may be a list of lines in place of JSON: it comes as `request.lineBody`. */
  readonly lines?: JsonSchema;
  /** The fields of a form, to be shown: whoever reads the form checks it. */
  readonly form?: JsonSchema;
  /** By status code; the error body is added to every endpoint when it is registered. */
  readonly response: { readonly [status: number]: JsonSchema };
}

type Part<S, Name extends string> = S extends { readonly [key in Name]: infer P } ? XStatic<P> : undefined;
type Answers<S> = S extends { readonly response: infer R }
  ? { [Status in keyof R]: XStatic<R[Status]> }[keyof R]
  : never;

export type RequestOf<S> = FastifyRequest<{
  Params: Part<S, 'params'>;
  Querystring: Part<S, 'querystring'>;
  Body: Part<S, 'body'>;
}>;

/** Returns the body of the answer, or the reply where a problem was sent instead. */
export type Handle<S> = (
  context: Context,
  request: RequestOf<S>,
  reply: FastifyReply,
) => Promise<Answers<S> | FastifyReply> | Answers<S> | FastifyReply;

export interface Endpoint {
  readonly schema: EndpointSchema;
  readonly handle: (context: Context, request: FastifyRequest, reply: FastifyReply) => unknown;
  /** Of a POST that only reads. A GET never changes anything. */
  readonly changesNothing?: boolean;
  /** Whether its answer shows a secret, this once. */
  readonly showsSecret?: boolean;
  /** What is said of a body that lacks required fields, given their names; where a family has words of its own. */
  readonly problemOfMissing?: (fields: readonly string[]) => Problem;
  /** Of pages for people, and of what OAuth defines: how it speaks otherwise than the API does. */
  readonly dialect?: Dialect;
}

/** It takes forms in place of JSON, and tells problems in its own way. */
export interface Dialect {
  readonly tellProblem: NonNullable<FastifyContextConfig['tellProblem']>;
  /** What its problems look like; pages, where it does not say. */
  readonly problem?: JsonSchema;
}

type Traits = Pick<Endpoint, 'changesNothing' | 'showsSecret' | 'problemOfMissing' | 'dialect'>;

/** An answer for people, in `/openapi.json`. */
export const HTML = { description: 'A page.', content: { 'text/html': { schema: { type: 'string' } } } } as const;

/** Ties a handler to its schema, so that the compiler holds one against the other. */
export function endpoint<const S extends EndpointSchema>(schema: S, handle: Handle<S>, traits: Traits = {}): Endpoint {
  return { schema, handle: handle as Endpoint['handle'], ...traits };
}

/** One line of the table of contents. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `:name` stands for one segment. */
  readonly path: string;
  /** Any one of them suffices; `public` asks for no token. */
  readonly scopes: readonly NeededScopes[] | 'public';
  readonly endpoint: Endpoint;
}
