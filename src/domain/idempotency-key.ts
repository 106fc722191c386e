/**
 * What a client's `Idempotency-Key` is turned into: what its row is found by, and two secrets that are stored nowhere.
 *
 *     id       = SHA-256( account / app / key )
 *     secrets  = HKDF-SHA-256( key, salt: id ), 64 octets: one half encrypts, the other marks requests
 *
 * Who has the database has the id, and needs the key to learn anything of the request or its answer.
 * `docs/adr/0024-idempotency.md` says why it is so.
 */
import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync } from 'node:crypto';

export interface IdempotencyKey {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** 32 octets each. */
  readonly cipherSecret: Uint8Array;
  readonly markSecret: Uint8Array;
}

/** A request, in all by which it may differ from another one. */
export interface FingerprintedRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  /** As it was sent; empty where there was none. */
  readonly body: string;
}

const CIPHER = 'aes-256-gcm';
const SECRET_OCTETS = 32;
const TAG_OCTETS = 16;
const PURPOSE = 'optio idempotency key';

/** A key is one app's in one account: anybody else's of the same name is another one. */
export function deriveKey(owner: { readonly accountId: number; readonly appId: number }, sent: string): IdempotencyKey {
  const id = hash('sha256', `${owner.accountId}/${owner.appId}/${sent}`, 'hex');
  const secrets = new Uint8Array(hkdfSync('sha256', sent, Buffer.from(id, 'hex'), PURPOSE, 2 * SECRET_OCTETS));
  return { id, cipherSecret: secrets.subarray(0, SECRET_OCTETS), markSecret: secrets.subarray(SECRET_OCTETS) };
}

/** 64 hexadecimal digits, the same for the same request, that tell nothing to who lacks the key. */
export function fingerprint({ markSecret }: IdempotencyKey, { method, url, body }: FingerprintedRequest): string {
  return createHmac('sha256', markSecret).update(`${method} ${url}\n`).update(body).digest('hex');
}

/** The text encrypted, with its tag. `nonce` is 12 octets that were never used with this key. */
export function sealAnswer({ cipherSecret }: IdempotencyKey, nonce: Uint8Array, text: string): Buffer {
  const cipher = createCipheriv(CIPHER, cipherSecret, nonce);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Throws where it is not exactly what `sealAnswer` made with this key and nonce. */
export function openAnswer({ cipherSecret }: IdempotencyKey, nonce: Uint8Array, sealed: Uint8Array): string {
  const decipher = createDecipheriv(CIPHER, cipherSecret, nonce, { authTagLength: TAG_OCTETS });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_OCTETS));
  const text = decipher.update(sealed.subarray(0, sealed.length - TAG_OCTETS));
  return Buffer.concat([text, decipher.final()]).toString('utf8');
}
