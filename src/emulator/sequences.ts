/** Ids that count, in place of random ones: the same requests in the same order are given the same ids. */
import type { Randomness } from '../actions/context.ts';
import { FIRST_NEW_ID } from './defaults.ts';

/** Each kind of id counts on its own, from 1. */
export function countingIds(): Randomness {
  const events = counter();
  const salts = counter();
  const nonces = counter();
  const secrets = counter();
  const requests = counter();
  const uuids = counter();
  const ids = counter();
  return {
    eventId: () => `00000000-0000-7000-8000-${hexadecimal(events(), 12)}`,
    salt: () => hexadecimal(salts(), 32),
    nonce: () => Buffer.from(hexadecimal(nonces(), 24), 'hex'),
    secret: () => hexadecimal(secrets(), 64),
    correlationId: () => `00000000-0000-4000-9000-${hexadecimal(requests(), 12)}`,
    uuid: () => `00000000-0000-4000-8000-${hexadecimal(uuids(), 12)}`,
    id: () => FIRST_NEW_ID - 1 + ids(),
  };
}

function counter(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count;
  };
}

function hexadecimal(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
