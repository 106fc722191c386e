/** What authenticating needs of identity providers whose tokens are taken beside those of this server. */
import type { Authentication, Principal } from '../domain/access.ts';

/** Who holds a token. Of an issuer's it is not said yet that this server has such an account and app. */
export type Holder = Authentication & { readonly kind: 'authenticated' };

export type Verification = Exclude<Authentication, { readonly kind: 'unknown' }>;

export interface TrustedIssuers {
  /** The holder of a token that was verified before and is still valid at `now`, in epoch milliseconds: a look-up. */
  remembered(token: string, now: number): Holder | null;
  /** Verifies a token; null where it is none of these issuers' at all. */
  verify(token: string, now: number): Promise<Verification> | null;
  /** Gives up what is under way. */
  close(): void;
}

/** Why a token is refused whose account or app is not there. */
export function describeMissingHolder({ accountId, appId }: Principal): string {
  return `It is of the app ${appId} in the account ${accountId}, and this server has no such app in such an account.`;
}
