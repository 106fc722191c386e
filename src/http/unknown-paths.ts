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
  const paths = methodsByPath(routes);
  const served = new Set([...paths.values()].flatMap((methods) => [...methods]));
  for (const [path, methods] of paths) {
    refuse(
      app,
      [...served].filter((method) => !methods.has(method)),
      path,
      () => methods,
    );
  }
  // Of methods that no path serves there are many: a route for each path and method would make every start slower.
  const methodsOf = matcher(paths);
  refuse(
    app,
    app.supportedMethods.filter((method) => !served.has(method)),
    '*',
    ({ url }) => methodsOf(url),
  );
}

function refuse(
  app: FastifyInstance,
  method: string[],
  url: string,
  methodsOf: (request: FastifyRequest) => ReadonlySet<string> | undefined,
): void {
  const onRequest = (request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsOf(request);
    sendProblem(request, reply, methods ? notAllowed(request.method, [...methods].sort().join(', ')) : UNKNOWN);
  };
  app.route({ method, url, onRequest, handler: refuseUnknownPath });
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

/** Finds the methods of the path that a URL means: one without parameters before those with some, as the router does. */
function matcher(paths: ReadonlyMap<string, ReadonlySet<string>>) {
  const patterns = [...paths.entries()]
    .map(([path, methods]) => ({ parameters: path.split(':').length, pattern: patternOf(path), methods }))
    .sort((one, other) => one.parameters - other.parameters);
  return (url: string) => {
    // Of a URL with a host its path; `OPTIONS *` means the server as a whole.
    const [target = ''] = url.replace(/^https?:\/\/.*?\//, '/').split(/[?#]/);
    const path = target === '*' ? '/' : decodeURI(target);
    return patterns.find(({ pattern }) => pattern.test(path))?.methods;
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]*')}$`);
}

function notAllowed(method: string, allow: string): Problem {
  return {
    code: 'METHOD_NOT_ALLOWED',
    message: `The method was ${method}. Allowed at this path: ${allow}.`,
    headers: { Allow: allow },
  };
}
