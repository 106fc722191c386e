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

/** How a commit fails that was told by its statement what was written, and found that a row was not as expected. */
export class OutdatedVersion extends Error {
  constructor() {
    super('a contact is not as it was loaded');
  }
}

/** Whether a commit failed because somebody else was faster; nothing was written then, or is given up. */
export function isConflict(error: unknown): boolean {
  if (error instanceof OutdatedVersion) return true;
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

/** What passes by itself, by the beginning of the SQLSTATE: on another connection, or once another server has taken over. */
const PASSING = ['08', '25006', '40001', '40P01', '57P', 'XX000'] as const;

/** After these nothing of a transaction stays, whatever it was told before. */
const LEAVING_NOTHING = new Set(['25006', '40001', '40P01']);

/** Those that say of a server that it goes away, or that another one has taken its place. */
const DEPARTING = ['08', '25006', '57P'] as const;

/** What Citus says of a node that is away: the server that says so is there, and others' contacts are on other nodes. */
const OF_ANOTHER_NODE = /^connection to the remote node|while executing command on /;

function isOfAnotherNode(error: unknown): boolean {
  return error instanceof pg.DatabaseError && OF_ANOTHER_NODE.test(`${error.message}\n${error.where ?? ''}`);
}

/** Whether it may well succeed when it is tried again in a moment. */
export function passes(error: unknown): boolean {
  if (isOfAnotherNode(error)) return false;
  if (error instanceof AggregateError) return error.errors.some(passes);
  if (error instanceof StoreUnavailable)
    return error instanceof ReadOnlyServer || error instanceof UnseenCommit || passes(error.cause);
  return startsWithOneOf(error, PASSING) || isLost(error) || (error instanceof Error && OLD_PLAN.test(error.message));
}

/** Whether a failure says that nothing was written, and it may well succeed when it is tried again in a moment. */
export function passesWithoutTrace(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return passesWithoutTrace(error.cause);
  return error instanceof pg.DatabaseError && LEAVING_NOTHING.has(error.code ?? '');
}

/** Whether a server answers, but takes no writes. */
export function saysReadOnly(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return error instanceof ReadOnlyServer || saysReadOnly(error.cause);
  return startsWithOneOf(error, ['25006']);
}

/** Whether a failure says something of the server, or the way to it, and so of all connections there are. */
export function speaksAgainstServer(error: unknown): boolean {
  if (isOfAnotherNode(error)) return false;
  return startsWithOneOf(error, DEPARTING) || isLost(error) || error instanceof ReadOnlyServer;
}

function startsWithOneOf(error: unknown, prefixes: readonly string[]): boolean {
  return error instanceof pg.DatabaseError && prefixes.some((prefix) => error.code?.startsWith(prefix));
}

/** The connection broke, could not be made, or led nowhere. */
function isLost(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof pg.DatabaseError) return false;
  return (
    'syscall' in error || error instanceof AggregateError || LOST_CONNECTION.test(error.message) || isSilence(error)
  );
}

/** A server that a connection was made to, and that takes no writes. */
export class ReadOnlyServer extends StoreUnavailable {
  constructor() {
    const reason = 'the server is read-only';
    super(`PostgreSQL: ${reason}.`, { reason });
  }
}

/**
 * The server said that all is well, but it was told meanwhile not to wait for its standby: what it has committed may be
 * lost with it.
 */
export class UnseenCommit extends StoreUnavailable {
  constructor() {
    const reason = 'the server did not wait for its standby';
    super(`PostgreSQL: ${reason}.`, { reason });
  }
}

/** Whether nothing at all was heard of the server, or of one of several, for as long as patience lasts. */
export function isSilence(error: unknown): error is Error {
  if (error instanceof AggregateError) return error.errors.some(isSilence);
  if (error instanceof StoreUnavailable) return isSilence(error.cause);
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
export function toConnectionError(error: unknown): StoreUnavailable {
  const mapped = toStoreError(error);
  return mapped instanceof StoreUnavailable ? mapped : unavailable('no connection could be made', mapped as Error);
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
