/** Gives an app a client secret: its first, or one beside the one it has, which works on for as long as the change takes. */
import type { App } from '../domain/catalog.ts';
import { rotateSecrets } from '../domain/client-secrets.ts';
import { hashSecret } from './hash-secret.ts';
import { changeApp } from './manage-apps.ts';
import { done, type Management, type ManageOutcome } from './manage-outcome.ts';
import { hintOf } from './manage-tokens.ts';
import { endOfOld, type OldUntil } from './rotation.ts';

/** An app at the one moment its new secret is known. */
export interface IssuedAppSecret {
  readonly app: App;
  readonly secret: string;
}

/** An app has two secrets at most: with a third, the oldest is gone. */
export async function rotateAppSecret(
  management: Management,
  accountId: number,
  appId: number,
  oldUntil?: OldUntil,
): Promise<ManageOutcome<IssuedAppSecret>> {
  const oldEndsAt = endOfOld(oldUntil, management.clock());
  if (oldEndsAt.kind === 'refused') return oldEndsAt;
  const secret = `secret-opt1-${management.randomness.secret()}`;
  const outcome = await changeApp(management, accountId, appId, (app, now) => {
    const added = { secretHash: hashSecret(secret), hint: hintOf(secret), createdAt: now, expiresAt: null };
    return { ...app, secrets: rotateSecrets(app.secrets, added, oldEndsAt.value) };
  });
  return outcome.kind === 'done' ? done({ app: outcome.value, secret }) : outcome;
}
