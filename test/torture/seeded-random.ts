/** Chance that can be repeated. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeds are whole numbers below this, so that people can type them. */
export const SEEDS = 2 ** 31;

/** A seed that nobody chose. */
export function anySeed(): number {
  return Math.floor(Math.random() * SEEDS);
}

/** From 0 up to 1; the same numbers for the same seed and name, so that a scenario repeats without those before it. */
export function seededRandom(seed: number, name: string): () => number {
  const generator = xoroshiro128plus(seed ^ numberOf(name));
  return () => (generator.next() >>> 0) / 2 ** 32;
}

/** A 32-bit number that differs between names: FNV-1a. */
function numberOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
