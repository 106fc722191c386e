/** Reads ride together: those that arrive while the event loop empties its sockets become one query. */
import type { StoredSubscriber, SubscriberRef, SubscriberStore } from '../storage/port.ts';

const MAX_PER_QUERY = 1_000;

interface Waiting {
  readonly refs: readonly SubscriberRef[];
  readonly resolve: (found: (StoredSubscriber | undefined)[]) => void;
  readonly reject: (error: unknown) => void;
}

export class SubscriberReader {
  readonly #store: SubscriberStore;
  #waiting: Waiting[] = [];
  #waitingRefs = 0;

  constructor(store: SubscriberStore) {
    this.#store = store;
  }

  /** The rows of `refs`, in their order; undefined where there is none. Sees every write answered before the call. */
  load(refs: readonly SubscriberRef[]): Promise<(StoredSubscriber | undefined)[]> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length > 0 && this.#waitingRefs + refs.length > MAX_PER_QUERY) this.#send();
      if (this.#waiting.length === 0) setImmediate(() => this.#send());
      this.#waiting.push({ refs, resolve, reject });
      this.#waitingRefs += refs.length;
    });
  }

  #send(): void {
    const riders = this.#waiting;
    if (riders.length === 0) return;
    this.#waiting = [];
    this.#waitingRefs = 0;
    this.#store.load(riders.flatMap((rider) => rider.refs)).then(
      (rows) => {
        let start = 0;
        for (const rider of riders) {
          rider.resolve(rows.slice(start, start + rider.refs.length));
          start += rider.refs.length;
        }
      },
      (error) => {
        for (const rider of riders) rider.reject(error);
      },
    );
  }
}
