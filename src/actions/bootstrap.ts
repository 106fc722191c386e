/** Sees to it, at every start, that there is an account and that the operator's bootstrap token exists. */
import { SCOPES } from '../domain/access.ts';
import type { Account, Token } from '../domain/catalog.ts';
import type { FoundToken } from '../storage/port.ts';
import { hashSecret } from './hash-secret.ts';
import { composeAccount, listAccounts } from './manage-accounts.ts';
import { createApp, listApps } from './manage-apps.ts';
import type { Management } from './manage-outcome.ts';
import { composeToken, newSecret } from './manage-tokens.ts';

export type BootstrapOutcome =
  /** This process made the first account; `secret` is the token made with it, null where the operator brought one. */
  | { readonly kind: 'created'; readonly account: Account; readonly secret: string | null }
  | { readonly kind: 'existing' }
  /** The bootstrap token cannot be what it shall: to start all the same would hide that from whoever relies on it. */
  | { readonly kind: 'refused'; readonly because: 'revoked' | 'expired' | 'replaced' | 'of-another-account' };

/** Safe when many processes start at once: one creates the account, and only that one learns so. */
export async function bootstrap(management: Management, bootstrapToken: string | null): Promise<BootstrapOutcome> {
  const accounts = await listAccounts(management);
  if (accounts.length === 0) {
    const created = await createFirst(management, bootstrapToken);
    if (created) return created;
  }
  return bootstrapToken === null ? { kind: 'existing' } : ensureToken(management, bootstrapToken);
}

async function createFirst(management: Management, bootstrapToken: string | null): Promise<BootstrapOutcome | null> {
  const secret = bootstrapToken ?? newSecret(management);
  const name = bootstrapToken === null ? 'First token' : 'Bootstrap token';
  const whole = composeAccount(
    management,
    { id: management.randomness.id(), name: 'My account' },
    (accountId, appId, now) => [firstToken(management, secret, { name, accountId, appId, createdAt: now })],
  );
  if ((await management.store.catalog.insertFirstAccount(whole)) === 'taken') return null;
  management.catalogs.clear();
  return { kind: 'created', account: whole.account, secret: bootstrapToken === null ? secret : null };
}

async function ensureToken(management: Management, secret: string): Promise<BootstrapOutcome> {
  const account = (await listAccounts(management))[0]!;
  const known = await management.store.catalog.findToken(hashSecret(secret));
  if (known) return ensureScopes(management, known, account);
  const appId = await firstApp(management, account.id);
  const token = firstToken(management, secret, {
    name: 'Bootstrap token',
    accountId: account.id,
    appId,
    createdAt: management.clock(),
  });
  const result = await management.store.catalog.insertToken(token);
  management.catalogs.clear();
  // Another process that starts with the same token may have been faster.
  return result === 'taken' ? ensureToken(management, secret) : { kind: 'existing' };
}

/** A token that was made with fewer scopes, or before there were more, gets those that it lacks. */
async function ensureScopes(
  management: Management,
  { token, secretEndsAt }: FoundToken,
  account: Account,
): Promise<BootstrapOutcome> {
  const now = management.clock();
  if (token.accountId !== account.id) return { kind: 'refused', because: 'of-another-account' };
  if (token.revokedAt !== null) return { kind: 'refused', because: 'revoked' };
  if (token.expiresAt !== null && token.expiresAt <= now) return { kind: 'refused', because: 'expired' };
  if (secretEndsAt !== null && secretEndsAt <= now) return { kind: 'refused', because: 'replaced' };
  if (SCOPES.some((scope) => !token.scopes.includes(scope))) {
    await management.store.catalog.updateTokenScopes(account.id, token.id, SCOPES);
    management.catalogs.clear();
  }
  return { kind: 'existing' };
}

async function firstApp(management: Management, accountId: number): Promise<number> {
  const [app] = await listApps(management, accountId);
  if (app) return app.id;
  const created = await createApp(management, accountId, { name: 'Default app' });
  if (created.kind === 'refused') throw new Error(`No app could be made for account ${accountId}`);
  return created.value.id;
}

/** A token with all scopes, the one to manage the account among them. */
function firstToken(
  management: Management,
  secret: string,
  of: Pick<Token, 'name' | 'accountId' | 'appId' | 'createdAt'>,
): Token {
  return composeToken(management, secret, { ...of, scopes: SCOPES, allowedNetworks: [], expiresAt: null });
}
