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
 * beside the others. What is repeated stays as it is: the library refuses it.
 */
export function completeQuery(query: string): string {
  const parameters = new URLSearchParams(query);
  if (!parameters.has('response_type')) parameters.set('response_type', 'code');
  const [scope = [], optional = []] = ['scope', 'optional_scope'].map((name) => parameters.getAll(name));
  if (scope.length <= 1 && optional.length === 1) {
    const optionalOnly = wordsOf(optional[0]).filter((word) => !wordsOf(scope[0]).includes(word));
    parameters.set('scope', [...wordsOf(scope[0]), ...optionalOnly].join(' '));
    parameters.set('optional_scope', optionalOnly.join(' '));
  }
  return parameters.toString();
}

function wordsOf(scopes: unknown): string[] {
  return typeof scopes === 'string' ? [...new Set(scopes.split(' ').filter((word) => word !== ''))] : [];
}
