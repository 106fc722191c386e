/** Gives a token a new secret, while the one before works on for as long as the change takes. */
import type { Token } from '../domain/catalog.ts';
import { hashSecret } from './hash-secret.ts';
import { done, instantAfter, type Management, type ManageOutcome, persist, refused } from './manage-outcome.ts';
import { findToken, hintOf, type IssuedToken, newSecret } from './manage-tokens.ts';
import { endOfOld, type OldUntil } from './rotation.ts';

/**
 * The token keeps its id, name, app, scopes, networks and expiry. Of the secrets before, the last one works until
 * `oldUntil`, and those before it no more.
 */
export async function rotateToken(
  management: Management,
  accountId: number,
  tokenId: string,
  oldUntil?: OldUntil,
): Promise<ManageOutcome<IssuedToken>> {
  const oldEndsAt = endOfOld(oldUntil, management.clock());
  if (oldEndsAt.kind === 'refused') return oldEndsAt;
  const outcome = await persist<IssuedToken>('token', async () => {
    const found = await findToken(management, accountId, tokenId);
    return found.kind === 'refused' ? found : replaceSecret(management, found.value, oldEndsAt.value);
  });
  management.catalogs.clear();
  return outcome;
}

/** Null where another rotation got in between. */
async function replaceSecret(
  management: Management,
  before: Token,
  oldUntil: number,
): Promise<ManageOutcome<IssuedToken> | null> {
  if (before.revokedAt !== null) return refused({ code: 'ended', thing: 'token', id: before.id, how: 'was revoked' });
  if (before.expiresAt !== null && before.expiresAt <= management.clock()) {
    return refused({ code: 'ended', thing: 'token', id: before.id, how: 'has expired' });
  }
  const secret = newSecret(management);
  const rotatedAt = instantAfter(management.clock, before.rotatedAt ?? before.createdAt);
  const renewed = { secretHash: hashSecret(secret), hint: hintOf(secret), rotatedAt };
  const result = await management.store.catalog.rotateToken(before, { ...renewed, oldEndsAt: oldUntil });
  if (result === 'stale') return null;
  return done({ token: { ...before, ...renewed, oldSecret: { hint: before.hint, endsAt: oldUntil } }, secret });
}
