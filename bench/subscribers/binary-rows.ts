/**
 * Rows in the binary format of COPY (postgresql.org/docs/current/sql-copy.html, "Binary Format"): a header, then each
 * row as the number of its fields and each field behind its length, -1 for null, then -1 for the end.
 */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const INITIAL_OCTETS = 1 << 20;
const NULL = -1;

export class BinaryRows {
  #octets = Buffer.allocUnsafe(INITIAL_OCTETS);
  #at = 0;

  constructor() {
    this.#at = HEADER.copy(this.#octets);
  }

  begin(fields: number): void {
    this.#reserve(2);
    this.#at = this.#octets.writeInt16BE(fields, this.#at);
  }

  integer(value: number): void {
    this.#reserve(8);
    this.#at = this.#octets.writeInt32BE(4, this.#at);
    this.#at = this.#octets.writeInt32BE(value, this.#at);
  }

  bigint(value: number): void {
    this.#reserve(12);
    this.#at = this.#octets.writeInt32BE(8, this.#at);
    this.#at = this.#octets.writeInt32BE(Math.floor(value / 2 ** 32), this.#at);
    this.#at = this.#octets.writeUInt32BE(value >>> 0, this.#at);
  }

  hex(digits: string): void {
    this.#reserve(4 + digits.length / 2);
    this.#at = this.#octets.writeInt32BE(digits.length / 2, this.#at);
    this.#at += this.#octets.write(digits, this.#at, 'hex');
  }

  uuid(value: string | null): void {
    if (value === null) this.#null();
    else this.hex(value.replaceAll('-', ''));
  }

  text(value: string | null): void {
    if (value === null) {
      this.#null();
      return;
    }
    this.#reserve(4 + value.length * 3);
    const length = this.#octets.write(value, this.#at + 4);
    this.#octets.writeInt32BE(length, this.#at);
    this.#at += 4 + length;
  }

  end(): void {
    this.#reserve(2);
    this.#at = this.#octets.writeInt16BE(-1, this.#at);
  }

  /** What was written since it was last taken. */
  take(): Buffer {
    const taken = Buffer.from(this.#octets.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  #null(): void {
    this.#reserve(4);
    this.#at = this.#octets.writeInt32BE(NULL, this.#at);
  }

  #reserve(octets: number): void {
    if (this.#at + octets <= this.#octets.length) return;
    const larger = Buffer.allocUnsafe(this.#octets.length * 2 + octets);
    this.#octets.copy(larger, 0, 0, this.#at);
    this.#octets = larger;
  }
}
