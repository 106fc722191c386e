/** Loads the authorization server, library and all, when somebody first asks for it: most processes never need it. */
import type { AuthorizationServer } from '../actions/authorization-server.ts';
import type { Context } from '../actions/context.ts';
import type { TokenRules } from './provider.ts';

/** HubSpot's lifetime of access tokens. */
export const DEFAULT_RULES: TokenRules = { accessTokenSeconds: 1_800, rotateRefreshTokens: true };

export function authorizationServerLoader(rules: TokenRules): (context: Context) => Promise<AuthorizationServer> {
  return async (context) => {
    const { openAuthorizationServer } = await withoutWarnings(() => import('./open-authorization-server.ts'));
    return openAuthorizationServer(context, rules);
  };
}

/** When it is loaded, the library warns of versions of Node.js without long-term support; this server is tested on them. */
async function withoutWarnings<Value>(load: () => Promise<Value>): Promise<Value> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await load();
  } finally {
    console.warn = warn;
  }
}
