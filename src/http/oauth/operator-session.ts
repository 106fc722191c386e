/** That an operator is signed in with a browser: a cookie that holds the session's secret. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../actions/context.ts';
import { signedIn } from '../../actions/sign-in.ts';
import type { Operator } from '../../domain/operator.ts';

export interface BrowserSession {
  readonly operator: Operator;
  readonly secret: string;
}

/** Null where nobody is signed in. */
export async function sessionOf(context: Context, request: FastifyRequest): Promise<BrowserSession | null> {
  const secret = secretIn(context, request);
  const found = secret === null ? null : await signedIn(context, secret);
  return found && secret !== null ? { operator: found.operator, secret } : null;
}

/** Null where nobody is signed in. */
export async function operatorOf(context: Context, request: FastifyRequest): Promise<Operator | null> {
  return (await sessionOf(context, request))?.operator ?? null;
}

/** The secret that the browser holds, of whatever session; null where it holds none. */
export function secretIn(context: Context, { headers }: FastifyRequest): string | null {
  const start = `${nameFor(context)}=`;
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length) || null;
}

/** Has the browser hold a session's secret until `expiresAt`, in epoch milliseconds. */
export function keepSecret(context: Context, reply: FastifyReply, secret: string, expiresAt: number): void {
  setCookie(context, reply, secret, Math.floor((expiresAt - context.clock()) / 1_000));
}

export function dropSecret(context: Context, reply: FastifyReply): void {
  setCookie(context, reply, '', 0);
}

/** Lax: an app sends browsers here by links, and no other site can have them post with it. */
function setCookie(context: Context, reply: FastifyReply, value: string, maxAgeSeconds: number): void {
  const secure = isSecure(context) ? '; Secure' : '';
  const cookie = `${nameFor(context)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
  reply.header('Set-Cookie', cookie);
}

/** With the prefix, browsers take the cookie over https and from this very host only. */
function nameFor(context: Context): string {
  return isSecure(context) ? '__Host-optio-session' : 'optio-session';
}

function isSecure({ site }: Context): boolean {
  return site.url.startsWith('https:');
}
