/** Who holds this token, if anybody may. */
import type { Authentication, Caller } from '../domain/access.ts';
import type { Context } from './context.ts';
import type { Credential } from './credential.ts';
import { describeMissingHolder, type Holder } from './trusted-issuers.ts';

const MINUTE_MS = 60_000;

/** Who shows `secret`, as far as that is known without asking the store: nearly always. Otherwise null. */
export function authenticateKnown(context: Context, secret: string, caller: Caller): Authentication | null {
  const found = context.catalogs.knownCredential(secret);
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
  const found = await context.catalogs.credential(secret);
  return found ? authenticationBy(context, found, caller) : { kind: 'unknown' };
}

/** Whether the account has the app that an issuer's token names. */
function isHere({ principal }: Holder, apps: ReadonlySet<number> | undefined): boolean {
  return apps?.has(principal.appId) ?? false;
}

function authenticationBy(context: Context, credential: Credential, caller: Caller): Authentication {
  if (credential.isRevoked) return { kind: 'unknown' };
  const { endsAt, networks, tokenId } = credential;
  const now = context.clock();
  if (endsAt <= now) return { kind: 'expired', expiredAt: endsAt };
  if (networks !== null) {
    const address = caller.callerAddress;
    if (address === null || !networks.has(address)) return { kind: 'elsewhere', address };
  }
  const minute = Math.floor(now / MINUTE_MS);
  if (minute !== credential.notedMinute) {
    credential.notedMinute = minute;
    if (tokenId !== null) context.tokenUses.note(tokenId, minute * MINUTE_MS);
  }
  return credential.authenticated;
}
