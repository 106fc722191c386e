/** Which scopes an app asks for, in HubSpot's two parameters: `scope` is needed, `optional_scope` may be left out. */
import { isScope, type Scope } from '../domain/access.ts';

/** HubSpot's apps ask for it, too; it lets nobody do anything. */
export const BARE_SCOPE = 'oauth';

export interface AskedScopes {
  readonly required: readonly Scope[];
  readonly optional: readonly Scope[];
  /** What this server does not know, as it was written. */
  readonly unknown: readonly string[];
}

export function readAskedScopes(scope: unknown, optionalScope: unknown): AskedScopes {
  const required = wordsOf(scope);
  const optional = wordsOf(optionalScope).filter((word) => !required.includes(word));
  const unknown = [...required, ...optional].filter((word) => !isScope(word) && word !== BARE_SCOPE);
  return { required: required.filter(isScope), optional: optional.filter(isScope), unknown };
}

/**
 * The query of an authorization request as the library takes it: HubSpot's have no `response_type`, and optional scopes
 * beside the others. The library hears of no scope that nobody can give here, least of all of those of OpenID Connect.
 * What is repeated stays as it is: the library refuses it.
 */
export function completeQuery(query: string): string {
  const parameters = new URLSearchParams(query);
  if (!parameters.has('response_type')) parameters.set('response_type', 'code');
  const [scope = [], optionalScope = []] = ['scope', 'optional_scope'].map((name) => parameters.getAll(name));
  if (scope.length > 1 || optionalScope.length > 1) return parameters.toString();
  const { required, optional, unknown } = readAskedScopes(scope[0], optionalScope[0]);
  const bare = wordsOf(scope[0]).includes(BARE_SCOPE) ? [BARE_SCOPE] : [];
  parameters.set('scope', [...bare, ...required, ...optional].join(' '));
  parameters.set('optional_scope', optional.join(' '));
  parameters.set('unknown_scope', unknown.join(' '));
  return parameters.toString();
}

/** What was asked for, by the parameters that `completeQuery` made. */
export function readCompleted(parameters: Readonly<Record<string, unknown>>): AskedScopes {
  const optional = wordsOf(parameters.optional_scope).filter(isScope);
  const required = wordsOf(parameters.scope).filter(isScope);
  return {
    required: required.filter((scope) => !optional.includes(scope)),
    optional,
    unknown: wordsOf(parameters.unknown_scope),
  };
}

/** Of the same parameters: whether the scope that HubSpot's apps ask for beside all others is among them. */
export function asksBareScope(parameters: Readonly<Record<string, unknown>>): boolean {
  return wordsOf(parameters.scope).includes(BARE_SCOPE);
}

function wordsOf(scopes: unknown): string[] {
  return typeof scopes === 'string' ? [...new Set(scopes.split(' ').filter((word) => word !== ''))] : [];
}
