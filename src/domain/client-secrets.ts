/** An app's client secrets: one, and during a rotation two. */
import type { ClientSecret } from './catalog.ts';

/**
 * The secrets after a rotation: the newest of those that still work, until `oldUntil` or its own end where that is
 * earlier, and `added`. All others are gone. Instants are epoch milliseconds.
 */
export function rotateSecrets(
  secrets: readonly ClientSecret[],
  added: ClientSecret,
  oldUntil: number,
): readonly ClientSecret[] {
  const newest = secrets.at(-1);
  if (!newest) return [added];
  const expiresAt = Math.min(newest.expiresAt ?? oldUntil, oldUntil);
  return expiresAt > added.createdAt ? [{ ...newest, expiresAt }, added] : [added];
}
