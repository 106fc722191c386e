/** What parts of a seed have in common: how they are read, and what is wrong with those that cannot be meant. */
import type { Randomness } from '../actions/context.ts';
import { hashSecret } from '../actions/hash-secret.ts';
import type { ManageOutcome, ManageRefusal } from '../actions/manage-outcome.ts';
import { INSTANT_FORM, parseInstant } from '../actions/parse-instant.ts';
import { faultAt } from './seed-fault.ts';

/** What everything that is composed depends on besides the seed. */
export interface Setting {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly randomness: Randomness;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function refuseUnlessUuid(text: string | undefined, at: string): void {
  if (text !== undefined && !UUID.test(text)) throw faultAt(at, 'was no UUID. Allowed: one in lower case, or none');
}

const SHA_256 = /^[0-9a-f]{64}$/;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** A secret itself, or what is kept of one that only whoever made it knows. */
export interface SeededSecret {
  readonly secret: string | undefined;
  readonly sha256?: string | undefined;
  readonly hint?: string | undefined;
}

/** What is kept of a secret that stands in the field `name`. Throws `SeedFault`. */
export function readSecret(
  { secret, sha256, hint = '' }: SeededSecret,
  name: string,
  at: string,
): { readonly secretHash: string; readonly hint: string } {
  if (secret !== undefined && sha256 === undefined) {
    if (VISIBLE_ASCII.test(secret)) return { secretHash: hashSecret(secret), hint: secret.slice(-4) };
    throw faultAt(`${at}.${name}`, 'could not be sent. Allowed: visible ASCII characters without spaces');
  }
  if (secret !== undefined || sha256 === undefined) throw faultAt(at, `must have either ${name} or sha256`);
  if (SHA_256.test(sha256)) return { secretHash: sha256, hint };
  throw faultAt(`${at}.sha256`, 'was no SHA-256. Allowed: 64 hexadecimal digits in lower case');
}

/** Ids for people. */
export function listed(things: Iterable<{ readonly id: number }>): string {
  return [...things].map(({ id }) => id).join(', ') || 'none, for there is none';
}

export function created(
  of: { readonly createdAt?: string; readonly updatedAt?: string },
  at: string,
  now: number,
): { createdAt: number; updatedAt: number } {
  const createdAt = instantAt(of.createdAt, `${at}.createdAt`) ?? now;
  return { createdAt, updatedAt: instantAt(of.updatedAt, `${at}.updatedAt`) ?? createdAt };
}

/** Epoch milliseconds; null where the seed says nothing. Throws `SeedFault`. */
export function instantAt(text: string | null | undefined, at: string): number | null {
  if (text === null || text === undefined) return null;
  const instant = parseInstant(text);
  if (instant === null) {
    throw faultAt(at, `was ${JSON.stringify(text.slice(0, 80))}, which is no instant. Allowed: ${INSTANT_FORM}`);
  }
  return instant;
}

/** Throws what is wrong with a part of the seed. */
export function valueOrFault<Value>(outcome: ManageOutcome<Value>): Value {
  if (outcome.kind === 'done') return outcome.value;
  const { refusal } = outcome;
  if (refusal.code !== 'invalid') throw new Error(`A part of a seed was refused for ${refusal.code}`);
  throw faultAt(refusal.field, refusal.problem);
}

export function refuseUnless(...problems: readonly (ManageRefusal | null)[]): void {
  for (const problem of problems) if (problem?.code === 'invalid') throw faultAt(problem.field, problem.problem);
}

/** Throws where two things have the same key, naming the second. */
export function refuseRepeated(things: readonly { readonly at: string; readonly key: string | number }[]): void {
  const seen = new Map<string | number, string>();
  for (const { at, key } of things) {
    const first = seen.get(key);
    if (first !== undefined) throw faultAt(at, `is the same as ${first}. Allowed: each only once`);
    seen.set(key, at);
  }
}

export function refuseRepeatedIds(things: readonly { readonly id: number }[], at: string): void {
  refuseRepeated(things.map(({ id }, index) => ({ at: `${at}[${index}].id`, key: id })));
}
