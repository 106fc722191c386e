/** What a secret is good for, worked out when it is first shown, so that a request costs a look-up and no allocation. */
import type { Principal } from '../domain/access.ts';
import { NetworkList } from '../domain/networks.ts';
import type { FoundAccessToken, FoundToken } from '../storage/port.ts';
import type { Holder } from './trusted-issuers.ts';

export interface Credential {
  readonly authenticated: Holder;
  /** Epoch milliseconds; infinity where it does not end. */
  readonly endsAt: number;
  readonly isRevoked: boolean;
  /** Null: everywhere. */
  readonly networks: NetworkList | null;
  /** The private token whose uses are noted; null of an access token, of which it is known when it was given out. */
  readonly tokenId: string | null;
  /** The last minute since the epoch in which its use was noted. */
  notedMinute: number;
}

/** Of a private token: its end or the secret's, whichever comes first. */
export function credentialOfToken({ token, secretEndsAt }: FoundToken): Credential {
  const { id, expiresAt, revokedAt, allowedNetworks } = token;
  return {
    authenticated: holderOf(token),
    endsAt: Math.min(expiresAt ?? Number.POSITIVE_INFINITY, secretEndsAt ?? Number.POSITIVE_INFINITY),
    isRevoked: revokedAt !== null,
    networks: allowedNetworks.length === 0 ? null : new NetworkList(allowedNetworks),
    tokenId: id,
    notedMinute: Number.NEGATIVE_INFINITY,
  };
}

/** Of an access token that an app got by OAuth. */
export function credentialOfAccessToken(found: FoundAccessToken): Credential {
  return {
    authenticated: holderOf(found),
    endsAt: found.expiresAt,
    isRevoked: false,
    networks: null,
    tokenId: null,
    notedMinute: Number.NEGATIVE_INFINITY,
  };
}

function holderOf({ accountId, appId, scopes }: Pick<FoundAccessToken, 'accountId' | 'appId' | 'scopes'>): Holder {
  const principal: Principal = { accountId, appId, scopes: new Set(scopes) };
  return { kind: 'authenticated', principal };
}
