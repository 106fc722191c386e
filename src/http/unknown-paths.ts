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

/** Answers a request that no route took. */
export type RefuseUnknownPath = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * How requests are refused that none of the routes takes, before a body could be found at fault. Which paths there are
 * is worked out for the first of them: a route for each path and each method that it does not have would make every
 * start slower.
 */
export function unknownPathRefusal(routes: readonly Route[]): RefuseUnknownPath {
  let methodsOf: ReturnType<typeof matcher> | undefined;
  return (request, reply) => {
    methodsOf ??= matcher(methodsByPath(routes));
    const methods = methodsOf(request.url);
    const isKnown = methods !== undefined && !methods.has(request.method);
    sendProblem(request, reply, isKnown ? notAllowed(request.method, [...methods].sort().join(', ')) : UNKNOWN);
  };
}

/**
 * `/statuses/batch/unsubscribe-all` is also what `/statuses/:address/unsubscribe-all` looks like. Such a path has routes
 * for the methods that only the other one has, so that they are refused there too.
 */
export function refuseLookalikes(app: FastifyInstance, routes: readonly Route[], refuse: RefuseUnknownPath): void {
  const paths = [...methodsByPath(routes)];
  const patterns = paths
    .filter(([path]) => path.includes(':'))
    .map(([path, methods]) => ({ pattern: patternOf(path), methods }));
  for (const [url, methods] of paths.filter(([path]) => !path.includes(':'))) {
    const taken = patterns.filter(({ pattern }) => pattern.test(url)).flatMap((other) => [...other.methods]);
    const method = [...new Set(taken)].filter((each) => !methods.has(each));
    if (method.length > 0) app.route({ method, url, onRequest: refuse, handler: refuse });
  }
}

/** Fastify refuses methods that it was not told of in words of its own. Node never hands CONNECT to a server like ours. */
export function takeAllMethods(app: FastifyInstance): void {
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method);
  }
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
