/** Seals the ledger: closes it through a second ago, and signs the tree over all events up to there. */
import { setImmediate as letOthersOn } from 'node:timers/promises';
import { type Checkpoint, checkpointHash, sealCheckpoint } from '../domain/checkpoint.ts';
import { Frontier, leafHash, TILE_LEAVES } from '../domain/merkle.ts';
import type { LedgerTile, Store, StoredCheckpoint } from '../storage/port.ts';
import { checkpointKey, documentOf, readStoredCheckpoint } from './checkpoints.ts';
import { type Clock, type Randomness, systemRandomness } from './context.ts';
import { LedgerHorizon } from './ledger-horizon.ts';
import { instant } from './show-instant.ts';

/** What sealing needs: a server's `Context` is one. */
export interface Sealing {
  readonly store: Pick<Store, 'checkpoints' | 'ledger' | 'serverSecrets'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly horizon: LedgerHorizon;
}

/** Seals a store on which nobody serves in this process: it seals once or twice, and closes the ledger whenever it does. */
export function sealingOf(store: Sealing['store']): Sealing {
  const randomness = systemRandomness();
  return { store, clock: Date.now, randomness, horizon: new LedgerHorizon(store.ledger, randomness.eventIds, 0) };
}

export type SealOutcome =
  | { readonly kind: 'sealed'; readonly checkpoint: Checkpoint }
  /** No event was closed since the last checkpoint; null where there is none. */
  | { readonly kind: 'nothing-new'; readonly checkpoint: Checkpoint | null }
  /** Another process sealed meanwhile. */
  | { readonly kind: 'overtaken' }
  /** The last checkpoint was altered: nothing is built on it. */
  | { readonly kind: 'broken'; readonly number: number };

/** Events between two looks at whether somebody else wants to get on. */
const PAGE = 1_000;

export interface SealOptions {
  /** Hears how many events were read, now and then. */
  readonly told?: (events: number) => void;
  /** Rejects with its reason once it is aborted, unless all was read by then. */
  readonly signal?: AbortSignal;
}

/** Costs only the events since the last checkpoint. */
export async function sealLedger(sealing: Sealing, options: SealOptions = {}): Promise<SealOutcome> {
  const { store, clock, randomness, horizon } = sealing;
  const last = await store.checkpoints.last();
  const begun = last ? takeUp(last) : { before: null, tree: new Frontier() };
  if (!begun) return { kind: 'broken', number: last!.number };
  const { before, tree } = begun;
  const closedThrough = await horizon.advance();
  if (closedThrough !== null) await extend(tree, before?.closedThrough ?? null, closedThrough, store, options);
  if (closedThrough === null || tree.size === (before?.size ?? 0)) return { kind: 'nothing-new', checkpoint: before };
  const checkpoint = sealCheckpoint(
    {
      number: (before?.number ?? 0) + 1,
      size: tree.size,
      root: tree.root(),
      closedThrough,
      sealedAt: instant(clock()),
      previous: before && checkpointHash(before),
    },
    await checkpointKey(store, randomness),
  );
  const { number } = checkpoint;
  const result = await store.checkpoints.insert({ number, document: documentOf(checkpoint), peaks: tree.peaks });
  return result === 'inserted' ? { kind: 'sealed', checkpoint } : { kind: 'overtaken' };
}

/** The tree that the last checkpoint left; null where what is stored of it does not fit together. */
function takeUp(last: StoredCheckpoint): { before: Checkpoint; tree: Frontier } | null {
  const before = readStoredCheckpoint(last);
  if (!before) return null;
  const tree = Frontier.of(before.size, last.peaks);
  return tree && tree.root() === before.root ? { before, tree } : null;
}

/** Has the tree grow by the events after one id and through another. Tiles that it completes are stored on the way. */
async function extend(
  tree: Frontier,
  after: string | null,
  through: string,
  { checkpoints }: Pick<Store, 'checkpoints'>,
  { told = () => {}, signal }: SealOptions,
): Promise<void> {
  const begunAt = tree.size;
  for (let from = after; ; ) {
    const page = await checkpoints.hashes(from, through, PAGE);
    const tiles: LedgerTile[] = [];
    for (const { eventId, hash } of page) {
      const root = tree.append(leafHash(hash));
      if (root !== null) tiles.push({ number: tree.size / TILE_LEAVES - 1, root, lastEventId: eventId });
    }
    // They are the same whoever computes them: what is stored before its checkpoint is, is right all the same.
    if (tiles.length > 0) await checkpoints.insertTiles(tiles);
    if (page.length < PAGE) return;
    from = page.at(-1)!.eventId;
    told(tree.size - begunAt);
    await letOthersOn();
    signal?.throwIfAborted();
  }
}
