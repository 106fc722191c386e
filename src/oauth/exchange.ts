/**
 * Hands requests to the library and takes its answers. It wants Node's own requests and answers; it gets ones without a
 * connection, so that limits, logs and errors of this server hold for what it serves, too.
 */
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import inject from 'light-my-request';
import type { OAuthAnswer, OAuthRequest } from '../actions/authorization-server.ts';
import { pathOf } from './paths.ts';

/** Whatever the client says of them, the library is told where this server is found. */
const SAID_BY_SITE = ['host', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'connection', 'content-length'];

/** The library's answer. `siteUrl` may have a path, which the request's URL does not begin with. */
export async function exchange(
  listener: RequestListener,
  siteUrl: string,
  { method, url, headers, body }: OAuthRequest,
): Promise<OAuthAnswer> {
  const { host, protocol } = new URL(siteUrl);
  const prefix = pathOf(siteUrl);
  const withPrefix: RequestListener = (request, response) => {
    Object.assign(request, { originalUrl: `${prefix}${request.url}` });
    listener(request, response);
  };
  const answer = await inject(withPrefix, {
    method,
    url,
    headers: {
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => !SAID_BY_SITE.includes(name))),
      host,
      'x-forwarded-proto': protocol.slice(0, -1),
    } as OutgoingHttpHeaders,
    ...(body !== null && { payload: body }),
  });
  return { status: answer.statusCode, headers: headersOf(answer.headers), body: answer.payload };
}

function headersOf(headers: OutgoingHttpHeaders): OAuthAnswer['headers'] {
  const kept = Object.entries(headers).filter(([name]) => !['connection', 'content-length', 'date'].includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]));
}

/** Carries out `work` with a request as a browser with these cookies would send it. */
export async function withCookies<Value>(
  siteUrl: string,
  path: string,
  cookies: string | undefined,
  work: (request: IncomingMessage, response: ServerResponse) => Promise<Value>,
): Promise<Value> {
  let working: Promise<Value> | undefined;
  const listener: RequestListener = (request, response) => {
    working = work(request, response).finally(() => response.end());
  };
  const headers = cookies === undefined ? {} : { cookie: cookies };
  await exchange(listener, siteUrl, { method: 'GET', url: path, headers, body: null });
  return working!;
}
