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

export type Refuse = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Refuses a request that no route takes: 405 where its path is served with other methods, 404 elsewhere; where `answered`
 * says so of an unknown path, it was answered in another way.
 */
export function refuserOf(
  routes: readonly Route[],
  answered: (request: FastifyRequest, reply: FastifyReply) => boolean,
): Refuse {
  let methodsOf: ReturnType<typeof matcher> | undefined;
  return (request, reply) => {
    methodsOf ??= matcher(methodsByPath(routes));
    const methods = methodsOf(request.url);
    if (methods) sendProblem(request, reply, notAllowed(request.method, methods));
    else if (!answered(request, reply)) sendProblem(request, reply, UNKNOWN);
  };
}

/** Call it once every route is there. All answers come before the body is read, whatever it is. */
export function refuseWhatIsNotServed(app: FastifyInstance, routes: readonly Route[], refuse: Refuse): void {
  app.setNotFoundHandler(refuse);
  // Fastify takes methods that it was not told of for unknown paths. Node never hands CONNECT to a server like ours.
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method);
  }
  const paths = methodsByPath(routes);
  const served = new Set([...paths.values()].flatMap((methods) => [...methods]));
  // Elsewhere the router finds no route by itself; one for each path and method would make every start slower.
  const patterns = [...paths.keys()].filter((path) => path.includes(':')).map(patternOf);
  for (const [path, methods] of paths) {
    if (!isTakenForAnother(path, patterns)) continue;
    const missing = [...served].filter((method) => !methods.has(method));
    app.route({ method: missing, url: path, onRequest: refuse, handler: refuse });
  }
  const unserved = app.supportedMethods.filter((method) => !served.has(method));
  app.route({ method: unserved, url: '*', onRequest: refuse, handler: refuse });
}

/** Whether a path without parameters would be read as one with some, for methods that only that one has. */
function isTakenForAnother(path: string, patterns: readonly RegExp[]): boolean {
  return !path.includes(':') && patterns.some((pattern) => pattern.test(path));
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

function notAllowed(method: string, methods: ReadonlySet<string>): Problem {
  const allow = [...methods].sort().join(', ');
  return {
    code: 'METHOD_NOT_ALLOWED',
    message: `The method was ${method}. Allowed at this path: ${allow}.`,
    headers: { Allow: allow },
  };
}
