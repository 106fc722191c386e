/** Where HubSpot has its endpoints, and which of the library's each of them is. */

export const AUTHORIZE_PATH = '/oauth/authorize';
export const CONSENT_PATH = '/oauth/consent';

/** The library's own paths. Those that this server does not serve are named all the same: the library must not guess. */
export const ROUTES = {
  authorization: AUTHORIZE_PATH,
  token: '/oauth/v1/token',
  introspection: '/oauth/v3/token/introspect',
  revocation: '/oauth/v3/token/revoke',
  jwks: '/oauth/none/jwks',
} as const;

/** The path of a site, which may be below another's, without a slash at its end. */
export function pathOf(siteUrl: string): string {
  return new URL(siteUrl).pathname.replace(/\/$/, '');
}

/** Of the endpoint's other names, the one that the library knows it by. */
export function libraryPath(path: string): string {
  return path
    .replace(/^\/oauth\/(?:v3|2026-03)\/token$/, ROUTES.token)
    .replace(/^\/oauth\/2026-03(?=\/token\/(?:introspect|revoke)$)/, '/oauth/v3');
}
