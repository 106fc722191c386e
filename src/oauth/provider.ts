/** The library, set up as this server needs it: OAuth 2.0 for apps that have secrets, nothing of OpenID Connect. */
import { generateKeyPairSync } from 'node:crypto';
import type { AccessToken, ClientCredentials, Configuration, KoaContextWithOIDC, RefreshToken } from 'oidc-provider';
import Provider, { errors, interactionPolicy } from 'oidc-provider';
import type { Context } from '../actions/context.ts';
import { SCOPES } from '../domain/access.ts';
import { addHubSpotFields, explainRefusedGrant } from './answers.ts';
import { BARE_SCOPE } from './asked-scopes.ts';
import { isSecretOf } from './clients.ts';
import { AUTHORIZE_PATH, CONSENT_PATH, pathOf, ROUTES } from './paths.ts';
import { adapterOf } from './stored-items.ts';

/** What the operator of this server decides. */
export interface TokenRules {
  /** How long an access token is good for. */
  readonly accessTokenSeconds: number;
  /** Whether a refresh token is good for once, and each refresh gives another one. */
  readonly rotateRefreshTokens: boolean;
}

const MINUTE_SECONDS = 60;
/** HubSpot's refresh tokens have no end: an app stays installed until somebody uninstalls it. */
const NO_END_SECONDS = 10 * 365 * 86_400;

/** How the library says that a request cannot be answered by going back to the app. */
export type TellRefusal = (context: KoaContextWithOIDC, error: { error: string; error_description?: string }) => void;

export async function makeProvider(context: Context, rules: TokenRules, tellRefusal: TellRefusal): Promise<Provider> {
  const { url } = context.site;
  const cookieKey = await context.store.serverSecrets.secret('oauth-cookies', context.randomness.secret());
  const cookie = {
    httpOnly: true,
    sameSite: 'lax',
    secure: url.startsWith('https:'),
    signed: true,
    overwrite: true,
  } as const;
  const configuration: Configuration = {
    adapter: adapterOf(context),
    // Whoever approved may be gone: what was approved stays until the app is uninstalled.
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    scopes: [...SCOPES, BARE_SCOPE],
    claims: {},
    responseTypes: ['code'],
    extraParams: { optional_scope: null, unknown_scope: demandKnownScope },
    routes: { ...UNSERVED, ...ROUTES },
    clientAuthMethods: ['client_secret_post', 'client_secret_basic'],
    // No page in a browser may hold an app's secret.
    clientBasedCORS: () => false,
    // An app with a secret proves itself by it; where it sends a code challenge, it must answer it, too.
    pkce: { required: () => false },
    cookies: {
      keys: [cookieKey],
      names: { session: SESSION_COOKIE, interaction: 'optio_oauth_consent', resume: 'optio_oauth_resume' },
      short: cookie,
      long: cookie,
    },
    jwks: { keys: [throwAwayKey()] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    issueRefreshToken: () => true,
    // Who asks for tokens names the redirect URI again, as RFC 6749 section 4.1.3 and HubSpot have it.
    allowOmittingSingleRegisteredRedirectUri: false,
    // Whatever is ended, its grant goes with all that hangs on it, and with what is being hung on it at the moment.
    revokeGrantPolicy: () => true,
    rotateRefreshToken: rules.rotateRefreshTokens,
    expiresWithSession: () => false,
    // By default, requests and tokens would live a quarter of a minute longer than was said.
    clockTolerance: 0,
    ttl: {
      AccessToken: rules.accessTokenSeconds,
      ClientCredentials: rules.accessTokenSeconds,
      AuthorizationCode: MINUTE_SECONDS,
      Interaction: 30 * MINUTE_SECONDS,
      Session: MINUTE_SECONDS,
      RefreshToken: NO_END_SECONDS,
      Grant: NO_END_SECONDS,
    },
    interactions: { policy: [alwaysAsk()], url: (_context, { uid }) => `${pathOf(url)}${CONSENT_PATH}/${uid}` },
    loadExistingGrant: async ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : oidc.provider.Grant.find(grantId);
    },
    renderError: (koa, out) => tellRefusal(koa, out),
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      dPoP: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: isOwn },
      revocation: { enabled: true, allowedPolicy: isOwn },
    },
  };
  const provider = new Provider(url, configuration);
  provider.proxy = true;
  provider.silent = true;
  provider.Client.prototype.compareClientSecret = async function compareClientSecret(sent: string): Promise<boolean> {
    const found = await context.store.authorizations.findApp(this.clientId);
    return found !== null && isSecretOf(found.app.secrets, sent, context.clock());
  };
  provider.on('grant.error', explainRefusedGrant);
  provider.use(async (koa, next) => {
    if (koa.path.startsWith(AUTHORIZE_PATH)) koa.set(PAGE_HEADERS);
    try {
      await next();
      await addHubSpotFields(context, koa as unknown as KoaContextWithOIDC);
    } catch (error) {
      // The library's own handler is further in.
      provider.emit('server_error', koa as unknown as KoaContextWithOIDC, error as Error);
    }
  });
  return provider;
}

/** Of the page that posts a code to the app (`response_mode=form_post`): the library adds its script's hash. */
const PAGE_HEADERS = {
  'content-security-policy': "default-src 'none'; script-src; base-uri 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** No such session is kept: see `stored-items.ts`. */
export const SESSION_COOKIE = 'optio_oauth_none';

/** A path of the library's that nothing leads to. */
const UNSERVED = Object.fromEntries(
  ['userinfo', 'registration', 'end_session', 'device_authorization', 'code_verification', 'challenge'].map((name) => [
    name,
    `/oauth/none/${name}`,
  ]),
);

/** Every request is put to an operator, as HubSpot does: which account shall it be for this time? */
function alwaysAsk(): interactionPolicy.Prompt {
  const { Check, Prompt } = interactionPolicy;
  const unanswered = new Check(
    'unanswered',
    'an operator has to approve',
    'interaction_required',
    ({ oidc }) => oidc.result?.consent === undefined,
  );
  return new Prompt({ name: 'consent', requestable: true }, unanswered);
}

/** Nobody is asked for nothing. */
function demandKnownScope({ oidc }: KoaContextWithOIDC, unknown: string | undefined): void {
  if (oidc.params?.scope !== undefined) return;
  const problem = unknown === undefined ? 'no scope was asked for' : 'this server has none of the scopes asked for';
  throw new errors.InvalidScope(problem, unknown ?? '');
}

/** An app may ask about its own tokens, and end them. */
function isOwn(
  _context: KoaContextWithOIDC,
  client: { clientId: string },
  token: AccessToken | ClientCredentials | RefreshToken,
): boolean {
  return token.clientId === client.clientId;
}

/** The library signs ID tokens with it, which nobody can ask for here. */
function throwAwayKey(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };
}
