/** Who holds this token, if anybody may. */
import type { Authentication } from '../domain/access.ts';
import type { Token } from '../domain/catalog.ts';
import type { Context } from './context.ts';
import { describeMissingHolder, type Holder } from './trusted-issuers.ts';

/** Principals by the token they were read from, so that a request costs a look-up and no allocation. */
const principals = new WeakMap<Token, Holder>();

/** Who shows `secret`, as far as that is known without asking the store: nearly always. Otherwise null. */
export function authenticateKnown(context: Context, secret: string): Authentication | null {
  const token = context.catalogs.knownToken(secret);
  if (token) return authenticationBy(token, context.clock());
  const holder = context.issuers?.remembered(secret, context.clock());
  return holder && isHere(holder, context.catalogs.knownApps(holder.principal.accountId)) ? holder : null;
}

/** Finds out who shows `secret`. A revoked token is as unknown as one that never was. */
export async function authenticate(context: Context, secret: string): Promise<Authentication> {
  const verifying = context.issuers?.verify(secret, context.clock());
  if (verifying) {
    const verified = await verifying;
    if (verified.kind !== 'authenticated') return verified;
    const { principal } = verified;
    if (isHere(verified, await context.catalogs.apps(principal.accountId))) return verified;
    return { kind: 'refused', because: describeMissingHolder(principal) };
  }
  const token = await context.catalogs.token(secret);
  return token ? authenticationBy(token, context.clock()) : { kind: 'unknown' };
}

/** Whether the account has the app that an issuer's token names. */
function isHere({ principal }: Holder, apps: ReadonlySet<number> | undefined): boolean {
  return apps?.has(principal.appId) ?? false;
}

function authenticationBy(token: Token, now: number): Authentication {
  if (token.revokedAt !== null) return { kind: 'unknown' };
  if (token.expiresAt !== null && token.expiresAt <= now) return { kind: 'expired', expiredAt: token.expiresAt };
  const known = principals.get(token);
  if (known) return known;
  const { accountId, appId } = token;
  const authenticated = {
    kind: 'authenticated',
    principal: { accountId, appId, scopes: new Set(token.scopes) },
  } as const;
  principals.set(token, authenticated);
  return authenticated;
}
