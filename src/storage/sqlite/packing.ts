/**
 * Rows and changes as octets, to cross from one thread to another: one buffer is handed over, whereas objects would be
 * cloned one by one, which costs more than writing them to the file.
 */

/** Every text takes at most this many octets for each of its UTF-16 units, and four for its length. */
const OCTETS_PER_UNIT = 3;
const LENGTH_OCTETS = 4;
const NO_TEXT = 0xffff_ffff;

/** The most octets that a text takes when packed. */
export function packedTextOctets(text: string | null): number {
  return LENGTH_OCTETS + (text === null ? 0 : text.length * OCTETS_PER_UNIT);
}

/** What every packer writes into: bounds are generous, and so much memory is not to be had anew for each. */
let desk = Buffer.allocUnsafeSlow(1_048_576);

/** Writes values one after the other. Only one packer may be at work at a time. */
export class Packer {
  readonly #buffer: Buffer;
  #at = 0;

  /** `octets` is an upper bound of what will be packed. */
  constructor(octets: number) {
    if (octets > desk.length) desk = Buffer.allocUnsafeSlow(octets);
    this.#buffer = desk;
  }

  /** From 0 up to 2^32 - 1. */
  count(value: number): void {
    this.#at = this.#buffer.writeUInt32LE(value, this.#at);
  }

  /** Any number that is exact in the domain: ids and instants. */
  number(value: number): void {
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  /** Hexadecimal digits as half as many octets; the reader knows how many. */
  hex(digits: string): void {
    this.#at += this.#buffer.write(digits, this.#at, 'hex');
  }

  octets(octets: Uint8Array): void {
    this.#buffer.set(octets, this.#at);
    this.#at += octets.length;
  }

  text(text: string | null): void {
    const length = text === null ? 0 : this.#buffer.write(text, this.#at + LENGTH_OCTETS, 'utf8');
    this.count(text === null ? NO_TEXT : length);
    this.#at += length;
  }

  /** What was written, in memory of its own that can be handed over. */
  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.subarray(0, this.#at));
  }
}

/** Reads values in the order in which they were packed. */
export class Unpacker {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#buffer.length;
  }

  count(): number {
    this.#at += 4;
    return this.#buffer.readUInt32LE(this.#at - 4);
  }

  number(): number {
    this.#at += 8;
    return this.#buffer.readDoubleLE(this.#at - 8);
  }

  hex(octets: number): string {
    this.#at += octets;
    return this.#buffer.toString('hex', this.#at - octets, this.#at);
  }

  /** A view, valid as long as the buffer is. */
  octets(length: number): Buffer {
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }

  text(): string | null {
    const length = this.count();
    if (length === NO_TEXT) return null;
    this.#at += length;
    return this.#buffer.toString('utf8', this.#at - length, this.#at);
  }
}
