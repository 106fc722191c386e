/**
 * The calls that wait for a transaction. Several transactions may be under way at once, but never two that touch the
 * same contact: so one contact's calls keep their order, and this process never stands in its own way.
 */
import type { WantedChanges } from './gathering.ts';

export class WaitingCalls<Call extends WantedChanges> {
  #waiting: Call[] = [];
  /** Keys of the contacts that some transaction under way touches. */
  readonly #busy = new Set<string>();
  /** Every waiting call touches a contact that is busy, so there is nothing to take before one is released. */
  #isHeldUp = false;
  #changes = 0;

  /** How many changes wait. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether there may be something to take: some calls wait, and it is not known that all of them must. */
  get mayTake(): boolean {
    return this.#waiting.length > 0 && !this.#isHeldUp;
  }

  add(call: Call): void {
    this.#waiting.push(call);
    this.#changes += call.changes.length;
  }

  /**
   * The calls of the next transaction, first come first served: a call waits where a contact of its is busy, or is
   * touched by an earlier call that waits. None where there is nothing to do for now. `maxChanges` is the most that one
   * transaction takes; a single call with more is a transaction of its own.
   */
  take(maxChanges: number): Call[] {
    if (!this.mayTake) return [];
    const taken: Call[] = [];
    const passedOver: Call[] = [];
    const waitedFor = new Set<string>();
    let changes = 0;
    let next = 0;
    for (; next < this.#waiting.length; next++) {
      const call = this.#waiting[next]!;
      if (taken.length > 0 && changes + call.changes.length > maxChanges) break;
      const mustWait = call.changes.some(
        ({ ref }) => this.#busy.has(ref.subscriberKey) || waitedFor.has(ref.subscriberKey),
      );
      if (mustWait) {
        passedOver.push(call);
        for (const { ref } of call.changes) waitedFor.add(ref.subscriberKey);
      } else {
        taken.push(call);
        changes += call.changes.length;
      }
    }
    this.#waiting = passedOver.length === 0 ? this.#waiting.slice(next) : passedOver.concat(this.#waiting.slice(next));
    for (const call of taken) for (const { ref } of call.changes) this.#busy.add(ref.subscriberKey);
    this.#changes -= changes;
    this.#isHeldUp = taken.length === 0 && this.#waiting.length > 0;
    return taken;
  }

  /** Lets others at the contacts of calls that were taken together. */
  release(calls: readonly Call[]): void {
    for (const call of calls) for (const { ref } of call.changes) this.#busy.delete(ref.subscriberKey);
    this.#isHeldUp = false;
  }
}
