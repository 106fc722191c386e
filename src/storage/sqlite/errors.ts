/** Which of SQLite's failures mean that the database is unavailable, and in which words. */
import { StoreUnavailable } from '../port.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html; extended codes hold them in their low byte. */
const UNAVAILABLE = new Map([
  [3, 'access to the file was denied'],
  [5, 'another process holds the write lock for too long'],
  [6, 'a table is locked'],
  [7, 'SQLite is out of memory'],
  [8, 'the file is read-only'],
  [10, 'the disk reports an I/O error'],
  [11, 'the file is damaged'],
  [13, 'the disk is full'],
  [14, 'the file cannot be opened'],
  [15, 'the locking protocol failed'],
  [22, 'the file system lacks what SQLite needs'],
  [23, 'access was refused'],
  [26, 'the file is not an SQLite database'],
]);

/** Extended result codes that say more than what they are an instance of. */
const UNAVAILABLE_FOR_CERTAIN = new Map([
  [4874, 'the disk is full: there is no room for what SQLite keeps beside the file'],
]);

const BUSY = 5;
const NO_SUCH_TABLE = /^no such (?:table|column)/;

/** The port's error for what SQLite threw; anything that is a bug of ours comes back as it is. */
export function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error;
  const reason = reasonOf(error);
  if (reason === null) return error;
  return new StoreUnavailable(`SQLite: ${reason} (${error.message}).`, { cause: error, reason });
}

export function isBusy(error: unknown): boolean {
  return error instanceof Error && primaryCode(error) === BUSY;
}

function reasonOf(error: Error): string | null {
  const code = primaryCode(error);
  if (code !== null) {
    if (NO_SUCH_TABLE.test(error.message)) return 'the database has not been migrated';
    return (
      UNAVAILABLE_FOR_CERTAIN.get((error as unknown as { errcode: number }).errcode) ?? UNAVAILABLE.get(code) ?? null
    );
  }
  if ((error as NodeJS.ErrnoException).code === 'ERR_INVALID_STATE') return 'the database is closed';
  // EACCES, ENOSPC, EROFS, ENOTDIR and their like.
  return 'syscall' in error ? 'the file or its folder cannot be made or written' : null;
}

function primaryCode(error: Error): number | null {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}
