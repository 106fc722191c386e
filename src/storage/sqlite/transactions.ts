/** How everything but the hot tables is written on SQLite. */
import type { Connection } from './connection.ts';
import type { Writes } from './writes.ts';

export class Transactions {
  readonly #connection: Connection;
  /** Who else writes to the database. */
  readonly #others: Writes;

  constructor(connection: Connection, others: Writes) {
    this.#connection = connection;
    this.#others = others;
  }

  /** One transaction, while nothing else of this process writes. */
  write<T>(work: (connection: Connection) => T): Promise<T> {
    return this.writeWhere(work, () => true);
  }

  /** One transaction: all of `work` where `keep` says true of its result, nothing where it says false. */
  writeWhere<T>(work: (connection: Connection) => T, keep: (result: T) => boolean): Promise<T> {
    return this.#others.alone(() => this.#connection.transaction(() => work(this.#connection), keep));
  }

  /** One transaction: all of `work` and the next revision where it says true, nothing where it says false. */
  changeCatalog(work: (connection: Connection) => boolean): Promise<boolean> {
    return this.writeWhere(
      (connection) => work(connection) && raiseRevision(connection),
      (written) => written,
    );
  }
}

/** For those who know only in their transaction whether they change what processes remember. */
export function raiseRevision(connection: Connection): boolean {
  return connection.change('UPDATE catalog_revision SET revision = revision + 1') === 1;
}
