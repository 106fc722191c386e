/** Who is asking: scopes by their names, old and new, and what a token lets its holder do. */

/** The scopes that Optio knows, by the names of HubSpot's v4 pages; `optio.admin` is Optio's own. */
export const SCOPES = [
  'communication_preferences.read',
  'communication_preferences.write',
  'communication_preferences.read_write',
  'communication_preferences.statuses.batch.read',
  'communication_preferences.statuses.batch.write',
  'subscriptions-definition-read',
  'subscriptions-status-read',
  'subscriptions-status-write',
  'subscription-status-batch-read',
  'subscription-status-batch-write',
  'optio.admin',
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** The holder of a valid token. Every token belongs to one account and one app. */
export interface Principal {
  readonly accountId: number;
  readonly appId: number;
  readonly scopes: ReadonlySet<Scope>;
}

/** Where a request comes from. */
export interface Caller {
  /** An IP address; null where it cannot be told. Asked for only where a token's networks are limited. */
  readonly callerAddress: string | null;
}

/** What a token may be good for, at the moment it is shown. */
export type Authentication =
  | { readonly kind: 'authenticated'; readonly principal: Principal }
  | { readonly kind: 'expired'; readonly expiredAt: number }
  /** The token is good, but not from there. */
  | { readonly kind: 'elsewhere'; readonly address: string | null }
  /** A token of a trusted issuer that does not hold; `because` is a sentence that quotes nothing of it but ids. */
  | { readonly kind: 'refused'; readonly because: string }
  /** Of a trusted issuer that does not answer: nobody can tell. */
  | { readonly kind: 'unverifiable'; readonly issuer: string }
  | { readonly kind: 'unknown' };

/** A scope, or several that are needed together. */
export type NeededScopes = Scope | readonly Scope[];

/** Whether one of those `needed` is granted. */
export function grantsAny(granted: ReadonlySet<Scope>, needed: readonly NeededScopes[]): boolean {
  return needed.some((scopes) =>
    typeof scopes === 'string' ? granted.has(scopes) : scopes.every((scope) => granted.has(scope)),
  );
}
