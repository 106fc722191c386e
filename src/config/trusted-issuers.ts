/** The setting `oidcIssuers`: identity providers whose access tokens are taken, and what their tokens mean here. */
import type { Scope } from '../domain/access.ts';

/** Only signatures of which the issuer alone has the secret half; none of those is ever taken for another. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Where a claim stands: its name, or the names on the way to it from the outside in. */
export type ClaimPath = readonly string[];

/** An id that every token has, or the claim that holds it; with a `map`, only the values in it are taken. */
export type IdRule =
  | { readonly kind: 'fixed'; readonly id: number }
  | {
      readonly kind: 'claimed';
      /** The first of these that a token has. */
      readonly claims: readonly ClaimPath[];
      readonly map: ReadonlyMap<string, number> | null;
    };

export interface ScopeRule {
  readonly claim: ClaimPath;
  /** What our names are preceded by; those without it are somebody else's. */
  readonly prefix: string;
  /** What other names stand for. */
  readonly map: ReadonlyMap<string, readonly Scope[]>;
}

export interface TrustedIssuer {
  /** Exactly as the tokens say it. */
  readonly issuer: string;
  /** What tokens for this server are made out to. */
  readonly audience: string;
  readonly account: IdRule;
  readonly app: IdRule;
  readonly scopes: ScopeRule;
  readonly algorithms: readonly Algorithm[];
  /** Whether tokens are taken too that do not say of themselves that they are access tokens (`typ`, RFC 9068). */
  readonly plainJwt: boolean;
  /** By how much the clocks may differ. */
  readonly clockSkewSeconds: number;
  /** How long a token may be valid at most. */
  readonly maxLifetimeSeconds: number;
}

/** What holds where the operator says nothing. */
export const ISSUER_DEFAULTS = {
  appClaims: [['client_id'], ['azp']],
  scopeClaim: ['scope'],
  clockSkewSeconds: 30,
  maxLifetimeSeconds: 86_400,
} as const;

export const MOST_CLOCK_SKEW_SECONDS = 300;
/** A year: such a token cannot be taken back here. */
export const MOST_LIFETIME_SECONDS = 31_536_000;

/** Whether what is read from there can be believed: over TLS, or from this machine. */
export function isTrustworthy({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  return protocol === 'http:' && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** The issuers as they may be shown to people. */
export function showIssuers(issuers: readonly TrustedIssuer[]): string {
  return issuers.length === 0 ? 'not set' : issuers.map(({ issuer }) => issuer).join(', ');
}
