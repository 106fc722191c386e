/** Ids that count, in place of random ones: the same requests in the same order are given the same ids. */
import type { Randomness } from '../actions/context.ts';
import type { EventIds } from '../actions/event-ids.ts';
import { FIRST_NEW_ID } from './defaults.ts';

/** Each kind of id counts on its own, from 1. */
export function countingIds(): Randomness {
  const eventIds = countingEventIds();
  const salts = counter();
  const nonces = counter();
  const secrets = counter();
  const requests = counter();
  const uuids = counter();
  const ids = counter();
  return {
    eventIds,
    salt: () => hexadecimal(salts(), 32),
    nonce: () => Buffer.from(hexadecimal(nonces(), 24), 'hex'),
    secret: () => hexadecimal(secrets(), 64),
    correlationId: () => `00000000-0000-4000-9000-${hexadecimal(requests(), 12)}`,
    uuid: () => `00000000-0000-4000-8000-${hexadecimal(uuids(), 12)}`,
    id: () => FIRST_NEW_ID - 1 + ids(),
  };
}

/** One process makes them all, and commits each before it makes another: what there is can be closed at once. */
function countingEventIds(): EventIds {
  let count = 0;
  const made = () => `00000000-0000-7000-8000-${hexadecimal(count, 12)}`;
  return {
    next: () => {
      count += 1;
      return made();
    },
    closable: made,
    catchUp: () => {},
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
