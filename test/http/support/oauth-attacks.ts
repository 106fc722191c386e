/** What attacks on OAuth go by: a server whose clock can be moved, and who sees all that it gives out. */
import assert from 'node:assert/strict';
import type { AuthorizationItem } from '../../../src/storage/port.ts';
import { withMethodsOf } from '../../support/tampered-store.ts';
import type { Engine } from './engines.ts';
import { askForTokens, CALLBACK, type TestApp } from './installed-apps.ts';
import { type Answer, statusesOf, type TestServer, type TestServerOptions, useServer } from './server.ts';

export const READ = 'communication_preferences.read';
export const WRITE = 'communication_preferences.write';
export const ADMIN = 'optio.admin';
export const FORM = 'application/x-www-form-urlencoded';

/** A verifier of RFC 7636, and its challenge (appendix B). */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

export interface Target {
  readonly server: () => TestServer;
  /** Everything that the authorization server stored so far. */
  readonly saved: AuthorizationItem[];
  /** Moves the server's clock. */
  readonly pass: (milliseconds: number) => void;
}

/** A server for the tests of the surrounding suite. */
export function useTarget(engine: Engine, options: TestServerOptions = {}): Target {
  const saved: AuthorizationItem[] = [];
  let passed = 0;
  const server = useServer(engine, {
    ...options,
    clock: () => Date.now() + passed,
    wrapStore: (store) => {
      const authorizations = withMethodsOf(store.authorizations, {
        save: (item) => {
          saved.push(item);
          return store.authorizations.save(item);
        },
      });
      return withMethodsOf(store, { authorizations });
    },
  });
  const pass = (milliseconds: number) => {
    passed += milliseconds;
  };
  return { server, saved, pass };
}

/** Asks for tokens with a code. */
export function redeem(server: TestServer, app: TestApp, code: string, fields: Record<string, string> = {}) {
  return askForTokens(server, app, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    ...fields,
  });
}

/** Asks for tokens with a refresh token. */
export function refresh(server: TestServer, app: TestApp, token: string, fields: Record<string, string> = {}) {
  return askForTokens(server, app, { grant_type: 'refresh_token', refresh_token: token, ...fields });
}

/** Posts a form as it stands. */
export function postForm(
  server: TestServer,
  path: string,
  form: string | Uint8Array | Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isText = typeof form === 'string' || form instanceof Uint8Array;
  const body = isText ? form : new URLSearchParams(form).toString();
  return server.request('POST', path, { token: null, body, headers: { 'content-type': FORM, ...headers } });
}

/** The status of a call to the API with the token: 200, 401 where it is none, 403 where its scopes do not do. */
export async function statusWith(server: TestServer, token: string): Promise<number> {
  return (await server.get(`${statusesOf('ada@example.com')}?channel=EMAIL`, { token })).status;
}

/** Holds a refusal against RFC 6749 section 5.2, and against HubSpot's shape of errors. */
export function assertOAuthError(answer: Answer, status: number, error: string, says = /./): void {
  const what = `${answer.method} ${answer.path}: ${answer.status} ${answer.text}`;
  assert.equal(answer.status, status, what);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/, what);
  const { json, headers } = answer;
  assert.equal(json.error, error, what);
  assert.match(json.error_description, says, what);
  assert.deepEqual([json.status, json.errors.length, json.message], ['error', 1, json.error_description], what);
  assert.equal(json.category, status === 401 ? 'INVALID_AUTHENTICATION' : 'VALIDATION_ERROR', what);
  assert.equal(json.correlationId, headers.get('x-hubspot-correlation-id'), what);
  assert.match(headers.get('cache-control') ?? '', /no-store/, what);
  for (const name of ['access_token', 'refresh_token', 'id_token', 'code']) assert.equal(json[name], undefined, what);
}
