/**
 * The hash by which Citus tells a contact's shard: PostgreSQL's own of a bytea, as Citus's `worker_hash` says it. Made
 * after PostgreSQL's `hash_bytes` (src/common/hashfn.c, by Bob Jenkins, public domain).
 */

/** What PostgreSQL begins with, to which the number of octets is added. */
const SEED = (0x9e3779b9 + 3923095) | 0;
/** By how many bits each step turns, in `mix` and in `finish`. */
const MIX = [4, 6, 8, 16, 19, 4] as const;
const FINISH = [14, 11, 25, 16, 4, 14, 24] as const;
const BLOCK = 12;

/** A signed number of 32 bits. */
export function shardHash(octets: Uint8Array): number {
  let words: Words = [SEED + octets.length, SEED + octets.length, SEED + octets.length];
  const whole = octets.length - (octets.length % BLOCK);
  for (let start = 0; start < whole; start += BLOCK)
    words = mix(added(words, octets.subarray(start, start + BLOCK), 0));
  // Of the last word the lowest octet is kept free.
  return finish(added(words, octets.subarray(whole), 1));
}

type Words = readonly [a: number, b: number, c: number];

/** Adds up to twelve octets, the lowest of each word first; those of the last word begin `shift` octets higher. */
function added(words: Words, octets: Uint8Array, shift: number): Words {
  const sums: [number, number, number] = [...words];
  octets.forEach((octet, place) => {
    const word = place >> 2;
    const octetOfWord = (place & 3) + (word === 2 ? shift : 0);
    sums[word] = (sums[word]! + (octet << (8 * octetOfWord))) | 0;
  });
  return sums;
}

function mix([x, y, z]: Words): Words {
  let [a, b, c] = [x, y, z];
  for (const bits of MIX) {
    // Each step is the one before with the three in another place.
    const mixed = (a - c) ^ turned(c, bits);
    [a, b, c] = [b, (c + b) | 0, mixed];
  }
  return [a, b, c];
}

function finish([x, y, z]: Words): number {
  let [a, b, c] = [x, y, z];
  for (const bits of FINISH) [a, b, c] = [b, ((c ^ b) - turned(b, bits)) | 0, a];
  return b;
}

function turned(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
