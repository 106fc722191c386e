/** Where an SQLite store's changes are written: a file's in a thread of its own, a database in memory where it is. */
import type { CommitResult } from '../port.ts';
import type { Connection } from './connection.ts';
import { Writer } from './writer.ts';

/** Takes and gives what `packed-messages.ts` packs. Everything rejects as the port says. */
export interface Writes {
  /** How many gatherings may usefully be under way. */
  readonly lanes: number;
  load(refs: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  commit(changes: Uint8Array<ArrayBuffer>): Promise<CommitResult>;
  /** Closes the ledger through an event id of 16 octets; answers through which it is closed then. */
  closeLedger(through: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  /** Runs `work` while nothing else of this process writes: it need not fight for the file's write lock. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Lets go of what the write-ahead log still holds of rows as they were: at once, or as soon as nobody else reads it. */
  truncateLog(): Promise<void>;
  /** Finishes what was asked for. Idempotent. */
  close(): Promise<void>;
}

/** A database in memory belongs to its one connection, and nothing there waits for a disk. */
export class WritesInPlace implements Writes {
  readonly lanes = 1;
  readonly #writer: Writer;

  constructor(connection: Connection) {
    this.#writer = new Writer(connection);
  }

  load(refs: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return this.#writer.load(refs);
  }

  commit(changes: Uint8Array<ArrayBuffer>): Promise<CommitResult> {
    return this.#writer.commit(changes);
  }

  closeLedger(through: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return this.#writer.closeLedger(through);
  }

  alone<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async truncateLog(): Promise<void> {}

  async close(): Promise<void> {}
}
