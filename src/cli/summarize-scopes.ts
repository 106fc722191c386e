/** Scopes within a table's cell. */
import { SCOPES } from '../domain/access.ts';

/** Mostly it is all of the API, whose scopes fill no cell. `--json` lists them. */
export function summarizeScopes(scopes: readonly string[]): string {
  const missing = SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return 'all';
  return missing.join() === 'optio.admin' ? 'all but optio.admin' : scopes.join(', ');
}
