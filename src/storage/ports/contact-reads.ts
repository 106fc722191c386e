/** What contacts said, as it is now or as replicas know it. */
import type { ChannelPreferences, Preferences } from '../../domain/preferences.ts';
import type { Subject, SubscriberRef } from '../port.ts';

/** What contacts said. */
export interface ContactReads {
  /**
   * Whether the contacts are spread over several servers, of which one may be away while the others answer. Then calls are
   * better not gathered: each touches its own servers alone. It may change while the store is open.
   */
  readonly isSpread: boolean;
  /** How many loads of preferences may usefully run side by side. */
  readonly loadLanes: number;
  /** What the contacts of `refs` said, in their order; undefined where there is no row. One round trip however many. */
  loadPreferences(refs: readonly SubscriberRef[]): Promise<(Preferences | undefined)[]>;
  /**
   * Of what the contacts of `refs` said only what bears on one type, its own record and the opt-outs of everything, in
   * their order; undefined where there is no row. For thousands at a time, by the side of those who are being served.
   */
  loadAbout(refs: readonly SubscriberRef[], subject: Subject): Promise<(ChannelPreferences | undefined)[]>;
}

/** How far a replica is behind, and whether it is read from. */
export interface ReplicaStanding {
  /** Where it is, for the operator; nothing secret. */
  readonly name: string;
  /** By how much it may be out of date, in milliseconds; null where that is not known. */
  readonly stalenessMs: number | null;
  readonly isRead: boolean;
  /** It is the primary itself, for now. */
  readonly isPrimary: boolean;
}

/** Copies of the data that follow it with some delay. */
export interface Replicas {
  /** What contacts said no longer ago than `boundMs`; where no replica is as fresh, what they say now. */
  readonly contacts: ContactReads;
  readonly boundMs: number;
  /** In the order in which the operator named them. */
  standings(): readonly ReplicaStanding[];
  /** The same after a look at all, which may take some seconds where one does not answer. */
  look(): Promise<readonly ReplicaStanding[]>;
}
