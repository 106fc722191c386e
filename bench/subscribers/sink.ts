/** Where a thread of the loader puts what it made. */
import type { SubscriberChange } from '../../src/storage/port.ts';

export interface Sink {
  /** New subscribers with their events, in the order of their keys and after all before them. */
  readonly write: (change: SubscriberChange) => void;
  /** Resolves when there is room for more; to be awaited now and then. */
  readonly drained: () => Promise<void>;
  /** Resolves when everything is in its table. */
  readonly finish: () => Promise<void>;
}
