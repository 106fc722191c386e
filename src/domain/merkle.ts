/**
 * The tree over the whole ledger: RFC 9162, section 2.1. Leaves are the events' hashes in the order of their ids.
 *
 *     leaf = SHA-256( 0x00, hash )        node = SHA-256( 0x01, left, right )
 *
 * A tree of n leaves splits at the largest power of two below n. Hashes are 64 hexadecimal digits.
 */
import { hash } from 'node:crypto';

const HASH_BYTES = 32;
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

/** The root of a tree without leaves: the SHA-256 of nothing. */
export const EMPTY_ROOT = hash('sha256', '', 'hex');

/** Whole subtrees of as many leaves are kept as one root each, so that a proof need not read the whole ledger. */
export const TILE_LEVEL = 8;
export const TILE_LEAVES = 2 ** TILE_LEVEL;

const leafBytes = Buffer.alloc(1 + HASH_BYTES, LEAF_PREFIX);
const nodeBytes = Buffer.alloc(1 + 2 * HASH_BYTES, NODE_PREFIX);

/** Of what is no hash, as an altered ledger may hold, it is that of no event. */
export function leafHash(eventHash: string): string {
  leafBytes.fill(0, 1);
  leafBytes.write(eventHash, 1, 'hex');
  return hash('sha256', leafBytes, 'hex');
}

export function nodeHash(left: string, right: string): string {
  nodeBytes.fill(0, 1);
  nodeBytes.write(left, 1, 'hex');
  nodeBytes.write(right, 1 + HASH_BYTES, 'hex');
  return hash('sha256', nodeBytes, 'hex');
}

/** A tree that grows leaf by leaf; of what it has it keeps one hash a level. */
export class Frontier {
  /** How many leaves there are. */
  #size: number;
  /** The roots of the largest whole subtrees from left to right: one for each bit of the size, the highest first. */
  readonly #peaks: string[];

  /** Of no leaves. */
  constructor() {
    this.#size = 0;
    this.#peaks = [];
  }

  /** A tree that grew before, as it was left; null where a tree of that size does not have as many peaks. */
  static of(size: number, peaks: readonly string[]): Frontier | null {
    if (peaks.length !== countBits(size)) return null;
    const frontier = new Frontier();
    frontier.#size = size;
    frontier.#peaks.push(...peaks);
    return frontier;
  }

  get size(): number {
    return this.#size;
  }

  get peaks(): readonly string[] {
    return this.#peaks;
  }

  /** Returns the root of the tile that this leaf makes whole, if it does. */
  append(leaf: string): string | null {
    let node = leaf;
    let tile: string | null = null;
    let rest = this.#size;
    for (let level = 0; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = nodeHash(this.#peaks.pop()!, node);
      level += 1;
      if (level === TILE_LEVEL) tile = node;
    }
    this.#peaks.push(node);
    this.#size += 1;
    return tile;
  }

  root(): string {
    return this.#peaks.length === 0 ? EMPTY_ROOT : this.#peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}

function countBits(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}

/**
 * The path of RFC 9162, section 2.1.3.1, from the leaf at `index` to the root of a tree of `size` leaves: the siblings
 * on the way, the lowest first. `rootOf` gives the root over the leaves from `begin` up to `end`, which it may have kept.
 */
export function inclusionPath(index: number, size: number, rootOf: (begin: number, end: number) => string): string[] {
  const path: string[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + largestPowerBelow(end - begin);
    if (index < middle) {
      path.unshift(rootOf(middle, end));
      end = middle;
    } else {
      path.unshift(rootOf(begin, middle));
      begin = middle;
    }
  }
  return path;
}

/** The root over the leaves from `begin` up to `end` by the shape of the whole tree; `leafAt` or a tile gives what is below. */
export function rootOfRange(
  begin: number,
  end: number,
  leafAt: (index: number) => string,
  tileAt?: (index: number) => string,
): string {
  const count = end - begin;
  if (count === 1) return leafAt(begin);
  if (tileAt && count === TILE_LEAVES && begin % TILE_LEAVES === 0) return tileAt(begin / TILE_LEAVES);
  const middle = begin + largestPowerBelow(count);
  return nodeHash(rootOfRange(begin, middle, leafAt, tileAt), rootOfRange(middle, end, leafAt, tileAt));
}

/** The root that a path leads to (RFC 9162, section 2.1.3.2); null where its length does not fit the tree. */
export function rootByPath(leaf: string, index: number, size: number, path: readonly string[]): string | null {
  if (!(index >= 0 && index < size)) return null;
  let node = leaf;
  let [place, last] = [index, size - 1];
  for (const sibling of path) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      node = nodeHash(sibling, node);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else {
      node = nodeHash(node, sibling);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? node : null;
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
