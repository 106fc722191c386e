/** Who holds this token, if anybody may. */
import type { Authentication, Caller } from '../domain/access.ts';
import { NetworkList } from '../domain/networks.ts';
import type { FoundToken } from '../storage/port.ts';
import type { Context } from './context.ts';
import { describeMissingHolder, type Holder } from './trusted-issuers.ts';

/** What a secret is good for, worked out when it is first shown, so that a request costs a look-up and no allocation. */
interface Credential {
  readonly authenticated: Holder;
  /** The token's end or the secret's, whichever comes first; infinity where neither ends. */
  readonly endsAt: number;
  /** Null: everywhere. */
  readonly networks: NetworkList | null;
  /** The last minute since the epoch in which its use was noted. */
  notedMinute: number;
}

const credentials = new WeakMap<FoundToken, Credential>();

const MINUTE_MS = 60_000;

/** Who shows `secret`, as far as that is known without asking the store: nearly always. Otherwise null. */
export function authenticateKnown(context: Context, secret: string, caller: Caller): Authentication | null {
  const found = context.catalogs.knownToken(secret);
  if (found) return authenticationBy(context, found, caller);
  const holder = context.issuers?.remembered(secret, context.clock());
  return holder && isHere(holder, context.catalogs.knownApps(holder.principal.accountId)) ? holder : null;
}

/** Finds out who shows `secret`. A revoked token is as unknown as one that never was. */
export async function authenticate(context: Context, secret: string, caller: Caller): Promise<Authentication> {
  const verifying = context.issuers?.verify(secret, context.clock());
  if (verifying) {
    const verified = await verifying;
    if (verified.kind !== 'authenticated') return verified;
    const { principal } = verified;
    if (isHere(verified, await context.catalogs.apps(principal.accountId))) return verified;
    return { kind: 'refused', because: describeMissingHolder(principal) };
  }
  const found = await context.catalogs.token(secret);
  return found ? authenticationBy(context, found, caller) : { kind: 'unknown' };
}

/** Whether the account has the app that an issuer's token names. */
function isHere({ principal }: Holder, apps: ReadonlySet<number> | undefined): boolean {
  return apps?.has(principal.appId) ?? false;
}

function authenticationBy(context: Context, found: FoundToken, caller: Caller): Authentication {
  if (found.token.revokedAt !== null) return { kind: 'unknown' };
  const credential = credentialOf(found);
  const { endsAt, networks } = credential;
  const now = context.clock();
  if (endsAt <= now) return { kind: 'expired', expiredAt: endsAt };
  if (networks !== null) {
    const address = caller.callerAddress;
    if (address === null || !networks.has(address)) return { kind: 'elsewhere', address };
  }
  const minute = Math.floor(now / MINUTE_MS);
  if (minute !== credential.notedMinute) {
    credential.notedMinute = minute;
    context.tokenUses.note(found.token.id, minute * MINUTE_MS);
  }
  return credential.authenticated;
}

function credentialOf(found: FoundToken): Credential {
  const known = credentials.get(found);
  if (known) return known;
  const { accountId, appId, scopes, expiresAt, allowedNetworks } = found.token;
  const credential: Credential = {
    authenticated: { kind: 'authenticated', principal: { accountId, appId, scopes: new Set(scopes) } },
    endsAt: Math.min(expiresAt ?? Number.POSITIVE_INFINITY, found.secretEndsAt ?? Number.POSITIVE_INFINITY),
    networks: allowedNetworks.length === 0 ? null : new NetworkList(allowedNetworks),
    notedMinute: Number.NEGATIVE_INFINITY,
  };
  credentials.set(found, credential);
  return credential;
}
