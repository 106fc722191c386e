/** Reads the setting `oidcIssuers`: JSON text, or the path of a file with it. What cannot be meant is said by its place. */
import { readFileSync } from 'node:fs';
import { isScope, SCOPES, type Scope } from '../domain/access.ts';
import { Fault, Fields, isObject, shownValue } from './json-fields.ts';
import {
  ALGORITHMS,
  type Algorithm,
  type ClaimPath,
  type IdRule,
  ISSUER_DEFAULTS,
  isTrustworthy,
  MOST_CLOCK_SKEW_SECONDS,
  MOST_LIFETIME_SECONDS,
  type ScopeRule,
  type TrustedIssuer,
} from './trusted-issuers.ts';

const ID_FORM = `a whole number of at most ${Number.MAX_SAFE_INTEGER}, or an object with a "claim"`;
const CLAIM_FORM = 'the name of a claim, or a list of names that lead to it from the outside in';
const URL_FORM =
  'an https URL without query and fragment, exactly as the tokens say it; http only with a loopback address';

const FIELDS: readonly (keyof TrustedIssuer)[] = [
  'issuer',
  'audience',
  'account',
  'app',
  'scopes',
  'algorithms',
  'plainJwt',
  'clockSkewSeconds',
  'maxLifetimeSeconds',
];

export type IssuersOutcome =
  | { readonly kind: 'read'; readonly issuers: readonly TrustedIssuer[] }
  /** Completes a sentence that begins with the setting's name. */
  | { readonly kind: 'refused'; readonly because: string };

export function readIssuers(text: string): IssuersOutcome {
  try {
    const entries = parse(text);
    const issuers = entries.map((entry, index) => readIssuer(new Fields(entry, `[${index}]`, FIELDS)));
    const twice = issuers.find(({ issuer }, index) => issuers.findIndex((other) => other.issuer === issuer) < index);
    if (twice) throw new Fault(`names the issuer ${twice.issuer} twice; it must be there once`);
    return { kind: 'read', issuers };
  } catch (error) {
    if (error instanceof Fault) return { kind: 'refused', because: error.message };
    throw error;
  }
}

/** A JSON text begins with a bracket; everything else is a path. */
function parse(text: string): readonly unknown[] {
  const isPath = !/^\s*[[{]/.test(text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(isPath ? readText(text) : text);
  } catch (error) {
    if (error instanceof Fault) throw error;
    const where = isPath ? `names the file ${text}, which` : 'is a text that';
    throw new Fault(`${where} is no JSON (${(error as Error).message.replace(/\s+/g, ' ')})`);
  }
  const entries = Array.isArray(parsed) ? parsed : [parsed];
  if (entries.length > 0) return entries;
  throw new Fault('names no issuer; it must hold at least one, or not be set');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault(`is ${shownValue(path)}, which is neither JSON text nor a file that can be read (${code})`);
  }
}

function readIssuer(fields: Fields): TrustedIssuer {
  return {
    issuer: fields.required('issuer', URL_FORM, readUrl),
    audience: fields.required('audience', 'the text that tokens for this server have as "aud"', readWord),
    account: fields.required('account', ID_FORM, readIdRule([])),
    app: fields.optional('app', ID_FORM, readIdRule(ISSUER_DEFAULTS.appClaims)) ?? {
      kind: 'claimed',
      claims: ISSUER_DEFAULTS.appClaims,
      map: null,
    },
    scopes: fields.optional('scopes', 'an object with "claim", "prefix" and "map", each as needed', readScopeRule) ?? {
      claim: ISSUER_DEFAULTS.scopeClaim,
      prefix: '',
      map: new Map(),
    },
    algorithms: fields.optional('algorithms', `a list of ${ALGORITHMS.join(', ')}`, readAlgorithms) ?? ALGORITHMS,
    plainJwt: fields.optional('plainJwt', 'true or false', readBoolean) ?? false,
    clockSkewSeconds:
      fields.optional(
        'clockSkewSeconds',
        `a whole number from 0 to ${MOST_CLOCK_SKEW_SECONDS}`,
        wholeNumber(0, MOST_CLOCK_SKEW_SECONDS),
      ) ?? ISSUER_DEFAULTS.clockSkewSeconds,
    maxLifetimeSeconds:
      fields.optional(
        'maxLifetimeSeconds',
        `a whole number from 60 to ${MOST_LIFETIME_SECONDS}`,
        wholeNumber(60, MOST_LIFETIME_SECONDS),
      ) ?? ISSUER_DEFAULTS.maxLifetimeSeconds,
  };
}

function readUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^https?:\/\/[^?#@\s]+$/.test(value) || !URL.canParse(value)) return undefined;
  return isTrustworthy(new URL(value)) ? value : undefined;
}

function readIdRule(defaultClaims: readonly ClaimPath[]) {
  return (value: unknown, at: string): IdRule | undefined => {
    if (isId(value)) return { kind: 'fixed', id: value };
    if (!isObject(value)) return undefined;
    const fields = new Fields(value, at, ['claim', 'map']);
    const claim =
      defaultClaims.length === 0
        ? fields.required('claim', CLAIM_FORM, readClaimPath)
        : fields.optional('claim', CLAIM_FORM, readClaimPath);
    const map = fields.optional('map', 'an object of claim values and the ids they stand for', readIdMap) ?? null;
    return { kind: 'claimed', claims: claim ? [claim] : defaultClaims, map };
  };
}

function readScopeRule(value: unknown, at: string): ScopeRule | undefined {
  if (!isObject(value)) return undefined;
  const fields = new Fields(value, at, ['claim', 'prefix', 'map']);
  return {
    claim: fields.optional('claim', CLAIM_FORM, readClaimPath) ?? ISSUER_DEFAULTS.scopeClaim,
    prefix: fields.optional('prefix', 'a text without spaces', readWord) ?? '',
    map:
      fields.optional('map', `an object of names and lists of ${SCOPES.join(', ')}`, readScopeMap) ??
      new Map<string, readonly Scope[]>(),
  };
}

function readScopeMap(value: unknown): ReadonlyMap<string, readonly Scope[]> | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).map(([name, scopes]) => [name, [scopes].flat()] as const);
  const areScopes = (scopes: readonly unknown[]): scopes is Scope[] =>
    scopes.length > 0 && scopes.every((scope) => typeof scope === 'string' && isScope(scope));
  return entries.every(([, scopes]) => areScopes(scopes)) ? new Map(entries as [string, Scope[]][]) : undefined;
}

function readIdMap(value: unknown): ReadonlyMap<string, number> | undefined {
  if (!isObject(value) || Object.keys(value).length === 0) return undefined;
  return Object.values(value).every(isId) ? new Map(Object.entries(value as Record<string, number>)) : undefined;
}

function readClaimPath(value: unknown): ClaimPath | undefined {
  const path = [value].flat();
  return path.length > 0 && path.every((name) => typeof name === 'string' && name !== '')
    ? (path as string[])
    : undefined;
}

function readAlgorithms(value: unknown): readonly Algorithm[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((name) => (ALGORITHMS as readonly unknown[]).includes(name)) ? value : undefined;
}

function readWord(value: unknown): string | undefined {
  return typeof value === 'string' && /^\S+$/.test(value) ? value : undefined;
}

function readBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function wholeNumber(least: number, most: number) {
  return (value: unknown): number | undefined =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most ? (value as number) : undefined;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
