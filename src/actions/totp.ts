/** The second factor: codes of six digits that change every 30 seconds (RFC 6238), as authenticator apps show them. */
import type { TOTP } from 'otpauth';
import type { Randomness } from './context.ts';

/** RFC 4226 section 4 asks for 160 bits. */
const KEY_OCTETS = 20;
/** What every authenticator app can do; some can do nothing else. */
const CODES = { issuer: 'Optio', algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Clocks differ, and typing takes time: the codes before and after are good, too. */
const WINDOW = 1;

/** A key that nobody has, for whoever shall not notice that there is none. */
export const TOTP_KEY_OF_NOBODY = 'A'.repeat(32);

/** A new key, in base32. */
export async function newTotpKey(randomness: Pick<Randomness, 'secret'>): Promise<string> {
  const { Secret } = await import('otpauth');
  return Secret.fromHex(randomness.secret().slice(0, KEY_OCTETS * 2)).base32;
}

/** What an authenticator app is given, mostly as a QR code: `otpauth://totp/…`. */
export async function totpUri(key: string, email: string): Promise<string> {
  return (await codesOf(key, email)).toString();
}

/** The step of time, counted from 1970, whose code this is; null where it is of none near `now`. White space is no matter. */
export async function totpStep(key: string, code: string, now: number): Promise<number | null> {
  const token = code.replace(/\s/g, '');
  // What else has the right length may be longer in UTF-8, which the library cannot compare.
  if (!/^\d{6}$/.test(token)) return null;
  const codes = await codesOf(key);
  const away = codes.validate({ token, timestamp: now, window: WINDOW });
  return away === null ? null : codes.counter({ timestamp: now }) + away;
}

/** What an authenticator app that has the key shows at `now`. */
export async function totpCode(key: string, now: number): Promise<string> {
  return (await codesOf(key)).generate({ timestamp: now });
}

async function codesOf(key: string, label = ''): Promise<TOTP> {
  const otpauth = await import('otpauth');
  return new otpauth.TOTP({ ...CODES, label, secret: key });
}
