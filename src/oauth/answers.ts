/** Adds to the library's answers what HubSpot's have besides: whose account, which app, which scopes as a list. */
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Context } from '../actions/context.ts';
import { describeAccessToken, describeRefreshToken } from '../actions/token-info.ts';
import { SCOPES } from '../domain/access.ts';
import { BARE_SCOPE } from './asked-scopes.ts';

export async function addHubSpotFields(context: Context, koa: KoaContextWithOIDC): Promise<void> {
  const { oidc, body } = koa;
  if (koa.status !== 200 || !oidc || typeof body !== 'object' || body === null) return;
  if (oidc.route === 'token') {
    const granted = await describeGrant(context, body as TokenAnswer);
    koa.status = granted ? 200 : 400;
    koa.body = granted ?? ENDED_MEANWHILE;
  }
  if (oidc.route === 'introspection' && (body as { active: boolean }).active) {
    const described = await describeShown(context, koa);
    koa.body = described ? { ...body, ...described } : { active: false };
  }
  if (oidc.route === 'discovery') koa.body = withoutOpenId(body as Record<string, unknown>);
}

/** The library keeps to itself why a code or a refresh token is none; whoever is refused has proved to be the app by then. */
export function explainRefusedGrant(
  koa: KoaContextWithOIDC,
  error: Error & { error?: string; error_detail?: string },
): void {
  if (error.error !== 'invalid_grant' || error.error_detail === undefined) return;
  koa.body = { error: error.error, error_description: error.error_detail };
}

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in: number;
}

/** Somebody uninstalled the app, or used the same code or refresh token, while this one was being answered. */
const ENDED_MEANWHILE = { error: 'invalid_grant', error_description: 'the token ended while it was being given out' };

/** HubSpot's answer, and `scope` as RFC 6749 section 5.1 has it; null where the token is gone again. */
async function describeGrant(context: Context, { access_token, refresh_token, expires_in }: TokenAnswer) {
  const found = await describeAccessToken(context, access_token);
  if (!found) return null;
  const { hub_id, scopes, user_id } = found;
  return {
    token_type: 'bearer',
    ...(refresh_token !== undefined && { refresh_token }),
    access_token,
    hub_id,
    scopes,
    scope: scopes.join(' '),
    expires_in,
    user_id,
    token_use: refresh_token === undefined ? 'client_credentials' : 'access_token',
  };
}

/** Null where the token is gone again. */
async function describeShown(context: Context, { oidc }: KoaContextWithOIDC): Promise<Record<string, unknown> | null> {
  const token = String(oidc.params?.token);
  const described = oidc.entities.RefreshToken
    ? await describeRefreshToken(context, token)
    : await describeAccessToken(context, token);
  return described && { ...described, username: described.user };
}

/** Of the metadata, what is true of this server: the library speaks OpenID Connect, too. */
function withoutOpenId(metadata: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(metadata).filter(([name]) => !OF_OPENID.has(name));
  return {
    ...Object.fromEntries(kept),
    scopes_supported: [...SCOPES, BARE_SCOPE],
    response_modes_supported: ['query', 'form_post'],
  };
}

const OF_OPENID = new Set([
  'claims_parameter_supported',
  'claims_supported',
  'claim_types_supported',
  'jwks_uri',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'request_uri_parameter_supported',
  'token_endpoint_auth_signing_alg_values_supported',
]);
