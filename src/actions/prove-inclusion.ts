/** Proves that an event is among those that a checkpoint sealed: the path through the tree, from its hash to the root. */
import { type Checkpoint, hasValidSignature } from '../domain/checkpoint.ts';
import { inclusionPath, leafHash, rootByPath, rootOfRange, TILE_LEAVES } from '../domain/merkle.ts';
import type { EventHash, LedgerTile, Store, StoredCheckpoint } from '../storage/port.ts';
import { readStoredCheckpoint } from './checkpoints.ts';

export interface InclusionProof {
  readonly checkpoint: Checkpoint;
  /** The event's place among all, from 0. */
  readonly index: number;
  /** RFC 9162, section 2.1.3.1: hashes of 64 hexadecimal digits, the lowest first. */
  readonly path: readonly string[];
}

/** `not-sealed`: no checkpoint covers the event yet. `not-found`: one should, and what is stored does not have it. */
export type InclusionOutcome = InclusionProof | 'not-sealed' | 'not-found';

/**
 * By the last checkpoint, or by one that is given. Reads the roots of all tiles, and the
 * events of two at most. That the path leads to the root is for whoever checks it: altered events make another one.
 */
export async function proveInclusion(
  { checkpoints }: Pick<Store, 'checkpoints'>,
  eventId: string,
  by?: StoredCheckpoint,
): Promise<InclusionOutcome> {
  const last = by ?? (await checkpoints.last());
  if (!last) return 'not-sealed';
  const checkpoint = readStoredCheckpoint(last);
  if (!checkpoint) return 'not-found';
  if (eventId > checkpoint.closedThrough) return 'not-sealed';
  const { size, closedThrough } = checkpoint;
  const tiles = (await checkpoints.tiles()).slice(0, Math.floor(size / TILE_LEAVES));
  const own = tiles.findIndex(({ lastEventId }) => lastEventId >= eventId);
  const readTile = (number: number) =>
    checkpoints.hashes(lastOf(tiles, number - 1), lastOf(tiles, number) ?? closedThrough, TILE_LEAVES);
  const rest = await readTile(tiles.length);
  const inTile = own === -1 ? rest : await readTile(own);
  const place = inTile.findIndex((event) => event.eventId === eventId);
  if (place === -1) return 'not-found';
  const first = (own === -1 ? tiles.length : own) * TILE_LEAVES;
  const leafAt = (index: number) =>
    index >= tiles.length * TILE_LEAVES
      ? leafOf(rest, index - tiles.length * TILE_LEAVES)
      : leafOf(inTile, index - first);
  const rootOf = (begin: number, end: number) => rootOfRange(begin, end, leafAt, (number) => tiles[number]!.root);
  return { checkpoint, index: first + place, path: inclusionPath(first + place, size, rootOf) };
}

/** Whether the path leads from the event's hash to a root that is signed. */
export function covers({ checkpoint, index, path }: InclusionProof, eventHash: string): boolean {
  return (
    hasValidSignature(checkpoint) && rootByPath(leafHash(eventHash), index, checkpoint.size, path) === checkpoint.root
  );
}

function lastOf(tiles: readonly LedgerTile[], number: number): string | null {
  return tiles[number]?.lastEventId ?? null;
}

/** An event that is missing has no hash: what is computed without it leads elsewhere. */
function leafOf(events: readonly EventHash[], place: number): string {
  return leafHash(events[place]?.hash ?? '');
}
