/** Networks of IPv4 and IPv6 in CIDR notation (RFC 4632, RFC 4291), and whether an address is in one of them. */
import { BlockList, isIP } from 'node:net';

const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** What `parseNetwork` takes, for people. */
export const NETWORK_FORM =
  'a network such as 10.0.0.0/8 or 2001:db8::/32, whose address has no bits after its prefix, or one address';

/** The network as it is kept: in lower case, one address with its prefix, too. Null where the text is none. */
export function parseNetwork(text: string): string | null {
  const [, address = '', prefix] = /^([\d.:a-f]+)(?:\/(0|[1-9]\d{0,2}))?$/i.exec(text) ?? [];
  const bits = BITS[isIP(address)];
  if (bits === undefined) return null;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits || hasBitsAfter(octetsOf(address), length)) return null;
  return `${address.toLowerCase()}/${length}`;
}

/** Networks that `parseNetwork` made. IPv4 addresses are found in their IPv6 form, `::ffff:10.1.2.3`, too. */
export class NetworkList {
  readonly #list = new BlockList();

  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address, prefix] = network.split('/') as [string, string];
      this.#list.addSubnet(address, Number(prefix), familyOf(address));
    }
  }

  /** Whatever is no address is in no network. */
  has(address: string): boolean {
    const withoutZone = address.replace(/%.*$/, '');
    return isIP(withoutZone) !== 0 && this.#list.check(withoutZone, familyOf(withoutZone));
  }
}

/**
 * What one caller holds at least: an IPv4 address, also where it is written as an IPv6 one; of IPv6 the /64, within which
 * addresses cost nothing. Text that is no address stands for itself.
 */
export function networkOfCaller(address: string): string {
  const withoutZone = address.replace(/%.*$/, '');
  if (isIP(withoutZone) !== 6) return withoutZone;
  const octets = octetsOf(withoutZone);
  const hex = Buffer.from(octets).toString('hex');
  return hex.startsWith(MAPPED_IPV4) ? octets.slice(-4).join('.') : `${hex.slice(0, 16)}/64`;
}

/** The first twelve octets of `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2). */
const MAPPED_IPV4 = `${'00'.repeat(10)}ffff`;

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function hasBitsAfter(octets: readonly number[], prefix: number): boolean {
  return octets.some((octet, index) => {
    const kept = Math.min(Math.max(prefix - index * 8, 0), 8);
    return (octet & (0xff >> kept)) !== 0;
  });
}

function octetsOf(address: string): number[] {
  if (isIP(address) === 4) return address.split('.').map(Number);
  // A URL writes the address in hexadecimal alone, with `::` for the longest run of zeros.
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]];
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
