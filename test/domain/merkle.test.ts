import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  EMPTY_ROOT,
  Frontier,
  inclusionPath,
  leafHash,
  nodeHash,
  rootByPath,
  rootOfRange,
  TILE_LEAVES,
} from '../../src/domain/merkle.ts';

const sha256 = (...parts: readonly (string | Buffer)[]) => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest('hex');
};

/** MTH of RFC 9162, section 2.1.1, as it stands there. */
function treeHash(leaves: readonly string[]): string {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

/**
 * The entries and roots that Certificate Transparency's implementations test with (transparency-dev/merkle,
 * testonly/constants.go): their leaves hash entries of any length, where ours hash 32 octets.
 */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('the roots are those that other implementations of the RFC have', () => {
  const leaves = ENTRIES.map((entry) => sha256(Buffer.of(0), Buffer.from(entry, 'hex')));
  const frontier = new Frontier();
  assert.equal(frontier.root(), EMPTY_ROOT);
  assert.equal(EMPTY_ROOT, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  leaves.forEach((leaf, index) => {
    frontier.append(leaf);
    assert.equal(frontier.root(), ROOTS[index]);
  });
});

test('a leaf is hashed apart from a node', () => {
  const eventHash = sha256('an event');
  assert.equal(leafHash(eventHash), sha256(Buffer.of(0), Buffer.from(eventHash, 'hex')));
  const pair = Buffer.from(eventHash + EMPTY_ROOT, 'hex');
  assert.equal(nodeHash(eventHash, EMPTY_ROOT), sha256(Buffer.of(1), pair));
});

const leavesOf = (count: number) => Array.from({ length: count }, (_, index) => leafHash(sha256(String(index))));

test('a tree that grows has the root of the whole at every size, also where it is taken up again', () => {
  fc.assert(
    fc.property(fc.nat(700), fc.nat(700), (count, stop) => {
      const leaves = leavesOf(count);
      let frontier = new Frontier();
      const tiles: string[] = [];
      leaves.forEach((leaf, index) => {
        if (index === stop) frontier = Frontier.of(frontier.size, frontier.peaks)!;
        const tile = frontier.append(leaf);
        if (tile !== null) tiles.push(tile);
      });
      assert.equal(frontier.root(), treeHash(leaves));
      assert.deepEqual(
        tiles,
        Array.from({ length: Math.floor(count / TILE_LEAVES) }, (_, tile) =>
          treeHash(leaves.slice(tile * TILE_LEAVES, (tile + 1) * TILE_LEAVES)),
        ),
      );
    }),
    { numRuns: 60 },
  );
});

test('peaks that do not fit the size are refused', () => {
  assert.equal(Frontier.of(3, [EMPTY_ROOT]), null);
});

test('a path leads from its leaf to the root, and from no other leaf or place', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), fc.nat(), fc.nat(), (size, someIndex, someOther) => {
      const leaves = leavesOf(size);
      const index = someIndex % size;
      const leafAt = (place: number) => leaves[place]!;
      const tileAt = (tile: number) => treeHash(leaves.slice(tile * TILE_LEAVES, (tile + 1) * TILE_LEAVES));
      const path = inclusionPath(index, size, (begin, end) => rootOfRange(begin, end, leafAt, tileAt));
      const root = treeHash(leaves);
      assert.equal(rootByPath(leaves[index]!, index, size, path), root);
      assert.notEqual(rootByPath(leafHash(EMPTY_ROOT), index, size, path), root);
      const other = someOther % size;
      if (other !== index) assert.notEqual(rootByPath(leaves[index]!, other, size, path), root);
      assert.equal(rootByPath(leaves[index]!, index, size, [...path, EMPTY_ROOT]), null);
      if (path.length > 0) assert.equal(rootByPath(leaves[index]!, index, size, path.slice(1)) === root, false);
      assert.equal(rootByPath(leaves[index]!, size, size, path), null);
    }),
    { numRuns: 200 },
  );
});
