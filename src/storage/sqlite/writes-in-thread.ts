/** The serving thread's side of the thread that writes. */
import type { CommitResult } from '../port.ts';
import { AskedThread } from './asked-thread.ts';
import { besideThis } from './beside-this.ts';
import type { ThreadRequest } from './writer-thread.ts';
import type { Writes } from './writes.ts';

/** A commit's wait for the disk, and half of its work, then cost those who are being served nothing. */
export class WritesInThread implements Writes {
  /** One is decided while the other is written. */
  readonly lanes = 2;
  readonly #thread: AskedThread;
  /** Resolves when whoever writes alone is through; null where nobody does. */
  #turn: Promise<void> | null = null;
  /** Everything that was asked for and is not settled, what waits for a turn included. */
  readonly #running = new Set<Promise<unknown>>();

  constructor(path: string) {
    this.#thread = new AskedThread(besideThis('writer-thread', import.meta.url), path, 'writes');
  }

  load(refs: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return this.#ask({ kind: 'load', octets: refs });
  }

  commit(changes: Uint8Array<ArrayBuffer>): Promise<CommitResult> {
    return this.#ask({ kind: 'commit', octets: changes });
  }

  truncateLog(): Promise<void> {
    return this.#ask({ kind: 'truncate-log' });
  }

  closeLedger(through: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return this.#ask({ kind: 'close-ledger', octets: through });
  }

  /** What was asked for before is finished first; what is asked for later waits. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const before = [this.#turn, ...this.#running];
    const mine = Promise.allSettled(before).then(work);
    const turn = mine.then(
      () => {},
      () => {},
    );
    this.#turn = turn;
    turn.then(() => {
      if (this.#turn === turn) this.#turn = null;
    });
    return mine;
  }

  close(): Promise<void> {
    return this.alone(() => this.#thread.close());
  }

  #ask<T>(request: ThreadRequest): Promise<T> {
    const running = this.#turn ? this.#turn.then(() => this.#send<T>(request)) : this.#send<T>(request);
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  #send<T>(request: ThreadRequest): Promise<T> {
    const transfer = request.kind === 'truncate-log' ? [] : [request.octets.buffer];
    return this.#thread.ask(request, transfer);
  }
}
