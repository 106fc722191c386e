/** The server: Fastify with our rules for bodies, errors and logs, and everything of the routes table on it. */
import type { Socket } from 'node:net';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  fastify,
  LogController,
  type onRequestHookHandler,
} from 'fastify';
import type { Context } from '../actions/context.ts';
import { admitWithinLimits } from './admission.ts';
import { requireAnyScope, requireToken } from './auth.ts';
import { limitBatches } from './batch-limit.ts';
import { acceptJsonBodies } from './body-parser.ts';
import { tellCallers } from './caller-address.ts';
import type { Endpoint, Route } from './endpoint.ts';
import { CORRELATION_HEADER } from './errors.ts';
import { answerBrokenRequest, answerException } from './exceptions.ts';
import { answerRepeats, keepAnswers, takesKeys } from './idempotency.ts';
import { BODY_LIMIT_BYTES, LIMITS, type Limits, MAX_PARAM_LENGTH } from './limits.ts';
import { acceptLines, mayTakeItsTime } from './line-bodies.ts';
import { describeInOpenApi } from './openapi.ts';
import { answerBrokenLink } from './pages/broken-link.ts';
import { acceptForms } from './pages/forms.ts';
import type { EvidenceIp } from './pages/observe.ts';
import { isRateLimited, limitRates, type RateLimits } from './rate-limits.ts';
import { ROUTES } from './routes.ts';
import { SCHEMA_COMPILERS } from './schema-compilers.ts';
import { type Refuse, refuserOf, refuseWhatIsNotServed } from './unknown-paths.ts';
import { MAX_INPUTS } from './v4/request-schemas.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request is carried out with. */
    context: Context;
    /** Epoch milliseconds. */
    arrivedAt: number;
  }
  interface FastifyContextConfig {
    /** Whether the route only reads. */
    changesNothing?: boolean;
    problemOfMissing?: Endpoint['problemOfMissing'];
  }
}

export interface ServerOptions {
  /** A pino logger, or anything shaped like one; false for none. */
  readonly logger: FastifyBaseLogger | false;
  /** Optio's version, as `/openapi.json` shows it. */
  readonly version?: string;
  readonly routes?: readonly Route[];
  /** Those that shall differ from `LIMITS`. */
  readonly limits?: Partial<Limits>;
  /** On how often callers may ask; null for none. */
  readonly rateLimits?: RateLimits | null;
  /** The most inputs of a batch. */
  readonly maxBatchInputs?: number;
  /** Whether a contact's IP address is kept as evidence, and where it is read. */
  readonly evidenceIp?: EvidenceIp;
  /** The networks of the proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
  /** Adds hooks of its own, which come after the server's and before the routes'. */
  readonly addHooks?: (app: FastifyInstance) => void;
}

/**
 * Builds the server on a context whose store is migrated. It listens where it is told to, later. A function says which
 * context is that of the requests that arrive now, where it may become another one.
 */
