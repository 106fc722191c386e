/**
 * How operators' passwords are hashed, so that whoever gets hold of the hashes must spend much on every guess. scrypt
 * (RFC 7914) comes with Node.js; a hash is a PHC string, which says what it cost.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { Turns } from './turns.ts';

/** What a hash costs: it takes `128 * 2 ** log2N * r` octets, `p` times one after the other. */
export interface PasswordCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** What OWASP asks of scrypt: 128 MiB a hash. */
export const PASSWORD_COST: PasswordCost = { log2N: 17, r: 8, p: 1 };

const SALT_OCTETS = 16;
const HASH_OCTETS = 32;
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Hashes are made two at a time in a process: more would take its memory. */
const turns = new Turns(2);
/** Some seconds of work. Whoever comes when so many wait is told to come later. */
const MAX_WAITING = 20;

/** The password's hash as a PHC string. Waits its turn, however many wait: who sets passwords is trusted. */
export async function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  const salt = randomBytes(SALT_OCTETS);
  return composeHash(cost, salt, await derive(password, salt, HASH_OCTETS, cost));
}

/** Whether `hash`, a PHC string of any cost, is the password's. `too-busy`: too many are being checked; nothing was. */
export async function checkPassword(password: string, hash: string): Promise<'right' | 'wrong' | 'too-busy'> {
  if (turns.waiting >= MAX_WAITING) return 'too-busy';
  const { cost, salt, derived } = readHash(hash);
  const shown = await derive(password, salt, derived.length, cost);
  return timingSafeEqual(shown, derived) ? 'right' : 'wrong';
}

/** A hash that no password has, and that takes as long to check as any. */
export function hashOfNobody(cost: PasswordCost): string {
  return composeHash(cost, Buffer.alloc(SALT_OCTETS), Buffer.alloc(HASH_OCTETS));
}

/** Whether guessing the password behind `hash` is cheaper than it would be with `cost`. */
export function isCheaper(hash: string, cost: PasswordCost): boolean {
  return workOf(readHash(hash).cost) < workOf(cost);
}

function workOf({ log2N, r, p }: PasswordCost): number {
  return 2 ** log2N * r * p;
}

function composeHash({ log2N, r, p }: PasswordCost, salt: Buffer, derived: Buffer): string {
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${base64(salt)}$${base64(derived)}`;
}

function readHash(hash: string): { cost: PasswordCost; salt: Buffer; derived: Buffer } {
  const [, log2N, r, p, salt, derived] = PHC.exec(hash) ?? [];
  if (salt === undefined || derived === undefined) throw new Error('What is stored as a hash of a password is none');
  return {
    cost: { log2N: Number(log2N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    derived: Buffer.from(derived, 'base64'),
  };
}

/** PHC strings have no padding. */
function base64(octets: Buffer): string {
  return octets.toString('base64').replace(/=+$/, '');
}

function derive(password: string, salt: Buffer, octets: number, { log2N, r, p }: PasswordCost): Promise<Buffer> {
  const N = 2 ** log2N;
  const options: ScryptOptions = { N, r, p, maxmem: 128 * r * (N + p + 2) };
  const work = () =>
    new Promise<Buffer>((resolve, reject) => {
      scrypt(password.normalize('NFC'), salt, octets, options, (error, key) => (error ? reject(error) : resolve(key)));
    });
  return turns.take(work);
}
