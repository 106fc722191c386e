/** Whether the server can do its work: the store answers, and soon. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Context, StoreUnavailable } from './context.ts';
import { shareUnderway } from './share-underway.ts';

const PATIENCE_MS = 2_000;

const checks = new WeakMap<Context, Promise<void>>();

/**
 * Rejects with `StoreUnavailable` where the store does not answer within two seconds. Whoever asks while a check
 * runs shares its result: anybody may ask, and a database that hangs must not hang more for it.
 */
export function checkReadiness(context: Context): Promise<void> {
  return shareUnderway(checks, context, () => askStore(context));
}

async function askStore(context: Context): Promise<void> {
  const patience = new AbortController();
  const tooLate = pause(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).then(() => {
    throw new StoreUnavailable('The database did not answer in time');
  });
  // Where the store is in time, the pause is broken off and nobody waits for it any more.
  tooLate.catch(() => {});
  await Promise.race([context.store.ping(), tooLate]).finally(() => patience.abort());
}
