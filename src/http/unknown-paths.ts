/** What is not served: unknown paths are 404, known paths with another method 405 and a list of those allowed. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Route } from './endpoint.ts';
import { type Problem, sendProblem } from './errors.ts';
import { METHODS } from './node-http.ts';

const UNKNOWN: Problem = {
  code: 'RESOURCE_UNKNOWN',
  message: 'resource not found',
  detail: { message: 'Nothing is served at this path. /openapi.json lists what is.' },
};

/** Call it once every route is there. Both answers come before the body is read, whatever it is. */
export function refuseWhatIsNotServed(app: FastifyInstance, routes: readonly Route[]): void {
  app.setNotFoundHandler(refuseUnknownPath);
  // Fastify takes methods that it was not told of for unknown paths. Node never hands CONNECT to a server like ours.
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method);
  }
  for (const [path, methods] of methodsByPath(routes)) {
    const allow = [...methods].sort().join(', ');
    app.route({
      method: app.supportedMethods.filter((method) => !methods.has(method)),
      url: path,
      schema: { hide: true },
      onRequest: (request, reply) => void sendProblem(request, reply, notAllowed(request.method, allow)),
      handler: refuseUnknownPath,
    });
  }
}

/** As a hook for all requests: unknown paths are refused before a body could be found at fault. */
export function refuseUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(request, reply, UNKNOWN);
}

function methodsByPath(routes: readonly Route[]): Map<string, Set<string>> {
  const paths = new Map<string, Set<string>>();
  for (const { method, path } of routes) {
    const methods = paths.get(path) ?? new Set();
    methods.add(method);
    if (method === 'GET') methods.add('HEAD');
    paths.set(path, methods);
  }
  return paths;
}

function notAllowed(method: string, allow: string): Problem {
  return {
    code: 'METHOD_NOT_ALLOWED',
    message: `The method was ${method}. Allowed at this path: ${allow}.`,
    headers: { Allow: allow },
  };
}