export async function buildServer(
  context: Context | (() => Context),
  options: ServerOptions,
): Promise<FastifyInstance> {
  const contextNow = typeof context === 'function' ? context : () => context;
  const { logger, version = '0.0.0', rateLimits = null, maxBatchInputs = MAX_INPUTS } = options;
  const routes = limitBatches(options.routes ?? ROUTES, maxBatchInputs);
  const limits = { ...LIMITS, ...options.limits };
  const app = fastify({
    // Its own, so that `listen` can quieten this one alone.
    ...(logger ? { loggerInstance: logger.child({}) } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }),
    // A logger a request costs more than the few requests are worth of which there is something to say.
    childLoggerFactory: (parent) => parent,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionTimeout: limits.stalledMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.checkEveryMs },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: () => contextNow().randomness.correlationId(),
    // What was accepted before the server began to close is still carried out.
    return503OnClosing: false,
    schemaController: { compilersFactory: SCHEMA_COMPILERS },
    frameworkErrors: (error, request, reply) => {
      if (!answerBrokenLink(request as never, reply as never)) answerException(error, request as never, reply as never);
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && mayTakeItsTime(socket as Socket)) return;
      answerBrokenRequest(error, socket as Socket, contextNow().randomness.correlationId());
    },
  });
  app.setErrorHandler(answerException);
  // All that 16 KiB hold: Node would drop those past the two thousandth without a word.
  app.server.maxHeadersCount = 0;
  keepAnswers(app);
  admitWithinLimits(app, limits);
  acceptJsonBodies(app);
  const refuse = refuserOf(routes, answerBrokenLink);
  tellCallers(app, options.trustedProxies ?? []);
  observe(app, contextNow, refuse);
  app.addHook('preClose', (done) => {
    contextNow().feed.endWaits();
    done();
  });
  options.addHooks?.(app);
  describeInOpenApi(app, routes, version);
  const limit = rateLimits && limitRates(rateLimits);
  const serveApi = (scope: FastifyInstance, route: Route) => {
    const { scopes } = route;
    const limits = limit && isRateLimited(route) ? [limit] : [];
    serve(scope, route, scopes === 'public' ? [] : [requireToken, ...limits, requireAnyScope(scopes)]);
  };
  const api = Map.groupBy(
    routes.filter(({ endpoint }) => !endpoint.dialect),
    ({ endpoint }) => endpoint.schema.lines !== undefined,
  );
  for (const route of api.get(false) ?? []) serveApi(app, route);
  app.register((scope, _options, done) => {
    acceptLines(scope);
    for (const route of api.get(true) ?? []) serveApi(scope, route);
    done();
  });
  app.decorate('evidenceIp', options.evidenceIp ?? 'off');
  app.register((scope, _options, done) => {
    acceptForms(scope);
    for (const route of routes.filter(({ endpoint }) => endpoint.dialect)) serve(scope, route, []);
    done();
  });
  refuseWhatIsNotServed(app, routes, refuse);
  return app;
}

/** What is true of every request: its arrival, its id in the answer, one line in the log at most. */
function observe(app: FastifyInstance, contextNow: () => Context, refuse: Refuse): void {
  app.decorateRequest('arrivedAt', 0);
  app.decorateRequest('principal', null);
  app.decorateRequest('problem', null);
  app.decorateRequest('context', null as unknown as Context);
  app.addHook('onRequest', (request, reply, done) => {
    const context = contextNow();
    request.context = context;
    request.arrivedAt = context.clock();
    reply.header(CORRELATION_HEADER, request.id);
    if (request.is404) refuse(request, reply);
    else done();
  });
  if (!['debug', 'trace'].includes(app.log.level)) return;
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const elapsedMs = Math.round(reply.elapsedTime);
    request.log.debug(
      { correlationId: request.id, method, route: routeOptions.url, status: reply.statusCode, elapsedMs },
      'answered',
    );
    done();
  });
}

/** `onRequest` are the hooks that a request passes before its body is read. */
function serve(app: FastifyInstance, route: Route, onRequest: onRequestHookHandler[]): void {
  const { method, path, endpoint } = route;
  const { handle } = endpoint;
  // Without the answers' schemas: JSON.stringify writes those, whatever they are.
  const { params, querystring, body } = endpoint.schema;
  app.route({
    method,
    url: path,
    schema: { ...(params && { params }), ...(querystring && { querystring }), ...(body && { body }) },
    config: {
      changesNothing: method === 'GET' || endpoint.changesNothing === true,
      isAlwaysServed: path === '/health/live',
      showsSecret: endpoint.showsSecret === true,
      problemOfMissing: endpoint.problemOfMissing,
      ...(endpoint.dialect && { tellProblem: endpoint.dialect.tellProblem }),
    },
    onRequest,
    ...(takesKeys(route) && { preHandler: answerRepeats(endpoint) }),
    handler: (request, reply) => handle(request.context, request, reply),
  });
}
