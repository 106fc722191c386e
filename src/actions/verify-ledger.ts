/** Checks all that is stored of everybody: the order and the seals of the whole ledger, then each contact's chain and row. */
import type { BrokenChain } from '../domain/chain-audit.ts';
import type { Checkpoint } from '../domain/checkpoint.ts';
import type { LedgerAudit } from '../storage/port.ts';
import { verifyChains } from './verify-chains.ts';
import { type BrokenCheckpoint, type BrokenTile, verifyTree } from './verify-tree.ts';

/** One thing that does not hold. */
export type Broken =
  | ({ readonly kind: 'contact' } & BrokenChain)
  | ({ readonly kind: 'checkpoint' } & BrokenCheckpoint)
  | ({ readonly kind: 'tile' } & BrokenTile);

export interface Verdict {
  readonly contacts: number;
  readonly events: number;
  readonly checkpoints: number;
  /** How many events the last checkpoint covers. */
  readonly sealedEvents: number;
  /** How many things do not hold. */
  readonly brokenCount: number;
  /** The first of them. */
  readonly broken: readonly Broken[];
}

export interface VerifyOptions {
  /** Checkpoints that were kept elsewhere. */
  readonly published: readonly Checkpoint[];
  /** How many broken things are listed. */
  readonly listed: number;
  /** Hears now and then how far it is; `of` is null while nobody knows how many there are. */
  readonly told: (events: number, of: number | null) => void;
}

export async function verifyLedger(audit: LedgerAudit, { published, listed, told }: VerifyOptions): Promise<Verdict> {
  const broken: Broken[] = [];
  let brokenCount = 0;
  const report = (found: Broken) => {
    brokenCount += 1;
    if (broken.length < listed) broken.push(found);
  };
  const { events, checkpoints, sealed } = await verifyTree(audit, published, {
    checkpoint: (found) => report({ kind: 'checkpoint', ...found }),
    tile: (found) => report({ kind: 'tile', ...found }),
    told: (done) => told(done, null),
  });
  const { contacts } = await verifyChains(
    audit,
    (found) => report({ kind: 'contact', ...found }),
    (done) => told(done, events),
  );
  return { contacts, events, checkpoints, sealedEvents: sealed, brokenCount, broken };
}
