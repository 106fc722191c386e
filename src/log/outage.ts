/** Tells the operator that something went away and that it came back: a line each, and a reminder now and then. */
import type { Logger } from 'pino';
import { NowAndThen } from './now-and-then.ts';

/** What is asked again and again and is away for long must not fill the log. */
const REMIND_EVERY_MS = 60_000;

export interface OutageTelling {
  /** To be called each time that it failed; `details` say how, and hold no secret. */
  readonly failed: (details: object) => void;
  /** To be called each time that it went well. */
  readonly answered: () => void;
}

/** `what` begins the lines: "the database". */
export function tellOutages(log: Logger, what: string, subject: object = {}): OutageTelling {
  const reminders = new NowAndThen<{ since: number }>(REMIND_EVERY_MS);
  let outage: { since: number } | null = null;
  return {
    failed: (details) => {
      outage ??= { since: performance.now() };
      if (reminders.count(outage) === 0) return;
      log.warn({ ...subject, ...details, forSeconds: secondsSince(outage.since) }, `${what} does not answer`);
    },
    answered: () => {
      if (outage === null) return;
      log.info({ ...subject, afterSeconds: secondsSince(outage.since) }, `${what} answers again`);
      outage = null;
    },
  };
}

function secondsSince(instant: number): number {
  return Math.round((performance.now() - instant) / 1_000);
}
