/** Who holds this token, if anybody may. */
import { hash } from 'node:crypto';
import type { Authentication } from '../domain/access.ts';
import type { Token } from '../domain/catalog.ts';
import type { Context } from './context.ts';

/** The form in which a secret is stored and looked up: SHA-256, 64 hexadecimal digits. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Principals by the token they were read from, so that a request costs a look-up and no allocation. */
const principals = new WeakMap<Token, Authentication & { kind: 'authenticated' }>();

/** Finds out who shows `secret`. A revoked token is as unknown as one that never was. */
export async function authenticate(context: Context, secret: string): Promise<Authentication> {
  const token = await context.catalogs.token(hashSecret(secret));
  if (!token || token.revokedAt !== null) return { kind: 'unknown' };
  if (token.expiresAt !== null && token.expiresAt <= context.clock()) {
    return { kind: 'expired', expiredAt: token.expiresAt };
  }
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
