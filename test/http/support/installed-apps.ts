/** Apps that get their tokens by OAuth, and how they do. */
import assert from 'node:assert/strict';
import { FULL_TOKEN } from './accounts.ts';
import type { Answer, TestServer } from './server.ts';

export const CALLBACK = 'https://app.example.com/oauth-callback';

/** An app with what proves that it is it. */
export interface TestApp {
  readonly id: number;
  readonly clientId: string;
  readonly secret: string;
}

/** A new app with a secret, of the account of a token that manages it. */
export async function createApp(server: TestServer, token = FULL_TOKEN): Promise<TestApp> {
  const made = await server.post('/optio/v1/apps', { name: 'CRM', redirectUris: [CALLBACK] }, { token });
  const { id, clientId } = made.json;
  const issued = await server.request('POST', `/optio/v1/apps/${id}/rotate-secret`, { token });
  return { id, clientId, secret: issued.json.clientSecret };
}

/** Asks for tokens in the app's name. */
export function askForTokens(server: TestServer, app: TestApp, fields: Record<string, string>): Promise<Answer> {
  const form = new URLSearchParams({ client_id: app.clientId, client_secret: app.secret, ...fields });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return server.request('POST', '/oauth/v1/token', { token: null, body: form.toString(), headers });
}

export interface GivenTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly hub_id: number;
}

/** What the app gets once an operator has approved: the pages' part is left out. */
export async function tokensByConsent(
  server: TestServer,
  app: TestApp,
  accountId: number,
  scope: string,
): Promise<GivenTokens> {
  const code = await codeByConsent(server, app, accountId, { scope });
  assert.ok(code);
  const given = await askForTokens(server, app, { grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
  assert.equal(given.status, 200, given.text);
  return given.json;
}

/** The code alone, asked for with these parameters; null where the app was told that there is none. */
export async function codeByConsent(
  server: TestServer,
  app: TestApp,
  accountId: number,
  parameters: Readonly<Record<string, string>>,
): Promise<string | null> {
  const authorizationServer = await server.context.authorizationServer();
  const visit = (url: string, cookie = '') =>
    authorizationServer.answer({ method: 'GET', url, headers: cookie ? { cookie } : {}, body: null });
  const query = new URLSearchParams({ client_id: app.clientId, redirect_uri: CALLBACK, ...parameters });
  const asked = await visit(`/oauth/authorize?${query}`);
  const uid = String(asked.headers.location).split('/').at(-1)!;
  const cookies = cookiesOf(asked.headers['set-cookie']);
  const operator = { id: 7, email: 'ada@example.com', passwordHash: '', totpSecret: null, accountIds: null };
  const approval = { operator: { ...operator, createdAt: 1, updatedAt: 1 }, accountId, optional: [] };
  const outcome = await authorizationServer.approve(uid, cookies, approval);
  assert.equal(outcome.kind, 'answered', JSON.stringify(outcome));
  const back = await visit(outcome.continueAt.replace(server.url, ''), cookies);
  return new URL(String(back.headers.location)).searchParams.get('code');
}

function cookiesOf(set: string | readonly string[] | undefined): string {
  return [set ?? []]
    .flat()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
