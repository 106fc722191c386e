/** Tells the operator that the database went away and that it came back: a line each, and a reminder now and then. */
import type { Logger } from 'pino';
import { StoreUnavailable } from './storage/port.ts';

/** The database is looked at twice a second: one that is away for long must not fill the log. */
const REMIND_EVERY_MS = 60_000;

/** What `createContext` tells of its looks at the database. */
export interface OutageLog {
  readonly onPollError: (error: unknown) => void;
  readonly onPolled: () => void;
}

export function createOutageLog(log: Logger): OutageLog {
  let awaySince: number | null = null;
  let toldAt = 0;
  return {
    onPollError: (error) => {
      const now = performance.now();
      if (awaySince !== null && now - toldAt < REMIND_EVERY_MS) return;
      awaySince ??= now;
      toldAt = now;
      log.warn({ ...describe(error), forSeconds: secondsSince(awaySince) }, 'the database does not answer');
    },
    onPolled: () => {
      if (awaySince === null) return;
      log.info({ afterSeconds: secondsSince(awaySince) }, 'the database answers again');
      awaySince = null;
    },
  };
}

function secondsSince(instant: number): number {
  return Math.round((performance.now() - instant) / 1_000);
}

/** No message: it may quote what the log must not hold. */
function describe(error: unknown): { error: string; why?: string | undefined } {
  if (error instanceof StoreUnavailable) return { error: error.name, why: error.reason };
  return { error: error instanceof Error ? error.name : typeof error };
}
