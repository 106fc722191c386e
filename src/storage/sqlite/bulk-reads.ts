/** Reads what thousands of contacts said about one type: where the store is, or beside it in a thread. */
import type { StatementSync } from 'node:sqlite';
import { type Abridged, abridge } from '../abridged-document.ts';
import type { Subject, SubscriberRef } from '../port.ts';
import type { Connection } from './connection.ts';
import { packRefs, unpackRefs } from './packed-messages.ts';
import { LOAD_PREFERENCES, type Row } from './subscriber-rows.ts';

export interface BulkReads {
  /** In the order of `refs`; undefined where there is no row. */
  loadAbout(refs: readonly SubscriberRef[], subject: Subject): Promise<(Abridged | undefined)[]>;
  close(): Promise<void>;
}

/** Looks rows up on a connection. */
export class BulkLookUp {
  readonly #connection: Connection;
  #load: StatementSync | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * All of them as of one moment; `refs` as `packRefs` packs them. A JSON array of what was found, 0 for each that was
   * not: what is cut out of the documents is text already, and one text crosses threads sooner than many values.
   */
  loadAbout(refs: Uint8Array, subject: Subject): Promise<string> {
    return this.#connection.reading(() => {
      // Prepared at first use, since a new file has no tables before it is migrated.
      this.#load ??= this.#connection.prepare(LOAD_PREFERENCES);
      const load = this.#load;
      const found: string[] = [];
      unpackRefs(refs, (accountId, key) => {
        const row = load.get(accountId, key) as Row | undefined;
        found.push(row ? abridge(row[0] as string, subject) : '0');
      });
      return `[${found.join()}]`;
    });
  }
}

/** What `BulkLookUp` found. */
export function readFound(text: string): (Abridged | undefined)[] {
  const found = JSON.parse(text) as (Abridged | 0)[];
  return found.map((each) => (each === 0 ? undefined : each));
}

export class ReadsInPlace implements BulkReads {
  readonly #lookUp: BulkLookUp;

  constructor(connection: Connection) {
    this.#lookUp = new BulkLookUp(connection);
  }

  async loadAbout(refs: readonly SubscriberRef[], subject: Subject): Promise<(Abridged | undefined)[]> {
    return readFound(await this.#lookUp.loadAbout(packRefs(refs), subject));
  }

  async close(): Promise<void> {}
}
