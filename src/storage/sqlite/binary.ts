/** Hexadecimal text in the domain, bytes in the file: half the size in every row and index. */

export function toBytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

export function toHex(bytes: unknown): string {
  const view = bytes as Uint8Array;
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('hex');
}

/** A UUID's 16 bytes. */
export function uuidToBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

export function toUuid(bytes: unknown): string {
  return hyphenated(toHex(bytes));
}

/** A UUID's 32 hexadecimal digits with the hyphens between them. */
export function hyphenated(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
