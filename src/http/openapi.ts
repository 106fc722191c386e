/** `/openapi.json`: everything that is served. The document is made when it is first asked for. */
import type { FastifyInstance } from 'fastify';
import type { Route } from './endpoint.ts';
import { endpoint } from './endpoint.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The OpenAPI document of what this server serves. */
    openApi(): Promise<Record<string, unknown>>;
  }
}

/** Gives the server its description; what makes it is loaded only for those who ask. */
export function describeInOpenApi(app: FastifyInstance, routes: readonly Route[], version: string): void {
  let document: Promise<Record<string, unknown>> | undefined;
  app.decorate('openApi', () => {
    document ??= import('./openapi-document.ts').then(({ describeRoutes }) => describeRoutes(routes, version));
    return document;
  });
}

/** Anybody may ask for the document, as often as they like: it is written out once a server. */
const texts = new WeakMap<FastifyInstance, string>();

export const openApiEndpoint = endpoint(
  {
    operationId: 'openapi',
    summary: 'This document',
    description: 'Describes everything that this server serves, as OpenAPI 3.1.',
    tags: ['Operation'],
    response: { 200: { type: 'object', additionalProperties: true } },
  },
  async (_context, request, reply) => {
    const { server } = request;
    let text = texts.get(server);
    if (text === undefined) {
      text = JSON.stringify(await server.openApi());
      texts.set(server, text);
    }
    return reply.type('application/json; charset=utf-8').send(text);
  },
);
