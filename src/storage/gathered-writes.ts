/** Small writes that come while others are being written go together in the next transaction, and wait for the disk once. */
import { setImmediate as letOthersCome } from 'node:timers/promises';

/** The most of them in one transaction. */
const MAX_TOGETHER = 100;

/** One row's write. `Writer` is what a transaction gives to those who write in it. */
export interface SmallWrite<Writer> {
  /** Names the row. Transactions take their rows in this order, so that no two wait for each other. */
  readonly key: string;
  /** May be called again, where the transaction was rolled back. It fails only where the database does. */
  readonly carryOut: (writer: Writer) => unknown;
}

interface Waiting<Writer> extends SmallWrite<Writer> {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

export class GatheredWrites<Writer> {
  readonly #commit: (writes: readonly SmallWrite<Writer>[]) => Promise<unknown[]>;
  /** How many transactions may be under way. */
  readonly #lanes: number;
  #waiting: Waiting<Writer>[] = [];
  #underWay = 0;

  /** `commit` carries some writes out in one transaction, and resolves with their results in their order. */
  constructor(lanes: number, commit: (writes: readonly SmallWrite<Writer>[]) => Promise<unknown[]>) {
    this.#lanes = lanes;
    this.#commit = commit;
  }

  /** Resolves with what `carryOut` gave, once it is durable. */
  write<Result>(key: string, carryOut: (writer: Writer) => Result): Promise<Awaited<Result>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, carryOut, resolve, reject });
      if (this.#underWay < this.#lanes) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#underWay += 1;
    await letOthersCome();
    while (this.#waiting.length > 0) await this.#commitSome(this.#waiting.splice(0, MAX_TOGETHER));
    this.#underWay -= 1;
  }

  async #commitSome(writes: Waiting<Writer>[]): Promise<void> {
    writes.sort((one, other) => (one.key < other.key ? -1 : 1));
    try {
      const results = await this.#commit(writes);
      for (const [place, { resolve }] of writes.entries()) resolve(results[place] as never);
    } catch (error) {
      for (const { reject } of writes) reject(error);
    }
  }
}
