/**
 * Reads ride together: those that arrive while the event loop empties its sockets, or while as many queries are under
 * way as the store does well with, become one query.
 */
import type { ChannelPreferences, Preferences } from '../domain/preferences.ts';
import type { ContactReads, Subject, SubscriberRef } from '../storage/port.ts';

const MAX_PER_QUERY = 1_000;
/** The most contacts that may be on their way from the database, or wait for it, before reads are turned away. */
export const MAX_WAITING_READS = 50_000;

type Found = (Preferences | undefined)[];

interface Waiting {
  readonly refs: readonly SubscriberRef[];
  readonly resolve: (found: Found) => void;
  readonly reject: (error: unknown) => void;
}

export class SubscriberReader {
  readonly #store: ContactReads;
  #waiting: Waiting[] = [];
  /** Queries under way. */
  #running = 0;
  #isAboutToSend = false;
  /** Of all reads that are not answered yet, sent or not. */
  #unanswered = 0;

  constructor(store: ContactReads) {
    this.#store = store;
  }

  /**
   * What the contacts of `refs` said, in their order; undefined where they are not known. Sees every write answered before
   * the call, unless it reads from replicas. A database that hangs must not fill the memory with those who wait for it,
   * so past the bound it is `overloaded`.
   */
  load(refs: readonly SubscriberRef[]): Promise<Found | 'overloaded'> {
    if (this.#unanswered + refs.length > MAX_WAITING_READS) return Promise.resolve('overloaded');
    this.#unanswered += refs.length;
    return new Promise<Found>((resolve, reject) => {
      this.#waiting.push({ refs, resolve, reject });
      if (this.#isAboutToSend) return;
      this.#isAboutToSend = true;
      setImmediate(() => {
        this.#isAboutToSend = false;
        this.#send();
      });
    });
  }

  /**
   * Only what bears on one type, for hundreds at a time, which go to the store by themselves. They count like all others
   * that wait.
   */
  async loadAbout(
    refs: readonly SubscriberRef[],
    subject: Subject,
  ): Promise<(ChannelPreferences | undefined)[] | 'overloaded'> {
    if (this.#unanswered + refs.length > MAX_WAITING_READS) return 'overloaded';
    this.#unanswered += refs.length;
    try {
      return await this.#store.loadAbout(refs, subject);
    } finally {
      this.#unanswered -= refs.length;
    }
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#running < this.#store.loadLanes) {
      const riders = takeUpTo(this.#waiting, MAX_PER_QUERY);
      this.#running += 1;
      this.#answer(riders).then(() => this.#end(riders.reduce((sum, { refs }) => sum + refs.length, 0)));
    }
  }

  /** Never rejects. Where contacts are on several servers, those whose server answers do not fail with the others. */
  async #answer(riders: readonly Waiting[]): Promise<void> {
    try {
      const found = await this.#store.loadPreferences(riders.flatMap((rider) => rider.refs));
      let start = 0;
      for (const rider of riders) {
        rider.resolve(found.slice(start, start + rider.refs.length));
        start += rider.refs.length;
      }
    } catch (error) {
      if (riders.length > 1 && this.#store.isSpread) await Promise.all(riders.map((rider) => this.#answer([rider])));
      else for (const rider of riders) rider.reject(error);
    }
  }

  #end(refs: number): void {
    this.#running -= 1;
    this.#unanswered -= refs;
    this.#send();
  }
}

/** The riders that fit into one query, first come first served; at least one. */
function takeUpTo(waiting: Waiting[], limit: number): Waiting[] {
  let refs = 0;
  let count = 0;
  for (const rider of waiting) {
    refs += rider.refs.length;
    if (count > 0 && refs > limit) break;
    count += 1;
  }
  return waiting.splice(0, count);
}
