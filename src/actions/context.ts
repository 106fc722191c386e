/** What every action works with. Made once, in `app.ts`; clock and randomness come from outside so that tests can set them. */
import { randomBytes, randomFillSync, randomInt, randomUUID } from 'node:crypto';
import { NONCE_OCTETS } from '../domain/link.ts';
import type { Store } from '../storage/port.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import type { CatalogCache } from './catalog-cache.ts';
import type { Committer } from './committer.ts';
import type { EventFeed } from './event-feed.ts';
import { clockedEventIds, type EventIds } from './event-ids.ts';
import type { Idempotency } from './idempotency.ts';
import type { LedgerHorizon } from './ledger-horizon.ts';
import type { PasswordCost } from './passwords.ts';
import type { SubscriberReader } from './subscriber-reader.ts';
import type { TokenUses } from './token-uses.ts';
import type { TrustedIssuers } from './trusted-issuers.ts';

/** What actions reject with where the store fails them; rooms that may not enter storage know it from here. */
export { StoreUnavailable } from '../storage/port.ts';

/** Epoch milliseconds. */
export type Clock = () => number;

/** Where new ids and salts come from. */
export interface Randomness {
  readonly eventIds: EventIds;
  /** 16 random bytes as 32 hexadecimal digits. */
  readonly salt: () => string;
  /** 12 octets that never come again. */
  readonly nonce: () => Uint8Array;
  /** What a new key is made of: 64 hexadecimal digits. */
  readonly secret: () => string;
  /** What a request is found by in the log. */
  readonly correlationId: () => string;
  /** Names a token, and makes the secret of another. */
  readonly uuid: () => string;
  /** Eight or nine digits: a number of HubSpot's kind, which several processes can make without asking each other. */
  readonly id: () => number;
}

/** Where the server is found by people, as far as that is known: the settings say, or else listening shows. */
export interface Site {
  /** Without a slash at its end. */
  url: string;
}

/** Whoever sends the messages that are due. */
export interface Outbox {
  /** Says that one is due now. */
  wake: () => void;
}

export interface Context {
  readonly site: Site;
  /** Null where no messages are sent. */
  readonly outbox: Outbox | null;
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly catalogs: CatalogCache;
  readonly committer: Committer;
  readonly reader: SubscriberReader;
  /** For answers that may be as old as the operator allows; the same where he allows none. Nothing is decided by it. */
  readonly lenientReader: SubscriberReader;
  readonly horizon: LedgerHorizon;
  readonly feed: EventFeed;
  readonly tokenUses: TokenUses;
  readonly idempotency: Idempotency;
  /** Of operators' passwords: of those that are set, and of those that are shown where nobody has that address. */
  readonly passwordCost: PasswordCost;
  /** Null where only tokens of this server are taken. */
  readonly issuers: TrustedIssuers | null;
  /** Opens it where nobody asked for it before. */
  readonly authorizationServer: () => Promise<AuthorizationServer>;
}

const LOWEST_RANDOM_ID = 10_000_000;
const HIGHEST_RANDOM_ID = 999_999_999;

const SECRET_BYTES = 32;
const PIECE_BYTES = 16;
const POOL_BYTES = PIECE_BYTES * 1_024;

/** Randomness from the system, and event ids by `clock`. Random octets are fetched a pool at a time: asking costs more than the bytes do. */
export function systemRandomness(clock: Clock = Date.now): Randomness {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  const takePiece = (): Buffer => {
    if (used === POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += PIECE_BYTES;
    return pool.subarray(used - PIECE_BYTES, used);
  };
  return {
    eventIds: clockedEventIds(clock, takePiece),
    salt: () => takePiece().toString('hex'),
    nonce: () => takePiece().subarray(0, NONCE_OCTETS),
    secret: () => randomBytes(SECRET_BYTES).toString('hex'),
    correlationId: () => randomUUID(),
    uuid: () => randomUUID(),
    id: () => randomInt(LOWEST_RANDOM_ID, HIGHEST_RANDOM_ID + 1),
  };
}
