/** Writes that come while others are being written share the next transaction, and its one wait for the disk. */
import { setImmediate as letOthersCome } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { Transactions } from './transactions.ts';

/** The most of them in one transaction: nothing else is written meanwhile. */
const MAX_TOGETHER = 100;

interface Waiting {
  /** May be called again, where another process was in the way. It must not fail for reasons of its own. */
  readonly work: (connection: Connection) => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

export class SharedTransactions {
  readonly #transactions: Transactions;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
  }

  /** Resolves with what `work` returned, once it is durable. */
  write<T>(work: (connection: Connection) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      await letOthersCome();
      const together = this.#waiting.splice(0, MAX_TOGETHER);
      try {
        const results = await this.#transactions.write((connection) => together.map(({ work }) => work(connection)));
        for (const [place, { resolve }] of together.entries()) resolve(results[place] as never);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#isWriting = false;
  }
}
