/** Who holds this token, if anybody may. */
import type { Authentication } from '../domain/access.ts';
import type { Token } from '../domain/catalog.ts';
import type { Context } from './context.ts';

/** Principals by the token they were read from, so that a request costs a look-up and no allocation. */
const principals = new WeakMap<Token, Authentication & { kind: 'authenticated' }>();

/** Who shows `secret`, as far as that is known without asking the store: nearly always. Otherwise null. */
export function authenticateKnown(context: Context, secret: string): Authentication | null {
  const token = context.catalogs.knownToken(secret);
  return token ? authenticationBy(token, context.clock()) : null;
}

/** Finds out who shows `secret`. A revoked token is as unknown as one that never was. */
export async function authenticate(context: Context, secret: string): Promise<Authentication> {
  const token = await context.catalogs.token(secret);
  return token ? authenticationBy(token, context.clock()) : { kind: 'unknown' };
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
