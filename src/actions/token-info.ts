/** What is told of a token to whoever shows it, in HubSpot's words. Null where it is none, has ended, or was used up. */
import { createHmac } from 'node:crypto';
import type { AuthorizationItem, AuthorizationKind } from '../storage/port.ts';
import type { Context } from './context.ts';
import { readHolder } from './grant-holder.ts';
import { hashSecret } from './hash-secret.ts';

/** What access and refresh tokens have in common. */
interface TokenInfo {
  readonly token: string;
  readonly hub_id: number;
  readonly app_id: number;
  readonly client_id: string;
  /** The operator who approved; 0 where nobody did in person. */
  readonly user_id: number;
  /** The operator's e-mail address; absent where there is no such operator any more. */
  readonly user?: string;
  readonly scopes: readonly string[];
  /** When it was given out, and when it ends, in epoch seconds. */
  readonly iat: number;
  readonly exp: number;
}

export interface AccessTokenInfo extends TokenInfo {
  readonly token_use: 'access_token';
  readonly token_type: 'bearer';
  /** In seconds. */
  readonly expires_in: number;
  readonly is_private_distribution: true;
  readonly signed_access_token: SignedAccessToken;
}

export interface RefreshTokenInfo extends TokenInfo {
  readonly token_use: 'refresh_token';
  readonly token_type: 'refresh_token';
}

/** HubSpot's form, for clients whose types demand it. What this server has no such thing of is empty. */
export interface SignedAccessToken {
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly scopes: string;
  readonly hubId: number;
  readonly userId: number;
  readonly appId: number;
  /** Of this server over the fields before it: nobody else can make one, or check it. */
  readonly signature: string;
  readonly scopeToScopeGroupPks: string;
  readonly newSignature: string;
  readonly hublet: string;
  readonly trialScopes: string;
  readonly trialScopeToScopeGroupPks: string;
  readonly isUserLevel: boolean;
  readonly installingUserId: number;
  readonly isServiceAccount: boolean;
  readonly appInstallId: string;
  readonly audience: string;
  readonly isPrivateDistribution: boolean;
}

interface StoredDocument {
  /** By the machine's time, in epoch seconds. */
  readonly iat: number;
  readonly exp: number;
  readonly accountId?: string;
  readonly scope?: string;
}

export async function describeAccessToken(context: Context, token: string): Promise<AccessTokenInfo | null> {
  const item = (await findItem(context, 'AccessToken', token)) ?? (await findItem(context, 'ClientCredentials', token));
  const info = item && (await describe(context, item, token));
  if (!info) return null;
  return {
    ...info,
    token_use: 'access_token',
    token_type: 'bearer',
    expires_in: Math.ceil((item.expiresAt - context.clock()) / 1_000),
    is_private_distribution: true,
    signed_access_token: await signAccessToken(context, info, item.expiresAt),
  };
}

export async function describeRefreshToken(context: Context, token: string): Promise<RefreshTokenInfo | null> {
  const item = await findItem(context, 'RefreshToken', token);
  const info = item && (await describe(context, item, token));
  return info && { ...info, token_use: 'refresh_token', token_type: 'refresh_token' };
}

/** Ends a refresh token with all that was given out for the same approval. False where it was none. */
export async function endRefreshToken(context: Context, token: string): Promise<boolean> {
  const item = await findItem(context, 'RefreshToken', token);
  if (!item) return false;
  await context.store.authorizations.destroy('Grant', item.grantHash ?? item.idHash);
  context.catalogs.clear();
  return true;
}

async function findItem(context: Context, kind: AuthorizationKind, token: string): Promise<AuthorizationItem | null> {
  const item = await context.store.authorizations.find(kind, hashSecret(token));
  return item && item.consumedAt === null && item.expiresAt > context.clock() ? item : null;
}

async function describe({ store }: Context, item: AuthorizationItem, token: string): Promise<TokenInfo | null> {
  const { accountId, scope = '', ...life } = JSON.parse(item.document) as StoredDocument;
  const found = await store.authorizations.findApp(item.clientId);
  if (!found || item.accountId === null) return null;
  const operatorId = readHolder(accountId)?.operatorId ?? 0;
  const operator = await store.operators.find(operatorId);
  const exp = Math.floor(item.expiresAt / 1_000);
  return {
    token,
    hub_id: item.accountId,
    app_id: found.app.id,
    client_id: item.clientId,
    user_id: operatorId,
    ...(operator && { user: operator.email }),
    scopes: scope === '' ? [] : scope.split(' '),
    iat: exp - (life.exp - life.iat),
    exp,
  };
}

async function signAccessToken(context: Context, info: TokenInfo, expiresAt: number): Promise<SignedAccessToken> {
  const { store, randomness, site } = context;
  const key = await store.serverSecrets.secret('oauth-signed-access-token', randomness.secret());
  const signed = {
    expiresAt,
    scopes: info.scopes.join(' '),
    hubId: info.hub_id,
    userId: info.user_id,
    appId: info.app_id,
  };
  const signature = createHmac('sha256', Buffer.from(key, 'hex')).update(JSON.stringify(signed)).digest('base64');
  return {
    ...signed,
    signature,
    scopeToScopeGroupPks: '',
    newSignature: signature,
    hublet: 'opt1',
    trialScopes: '',
    trialScopeToScopeGroupPks: '',
    isUserLevel: false,
    installingUserId: info.user_id,
    isServiceAccount: false,
    appInstallId: `${info.hub_id}-${info.app_id}`,
    audience: site.url,
    isPrivateDistribution: true,
  };
}
