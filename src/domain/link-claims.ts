/** Numbers and texts in few octets: seven bits of a number an octet, the lowest first; texts after their length. */

/** More than the longest address, language and dozens of types take. */
const DESK_OCTETS = 4_096;

/** What every writer writes into; only one may be at work at a time. */
const desk = Buffer.allocUnsafeSlow(DESK_OCTETS);

export class ClaimsWriter {
  #at = 0;

  /** A whole number of at least 0 that is exact. */
  number(value: number): void {
    let rest = value < 0 ? 0 : value;
    while (rest >= 0x80) {
      this.#at = desk.writeUInt8((rest % 0x80) + 0x80, this.#at);
      rest = Math.floor(rest / 0x80);
    }
    this.#at = desk.writeUInt8(rest, this.#at);
  }

  text(text: string): void {
    this.number(Buffer.byteLength(text));
    this.#at += desk.write(text, this.#at);
  }

  /** A view, valid until the next writer begins. */
  finish(): Buffer {
    return desk.subarray(0, this.#at);
  }
}

/** Reads in the order in which it was written. Only for octets that are known to be ours. */
export class ClaimsReader {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const octet = this.#octets.readUInt8(this.#at);
      this.#at += 1;
      value += (octet & 0x7f) * scale;
      if (octet < 0x80) return value;
    }
  }

  text(): string {
    const length = this.number();
    this.#at += length;
    return this.#octets.toString('utf8', this.#at - length, this.#at);
  }
}
