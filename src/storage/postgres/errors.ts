/** Which of PostgreSQL's failures mean that the database is unavailable, and in which words. */
import pg from 'pg';
import { StoreUnavailable } from '../port.ts';

/** By the beginning of the SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html; longer ones first. */
const UNAVAILABLE: readonly (readonly [prefix: string, reason: string])[] = [
  ['08', 'the connection failed'],
  ['25006', 'the server is read-only, perhaps since another one took its place'],
  ['28', 'the server refused the user or the password'],
  ['3D000', 'there is no such database'],
  ['40', 'the transaction gave way to another one'],
  ['42501', 'the user lacks a privilege'],
  ['42703', 'the database has not been migrated'],
  ['42P01', 'the database has not been migrated'],
  ['53', 'the server has no resources left'],
  ['55P03', 'a lock was not to be had in time'],
  ['57', 'the server ended the work'],
  ['58', "the server's system failed"],
  ['XX', 'the server reports an internal error'],
];

/** After a migration elsewhere a connection may hold plans for tables as they were; a new one does not. */
const OLD_PLAN = /^cached plan must not change result type/;

/** What `pg` says of its own, without a SQLSTATE, when a connection is lost or cannot be had. */
const LOST_CONNECTION = /^(?:Connection terminated|Client (?:has encountered|was closed))/;

/** The same, when nothing was heard for as long as patience lasts. */
const SILENCE = /^(?:Query read timeout|timeout expired|Connection terminated due to connection timeout)/;

/** The same of a pool whose connections are all at work. */
const NONE_FREE = /^timeout exceeded when trying to connect/;

/** 22012: how the commit statement fails when a row was not as expected. 40001, 40P01: another transaction won. */
const CONFLICTS = new Set(['22012', '40001', '40P01']);

/** Whether a commit failed because somebody else was faster; nothing was written then. */
export function isConflict(error: unknown): boolean {
  return error instanceof pg.DatabaseError && CONFLICTS.has(error.code ?? '');
}

/** 2201E: how the commit statement fails when the ledger is closed through one of its events. */
const TOO_LATE = '2201E';

/** Whether a commit failed because the ledger is closed where it would have added to it; nothing was written then. */
export function isTooLate(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === TOO_LATE;
}

/** Whether a lock was not to be had within the patience that was set. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03';
}

/** Whether nothing at all was heard of the server for as long as patience lasts. */
export function isSilence(error: unknown): error is Error {
  return error instanceof Error && SILENCE.test(error.message);
}

/** The port's error for what `pg` threw; anything that is a bug of ours comes back as it is, less what is personal. */
export function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error;
  const reason = reasonOf(error);
  if (reason !== null) return unavailable(reason, error);
  if (error instanceof pg.DatabaseError) {
    // They quote whole rows, and whoever logs the error would log addresses.
    error.detail = undefined;
    error.where = undefined;
  }
  return error;
}

/** Any failure to get a connection counts, whatever its kind. */
export function toConnectionError(error: unknown): unknown {
  const mapped = toStoreError(error);
  if (mapped instanceof StoreUnavailable || !(mapped instanceof Error)) return mapped;
  return unavailable('no connection could be made', mapped);
}

function unavailable(reason: string, cause: Error): StoreUnavailable {
  // Where several addresses of one name were tried, the message is empty and the code says it.
  const words = cause.message || (cause as NodeJS.ErrnoException).code;
  return new StoreUnavailable(`PostgreSQL: ${reason} (${words}).`, { cause, reason });
}

function reasonOf(error: Error): string | null {
  if (error instanceof pg.DatabaseError) {
    if (OLD_PLAN.test(error.message)) return 'the tables were changed by a migration';
    const code = error.code ?? '';
    return UNAVAILABLE.find(([prefix]) => code.startsWith(prefix))?.[1] ?? null;
  }
  if ('syscall' in error || error instanceof AggregateError) return 'the server cannot be reached';
  if (SILENCE.test(error.message)) return 'the server does not answer';
  if (NONE_FREE.test(error.message)) return 'no connection was free in time';
  return LOST_CONNECTION.test(error.message) ? 'the connection was lost' : null;
}
