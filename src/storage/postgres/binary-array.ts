/**
 * Arrays as PostgreSQL's binary protocol has them. A thousand changes are eighteen columns of a thousand values: as
 * array literals each text would be escaped here and unescaped there, and bytes sent as hexadecimal digits.
 *
 * The format (array_send in src/backend/utils/adt/arrayfuncs.c): number of dimensions, whether there are nulls, the
 * element type, then the one dimension's length and lower bound, then each value behind its length, -1 for null.
 */
import pg from 'pg';

const { INT8, INT4, BYTEA, UUID, TEXT, JSON: JSON_TEXT } = pg.types.builtins;
const HEADER_OCTETS = 20;
const NULL = -1;

export function bigintArray(values: readonly number[]): Buffer {
  const { array, start } = allocate(INT8, values.length, values.length * 12);
  let at = start;
  for (const value of values) {
    at = array.writeInt32BE(8, at);
    at = array.writeInt32BE(Math.floor(value / 2 ** 32), at);
    at = array.writeUInt32BE(value >>> 0, at);
  }
  return array;
}

export function integerArray(values: readonly number[]): Buffer {
  const { array, start } = allocate(INT4, values.length, values.length * 8);
  let at = start;
  for (const value of values) {
    at = array.writeInt32BE(4, at);
    at = array.writeInt32BE(value, at);
  }
  return array;
}

/** From hexadecimal digits. */
export function byteaArray(values: readonly string[]): Buffer {
  const octets = values.reduce((sum, value) => sum + 4 + value.length / 2, 0);
  const { array, start } = allocate(BYTEA, values.length, octets);
  let at = start;
  for (const value of values) {
    at = array.writeInt32BE(value.length / 2, at);
    at += array.write(value, at, 'hex');
  }
  return array;
}

export function uuidArray(values: readonly (string | null)[]): Buffer {
  const octets = values.reduce((sum, value) => sum + (value === null ? 4 : 20), 0);
  const { array, start } = allocate(UUID, values.length, octets);
  let at = start;
  for (const value of values) {
    at = array.writeInt32BE(value === null ? NULL : 16, at);
    if (value !== null) at += array.write(value.replaceAll('-', ''), at, 'hex');
  }
  return array;
}

export function textArray(values: readonly (string | null)[]): Buffer {
  return charactersArray(TEXT, values);
}

export function jsonArray(values: readonly (string | null)[]): Buffer {
  return charactersArray(JSON_TEXT, values);
}

function charactersArray(elementType: number, values: readonly (string | null)[]): Buffer {
  const octets = values.reduce((sum, value) => sum + 4 + (value === null ? 0 : Buffer.byteLength(value)), 0);
  const { array, start } = allocate(elementType, values.length, octets);
  let at = start;
  for (const value of values) {
    const length = value === null ? NULL : array.write(value, at + 4);
    array.writeInt32BE(length, at);
    at += 4 + Math.max(length, 0);
  }
  return array;
}

function allocate(elementType: number, length: number, octets: number): { array: Buffer; start: number } {
  const array = Buffer.allocUnsafe(HEADER_OCTETS + octets);
  array.writeInt32BE(1, 0);
  // "There may be nulls": a promise to be careful, and allowed where there are none.
  array.writeInt32BE(1, 4);
  array.writeUInt32BE(elementType, 8);
  array.writeInt32BE(length, 12);
  array.writeInt32BE(1, 16);
  return { array, start: HEADER_OCTETS };
}
