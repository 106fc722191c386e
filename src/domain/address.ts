/**
 * An e-mail address: what counts as one, how it is answered, and the key that stands for it in storage.
 *
 * The rule, stated in full because no library covers all of it:
 * - surrounding white space is dropped, the text is brought to Unicode NFC;
 * - at most 254 octets in UTF-8 (RFC 5321 section 4.5.3.1.3, less the angle brackets);
 * - exactly one unquoted `@`; before it a dot-atom of 1 to 64 octets, where any letter beyond ASCII is
 *   welcome (RFC 5322 section 3.2.3, RFC 6532 section 3.2); quoted local parts are refused;
 * - after it a domain name of at least two labels that UTS #46 can turn to ASCII (Node's `domainToASCII`), each
 *   label 1 to 63 letters, digits and inner hyphens (RFC 5321 section 4.1.2); IP literals are refused.
 */
import { hash } from 'node:crypto';
import { domainToASCII } from 'node:url';

/** 16 bytes as 32 hexadecimal digits: the first half of SHA-256 over the account's id and the normalised address. */
export type SubscriberKey = string;

/** An address that passed the rule above, in the three forms that are needed of it. */
export interface Address {
  /** As it was written, without surrounding white space. */
  readonly written: string;
  /** As answers show it: lower case, the domain as the caller wrote it. */
  readonly shown: string;
  /** As it is compared: lower case, the domain in its ASCII form. */
  readonly normalised: string;
}

const MAX_OCTETS = 254;
const MAX_LOCAL_OCTETS = 64;
const MAX_DOMAIN_OCTETS = 253;
const LOCAL_PART = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ALL_DIGITS_LABEL = /(?:^|\.)\d+$/;
/** The common case, decided in one step: ASCII throughout, lower case or not, no IDN label. */
const PLAIN = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9.-]+$/;

/** Reads `text` as an e-mail address; null where it is none by the rule at the top of this file. */
export function parseAddress(text: string): Address | null {
  const written = text.trim();
  if (written.length > MAX_OCTETS) return null;
  return PLAIN.test(written) ? parsePlain(written) : parseInternational(written);
}

function parsePlain(written: string): Address | null {
  const shown = written.toLowerCase();
  const at = shown.indexOf('@');
  const domain = shown.slice(at + 1);
  if (at > MAX_LOCAL_OCTETS || !isDomain(domain)) return null;
  return { written, shown, normalised: shown };
}

function parseInternational(written: string): Address | null {
  const shown = written.normalize('NFC').toLowerCase();
  const at = shown.indexOf('@');
  if (at < 1 || Buffer.byteLength(shown) > MAX_OCTETS) return null;
  const local = shown.slice(0, at);
  if (Buffer.byteLength(local) > MAX_LOCAL_OCTETS || !LOCAL_PART.test(local)) return null;
  const domain = parseDomain(shown.slice(at + 1));
  if (domain === null || local.length + 1 + domain.length > MAX_OCTETS) return null;
  return { written, shown, normalised: `${local}@${domain}` };
}

/** The ASCII form, in lower case, of a domain name by the rule at the top of this file; null where it is none. */
export function parseDomain(text: string): string | null {
  // What a URL's host may hold and a mail domain may not: UTS #46 would decode or drop it without a word.
  if (/[\s%@:/?#[\]\\<>^|]/u.test(text)) return null;
  const ascii = domainToASCII(text);
  return isDomain(ascii) ? ascii : null;
}

function isDomain(domain: string): boolean {
  return domain.length <= MAX_DOMAIN_OCTETS && DOMAIN.test(domain) && !ALL_DIGITS_LABEL.test(domain);
}

/** The key of an address within an account. It outlives the address: an erased one still finds its opt-out. */
export function subscriberKey(accountId: number, normalised: string): SubscriberKey {
  return hash('sha256', `${accountId}\n${normalised}`, 'hex').slice(0, 32);
}
