/**
 * What is known against the connections that there are. Where one breaks, or leads to a server that has become read-only,
 * or nothing is heard on it, all that are as old may lead nowhere too, or to a server that another one has replaced.
 *
 * A server that refuses says so at once. One that is gone with its network says nothing, and each who asks waits for as
 * long as patience lasts. So while a server is silent one at a time may ask, and everybody else is told at once.
 */
import { StoreUnavailable } from '../port.ts';

export class Suspicion {
  /** By `performance.now()`: connections of then and before are suspect. */
  #castAt = Number.NEGATIVE_INFINITY;
  #silence: Error | null = null;
  #isAsking = false;

  /**
   * A connection that was opened at `openedAt` failed. False where it was suspect already: then that says nothing of
   * those that were made since.
   */
  castBy(openedAt: number): boolean {
    if (this.taints(openedAt)) return false;
    this.#castAt = performance.now();
    return true;
  }

  /** Somebody waited for an answer or for a connection in vain. */
  foundSilent(cause: Error): void {
    this.#silence ??= cause;
  }

  /** Whether a connection of that age may lead nowhere, like the one that failed. */
  taints(openedAt: number): boolean {
    return openedAt <= this.#castAt;
  }

  /** Carries out `ask`, or rejects where the server is silent and somebody asks already. */
  async orRefuse<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.#silence) return ask();
    if (this.#isAsking) throw silent(this.#silence);
    this.#isAsking = true;
    try {
      const answer = await ask();
      this.#silence = null;
      return answer;
    } finally {
      this.#isAsking = false;
    }
  }
}

function silent(cause: Error): StoreUnavailable {
  const reason = 'the server does not answer';
  return new StoreUnavailable(`PostgreSQL: ${reason} (${cause.message}).`, { cause, reason });
}
