/** A real server on a real port, on a real store. Every answer is held against HubSpot's OpenAPI file. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { Clock, Context } from '../../../src/actions/context.ts';
import { createContext, stopContext } from '../../../src/actions/create-context.ts';
import type { TrustedIssuers } from '../../../src/actions/trusted-issuers.ts';
import type { Limits } from '../../../src/http/limits.ts';
import { listen } from '../../../src/http/listen.ts';
import type { EvidenceIp } from '../../../src/http/pages/observe.ts';
import type { RateLimits } from '../../../src/http/rate-limits.ts';
import { buildServer } from '../../../src/http/server.ts';
import { Mailer } from '../../../src/mail/mailer.ts';
import { smtpSender } from '../../../src/mail/smtp.ts';
import { authorizationServerLoader, DEFAULT_RULES } from '../../../src/oauth/load.ts';
import type { TokenRules } from '../../../src/oauth/provider.ts';
import { openStore } from '../../../src/storage/open-store.ts';
import type { Store } from '../../../src/storage/port.ts';
import { holdAgainstHubSpot } from '../../conformance/hubspot-spec.ts';
import { QUICK } from '../../support/operators.ts';
import { createAccounts, FULL_TOKEN } from './accounts.ts';
import type { Engine } from './engines.ts';

export const V4 = '/communication-preferences/v4';

export interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field
  readonly json: any;
}

export interface Sent {
  /** Sent as JSON, unless it is a string or bytes: these go as they are. */
  readonly body?: unknown;
  /** null sends no Authorization header. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestServer {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly context: Context;
  readonly store: Store;
  /** Sends messages when a test says so; absent where no mail server was given. */
  readonly mailer: Mailer | null;
  request(method: string, path: string, sent?: Sent): Promise<Answer>;
  get(path: string, sent?: Sent): Promise<Answer>;
  post(path: string, body?: unknown, sent?: Sent): Promise<Answer>;
  close(): Promise<void>;
}

export interface TestServerOptions {
  readonly databaseUrl?: string;
  readonly dataPrivacy?: boolean;
  /** Whether another server has made the database ready. */
  readonly isPrepared?: boolean;
  readonly logger?: FastifyBaseLogger;
  readonly clock?: Clock;
  readonly limits?: Partial<Limits>;
  /** Those that shall differ from the defaults. */
  readonly tokenRules?: Partial<TokenRules>;
  readonly rateLimits?: RateLimits;
  readonly maxBatchInputs?: number;
  readonly evidenceIp?: EvidenceIp;
  readonly trustedProxies?: readonly string[];
  /** Asked for them when the server starts. */
  readonly issuers?: () => TrustedIssuers;
  /** Where messages are sent to. */
  readonly smtpUrl?: () => string;
  /** Puts something between the actions and the database. */
  readonly wrapStore?: (store: Store) => Store;
  /** Told of every answer, once it was held against HubSpot's file. */
  readonly onAnswer?: (answer: Answer) => void;
}

export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { databaseUrl = 'sqlite::memory:', wrapStore = (store) => store, onAnswer = () => {} } = options;
  const opened = await openStore(databaseUrl);
  if (!options.isPrepared) {
    await opened.migrate();
    await createAccounts(opened, { dataPrivacy: options.dataPrivacy ?? false });
  }
  const store = wrapStore(opened);
  const site = { url: '' };
  const { smtpUrl } = options;
  const outbox = smtpUrl ? { wake: () => {} } : null;
  const issuers = options.issuers?.() ?? null;
  const context = await createContext(store, {
    ...{ site, outbox, issuers, passwordCost: QUICK, ...(options.clock && { clock: options.clock }) },
    openAuthorizationServer: authorizationServerLoader({ ...DEFAULT_RULES, ...options.tokenRules }),
  });
  const from = { name: 'Acme', address: 'news@acme.example' };
  const mailer = smtpUrl ? new Mailer(context, smtpSender(smtpUrl(), from), pino({ level: 'silent' })) : null;
  const app = await buildServer(context, {
    logger: options.logger ?? false,
    ...(options.limits && { limits: options.limits }),
    ...(options.rateLimits && { rateLimits: options.rateLimits }),
    ...(options.maxBatchInputs && { maxBatchInputs: options.maxBatchInputs }),
    ...(options.evidenceIp && { evidenceIp: options.evidenceIp }),
    ...(options.trustedProxies && { trustedProxies: options.trustedProxies }),
  });
  const url = `http://127.0.0.1:${await listen(app, '127.0.0.1', 0)}`;
  site.url = url;

  const request: TestServer['request'] = async (method, path, { body, token = FULL_TOKEN, headers = {} } = {}) => {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
    const json = isJson ? JSON.parse(text) : undefined;
    const answer = { method, path, status: response.status, headers: response.headers, text, json };
    holdAgainstHubSpot(answer);
    onAnswer(answer);
    return answer;
  };
  return {
    url,
    app,
    context,
    store,
    mailer,
    request,
    get: (path, sent) => request('GET', path, sent),
    post: (path, body, sent) => request('POST', path, { ...sent, body }),
    close: async () => {
      await app.close();
      await mailer?.stop();
      await stopContext(context);
      await opened.close();
    },
  };
}

/** The path of a contact's statuses. */
export function statusesOf(address: string): string {
  return `${V4}/statuses/${encodeURIComponent(address)}`;
}

/** What the management API has of a contact. */
export function subscriberOf(address: string, rest = ''): string {
  return `/optio/v1/subscribers/${encodeURIComponent(address)}${rest}`;
}

/** A change that is in order, to be spoiled by tests. */
export function change(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { subscriptionId: 39644612, statusState: 'SUBSCRIBED', channel: 'EMAIL', ...fields };
}

/** How many events the ledger holds: what tests of refusals compare before and after. */
export async function countEvents(store: Store): Promise<number> {
  const subscribers = await store.subscribers.scan(null, 1_000);
  return subscribers.reduce((sum, { state }) => sum + state.version, 0);
}

/** Starts a server before the tests of the surrounding suite and stops it after them. */
export function useServer(engine: Engine, options: TestServerOptions = {}): () => TestServer {
  let server: TestServer;
  let drop: () => Promise<void>;
  before(async () => {
    const database = await engine.create();
    drop = database.drop;
    server = await startServer({ ...options, databaseUrl: database.databaseUrl });
  });
  after(async () => {
    await server.close();
    await drop();
  });
  return () => server;
}

/** Asserts a refusal: its status, its code, its category, its message, in the right shape. */
export function assertRefused(
  answer: Answer,
  expected: { status: number; category: string; code: string; in?: string; message: string | RegExp },
): void {
  assert.equal(answer.status, expected.status, answer.text);
  const { status, category, message, correlationId, errors } = answer.json;
  assert.equal(status, 'error');
  assert.equal(category, expected.category, answer.text);
  if (typeof expected.message === 'string') assert.equal(message, expected.message);
  else assert.match(message, expected.message);
  assert.equal(correlationId, answer.headers.get('x-hubspot-correlation-id'));
  assert.equal(errors.length, 1);
  assert.equal(errors[0].code, expected.code);
  assert.equal(errors[0].in, expected.in);
}
