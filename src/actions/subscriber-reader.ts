/** Reads ride together: those that arrive while the event loop empties its sockets become one query. */
import type { StoredSubscriber, SubscriberRef, SubscriberStore } from '../storage/port.ts';

const MAX_PER_QUERY = 1_000;
/** The most contacts that may be on their way from the database, or wait for it, before reads are turned away. */
export const MAX_WAITING_READS = 50_000;

type Rows = (StoredSubscriber | undefined)[];

interface Waiting {
  readonly refs: readonly SubscriberRef[];
  readonly resolve: (found: Rows) => void;
  readonly reject: (error: unknown) => void;
}

export class SubscriberReader {
  readonly #store: SubscriberStore;
  #waiting: Waiting[] = [];
  #waitingRefs = 0;
  /** Of all reads that are not answered yet, sent or not. */
  #unanswered = 0;

  constructor(store: SubscriberStore) {
    this.#store = store;
  }

  /**
   * The rows of `refs`, in their order; undefined where there is none. Sees every write answered before the call. A
   * database that hangs must not fill the memory with those who wait for it, so past the bound it is `overloaded`.
   */
  load(refs: readonly SubscriberRef[]): Promise<Rows | 'overloaded'> {
    if (this.#unanswered + refs.length > MAX_WAITING_READS) return Promise.resolve('overloaded');
    this.#unanswered += refs.length;
    return new Promise<Rows>((resolve, reject) => {
      if (this.#waiting.length > 0 && this.#waitingRefs + refs.length > MAX_PER_QUERY) this.#send();
      if (this.#waiting.length === 0) setImmediate(() => this.#send());
      this.#waiting.push({ refs, resolve, reject });
      this.#waitingRefs += refs.length;
    });
  }

  #send(): void {
    const riders = this.#waiting;
    const count = this.#waitingRefs;
    if (riders.length === 0) return;
    this.#waiting = [];
    this.#waitingRefs = 0;
    this.#store.load(riders.flatMap((rider) => rider.refs)).then(
      (rows) => {
        this.#unanswered -= count;
        let start = 0;
        for (const rider of riders) {
          rider.resolve(rows.slice(start, start + rider.refs.length));
          start += rider.refs.length;
        }
      },
      (error) => {
        this.#unanswered -= count;
        for (const rider of riders) rider.reject(error);
      },
    );
  }
}
