/**
 * A server that refuses says so at once. One that is gone with its network says nothing, and each who asks waits for
 * as long as patience lasts. So while a server is silent one at a time may ask, and everybody else is told at once.
 */
import { StoreUnavailable } from '../port.ts';

export class Silence {
  /** By `performance.now()`: when the server was last found silent. */
  #foundAt = Number.NEGATIVE_INFINITY;
  #cause: Error | null = null;
  #isAsking = false;

  /** Somebody waited for an answer or for a connection in vain. */
  found(cause: Error): void {
    this.#foundAt = performance.now();
    this.#cause = cause;
  }

  /** Whether a connection of that age may lead nowhere, like the one on which nothing was heard. */
  taints(openedAt: number): boolean {
    return openedAt <= this.#foundAt;
  }

  /** Carries out `ask`, or rejects where the server is silent and somebody asks already. */
  async orRefuse<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.#cause) return ask();
    if (this.#isAsking) throw silent(this.#cause);
    this.#isAsking = true;
    try {
      const answer = await ask();
      this.#cause = null;
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
