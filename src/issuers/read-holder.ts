/** What the claims of a verified token mean here, by the operator's rules. */
import type { JWTPayload } from 'jose';
import type { ClaimPath, IdRule, ScopeRule, TrustedIssuer } from '../config/trusted-issuers.ts';
import { isScope, type Principal, type Scope } from '../domain/access.ts';

/** The token's holder, or as a sentence why it has none. */
export function readHolder(claims: JWTPayload, { account, app, scopes }: TrustedIssuer): Principal | string {
  const accountId = readId(claims, account);
  if (accountId === null) return `${nameOf(account)} does not name an account.`;
  const appId = readId(claims, app);
  if (appId === null) return `${nameOf(app)} does not name an app.`;
  return { accountId, appId, scopes: readScopes(claims, scopes) };
}

function readId(claims: JWTPayload, rule: IdRule): number | null {
  if (rule.kind === 'fixed') return rule.id;
  const value = rule.claims.map((path) => claimAt(claims, path)).find((each) => each !== undefined);
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value);
  if (rule.map) return rule.map.get(text) ?? null;
  const id = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : null;
}

/** Names that stand for nothing here are left out: a provider has scopes for others, too. */
function readScopes(claims: JWTPayload, { claim, prefix, map }: ScopeRule): ReadonlySet<Scope> {
  return new Set(
    namesIn(claimAt(claims, claim)).flatMap((name) => {
      const mapped = map.get(name);
      if (mapped) return mapped;
      const ours = name.slice(prefix.length);
      return name.startsWith(prefix) && isScope(ours) ? [ours] : [];
    }),
  );
}

/** A list of names, or one text with spaces between them (RFC 9068 section 2.2.3). */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ');
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

/** What stands at the end of the path; undefined where it leads nowhere. */
function claimAt(claims: JWTPayload, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function nameOf(rule: IdRule): string {
  const names = rule.kind === 'fixed' ? [] : rule.claims.map((path) => `"${path.join('.')}"`);
  return `Its claim ${names.join(' or ')}`;
}
