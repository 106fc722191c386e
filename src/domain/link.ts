/**
 * What a contact's link says, and how it is sealed: the part of a URL after the last slash.
 *
 *     token   = base64url( key id, 4 octets | nonce, 12 | AES-256-GCM of the claims | its tag, 16 )
 *     claims  = purpose | brand | types | language | instant | address
 *
 * The key belongs to one account and is found by its id, which is authenticated with the rest. Whoever lacks the key can
 * neither read a token nor make or alter one; making one needs no database. `docs/adr/0013-links.md` says why it is so.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { ClaimsReader, ClaimsWriter } from './link-claims.ts';

/** What a link is for; it is good for nothing else. */
export const LINK_PURPOSES = ['manage', 'unsubscribe', 'unsubscribe-all', 'confirm', 'sign-up'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

export interface LinkClaims {
  readonly purpose: LinkPurpose;
  /** 0 is the account's own brand. */
  readonly businessUnitId: number;
  /** Of `unsubscribe` the one type; of `sign-up` those offered; of others, for their language, none or one. */
  readonly subscriptionIds: readonly number[];
  /** BCP 47; null where none was asked for. */
  readonly language: string | null;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  /** Of the contact, as it was written; empty where the link is nobody's, as a sign-up form's. */
  readonly address: string;
}

/** What an account's links are sealed with. */
export interface LinkKey {
  /** 8 hexadecimal digits. */
  readonly id: string;
  readonly accountId: number;
  /** 64 hexadecimal digits. */
  readonly secret: string;
  readonly createdAt: number;
  /** From when on its links are void; null while nobody said so. */
  readonly retiresAt: number | null;
}

const KEY_ID_OCTETS = 4;
export const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
const CIPHER = 'aes-256-gcm';

/** `nonce` is 12 octets that were never used with this key. */
export function sealLink(key: LinkKey, nonce: Uint8Array, claims: LinkClaims): string {
  const plain = packClaims(claims);
  const token = Buffer.allocUnsafe(KEY_ID_OCTETS + NONCE_OCTETS + plain.length + TAG_OCTETS);
  token.write(key.id, 0, 'hex');
  token.set(nonce, KEY_ID_OCTETS);
  const cipher = createCipheriv(CIPHER, secretOf(key), nonce);
  cipher.setAAD(token.subarray(0, KEY_ID_OCTETS));
  token.set(cipher.update(plain), KEY_ID_OCTETS + NONCE_OCTETS);
  cipher.final();
  token.set(cipher.getAuthTag(), KEY_ID_OCTETS + NONCE_OCTETS + plain.length);
  return token.toString('base64url');
}

/** The id of the key that a token says it was sealed with; null where the text cannot be a token. */
export function keyIdOf(token: string): string | null {
  return octetsOf(token)?.toString('hex', 0, KEY_ID_OCTETS) ?? null;
}

/** What a token says; null where it was not sealed with this key exactly as it stands. */
export function openLink(key: LinkKey, token: string): LinkClaims | null {
  const octets = octetsOf(token);
  if (!octets) return null;
  const nonce = octets.subarray(KEY_ID_OCTETS, KEY_ID_OCTETS + NONCE_OCTETS);
  const decipher = createDecipheriv(CIPHER, secretOf(key), nonce, { authTagLength: TAG_OCTETS });
  decipher.setAAD(octets.subarray(0, KEY_ID_OCTETS));
  decipher.setAuthTag(octets.subarray(octets.length - TAG_OCTETS));
  const plain = decipher.update(octets.subarray(KEY_ID_OCTETS + NONCE_OCTETS, octets.length - TAG_OCTETS));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return unpackClaims(plain);
}

/** Null where the text is not exactly what `sealLink` would have written for some octets. */
function octetsOf(token: string): Buffer | null {
  const octets = Buffer.from(token, 'base64url');
  // Node reads base64 leniently: several texts stand for the same octets, but only one of them is ours.
  if (octets.toString('base64url') !== token) return null;
  return octets.length > KEY_ID_OCTETS + NONCE_OCTETS + TAG_OCTETS ? octets : null;
}

/** Secrets as the ciphers want them, made ready once a key. */
const secrets = new WeakMap<LinkKey, KeyObject>();

function secretOf(key: LinkKey): KeyObject {
  let secret = secrets.get(key);
  if (!secret) {
    secret = createSecretKey(key.secret, 'hex');
    secrets.set(key, secret);
  }
  return secret;
}

function packClaims(claims: LinkClaims): Buffer {
  const writer = new ClaimsWriter();
  writer.number(LINK_PURPOSES.indexOf(claims.purpose));
  writer.number(claims.businessUnitId);
  writer.number(claims.subscriptionIds.length);
  for (const id of claims.subscriptionIds) writer.number(id);
  writer.text(claims.language ?? '');
  writer.number(claims.issuedAt - EPOCH);
  writer.text(claims.address);
  return writer.finish();
}

/** Instants are counted from 2026, which saves an octet. */
const EPOCH = Date.UTC(2026, 0, 1);

/** Null where a newer version made it, for a purpose that this one does not know. */
function unpackClaims(octets: Buffer): LinkClaims | null {
  const reader = new ClaimsReader(octets);
  const purpose = LINK_PURPOSES[reader.number()];
  if (!purpose) return null;
  const businessUnitId = reader.number();
  const subscriptionIds = Array.from({ length: reader.number() }, () => reader.number());
  const language = reader.text() || null;
  const issuedAt = EPOCH + reader.number();
  return { purpose, businessUnitId, subscriptionIds, language, issuedAt, address: reader.text() };
}
