/**
 * The order of the contacts' keys, found by several threads: whoever inserts in it appends to every index. Kept in
 * memory that threads share, 16 bytes a contact.
 */
import { keyOf } from './produce.ts';

const KEY_BYTES = 16;
/** The keys are spread evenly, so their first two bytes sort them into as many piles of much the same height. */
const PILES = 65_536;

export type Keys = SharedArrayBuffer;

export function allocateKeys(contacts: number): Keys {
  return new SharedArrayBuffer(contacts * KEY_BYTES);
}

/** Computes the keys of one share of the contacts: the `part`-th of `parts`. */
export function fillKeys(keys: Keys, part: number, parts: number): void {
  const bytes = Buffer.from(keys);
  const { start, end } = shareOf(bytes.length / KEY_BYTES, part, parts);
  for (let contact = start; contact < end; contact++) bytes.write(keyOf(contact), contact * KEY_BYTES, 'hex');
}

export interface OrderedShare {
  /** Contacts in the order of their keys. */
  readonly contacts: Uint32Array;
  /** The place of the first of them among all. */
  readonly firstPlace: number;
}

/** One share of all contacts in the order of their keys; the shares follow on each other. */
export function orderShare(keys: Keys, part: number, parts: number): OrderedShare {
  const bytes = Buffer.from(keys);
  const total = bytes.length / KEY_BYTES;
  const { start, end } = shareOf(PILES, part, parts);
  const heights = new Uint32Array(PILES);
  for (let contact = 0; contact < total; contact++) heights[bytes.readUInt16BE(contact * KEY_BYTES)]! += 1;
  let firstPlace = 0;
  for (let pile = 0; pile < start; pile++) firstPlace += heights[pile]!;
  const tops = new Uint32Array(end - start + 1);
  for (let pile = start; pile < end; pile++) tops[pile - start + 1] = tops[pile - start]! + heights[pile]!;
  const begins = tops.slice();
  const contacts = new Uint32Array(tops[end - start]!);
  for (let contact = 0; contact < total; contact++) {
    const pile = bytes.readUInt16BE(contact * KEY_BYTES);
    if (pile < start || pile >= end) continue;
    const top = tops[pile - start]!;
    contacts[top] = contact;
    tops[pile - start] = top + 1;
  }
  for (let pile = 0; pile < end - start; pile++) sortPile(bytes, contacts.subarray(begins[pile]!, begins[pile + 1]!));
  return { contacts, firstPlace };
}

/** By the four bytes after those of the pile; two that agree in all six may stand in either order. */
function sortPile(bytes: Buffer, pile: Uint32Array): void {
  const sortable = Float64Array.from(
    pile,
    (contact, index) => bytes.readUInt32BE(contact * KEY_BYTES + 2) * 2 ** 20 + index,
  );
  sortable.sort();
  const unsorted = pile.slice();
  for (let place = 0; place < pile.length; place++) pile[place] = unsorted[sortable[place]! % 2 ** 20]!;
}

export function keyAt(keys: Keys, contact: number): string {
  return Buffer.from(keys, contact * KEY_BYTES, KEY_BYTES).toString('hex');
}

function shareOf(total: number, part: number, parts: number): { start: number; end: number } {
  return { start: Math.floor((total * part) / parts), end: Math.floor((total * (part + 1)) / parts) };
}
