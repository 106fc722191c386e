/** Tells the operator that the database went away and that it came back: a line each, and a reminder now and then. */
import type { Logger } from 'pino';
import { StoreUnavailable } from '../storage/port.ts';
import { NowAndThen } from './now-and-then.ts';

/** The database is looked at twice a second: one that is away for long must not fill the log. */
const REMIND_EVERY_MS = 60_000;

/** What `createContext` tells of its looks at the database, and of what it writes there in the background. */
export interface OutageLog {
  readonly onPollError: (error: unknown) => void;
  readonly onPolled: () => void;
  readonly onUsesNotStored: (error: unknown) => void;
}

interface Outage {
  readonly since: number;
}

export function createOutageLog(log: Logger): OutageLog {
  const reminders = new NowAndThen<Outage>(REMIND_EVERY_MS);
  let outage: Outage | null = null;
  return {
    onPollError: (error) => {
      outage ??= { since: performance.now() };
      if (reminders.count(outage) === 0) return;
      log.warn({ ...describe(error), forSeconds: secondsSince(outage.since) }, 'the database does not answer');
    },
    onPolled: () => {
      if (outage === null) return;
      log.info({ afterSeconds: secondsSince(outage.since) }, 'the database answers again');
      outage = null;
    },
    onUsesNotStored: (error) => {
      // That it does not answer is said already.
      if (outage === null) log.warn(describe(error), 'when tokens were last used could not be stored yet');
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
