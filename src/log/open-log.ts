/** The log of a process that serves: JSON, a line each, on stderr. */
import { type Logger, pino } from 'pino';
import type { Config } from '../config/settings.ts';

/** Each line is written at once, so that none is lost however the process ends. */
export function openLog({ logLevel }: Config): Logger {
  return pino({ level: logLevel }, pino.destination({ fd: 2, sync: true }));
}
