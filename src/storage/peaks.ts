/** The peaks of the tree over the ledger stand in one column, one hash after the other. */

const HASH_DIGITS = 64;

/** As many as there are; a last one that is cut off stays so, and is found to be none. */
export function peaksOf(digits: string): string[] {
  return Array.from({ length: Math.ceil(digits.length / HASH_DIGITS) }, (_, index) =>
    digits.slice(index * HASH_DIGITS, (index + 1) * HASH_DIGITS),
  );
}
