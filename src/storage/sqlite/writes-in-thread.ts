/** The serving thread's side of the thread that writes. */
import { Worker } from 'node:worker_threads';
import { type CommitResult, StoreUnavailable } from '../port.ts';
import { besideThis } from './beside-this.ts';
import type { ThreadAnswer, ThreadRequest } from './writer-thread.ts';
import type { Writes } from './writes.ts';

interface Asked {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A commit's wait for the disk, and half of its work, then cost those who are being served nothing. The thread starts
 * with the first change, and anew after it has broken.
 */
export class WritesInThread implements Writes {
  /** One is decided while the other is written. */
  readonly lanes = 2;
  readonly #path: string;
  #worker: Worker | undefined;
  /** What the thread has not answered yet; it answers in their order. */
  #asked: Asked[] = [];
  /** Resolves when whoever writes alone is through; null where nobody does. */
  #turn: Promise<void> | null = null;
  /** Everything that was asked for and is not settled, what waits for a turn included. */
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
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
    return this.alone(async () => {
      this.#isClosed = true;
      const worker = this.#worker;
      this.#worker = undefined;
      await worker?.terminate();
    });
  }

  #ask<T>(request: ThreadRequest): Promise<T> {
    const running = this.#turn ? this.#turn.then(() => this.#send<T>(request)) : this.#send<T>(request);
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  #send<T>(request: ThreadRequest): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new StoreUnavailable('SQLite: the database is closed.'));
      const worker = this.#start();
      if (this.#asked.length === 0) worker.ref();
      this.#asked.push({ resolve, reject });
      worker.postMessage(request, request.kind === 'truncate-log' ? [] : [request.octets.buffer]);
    });
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(besideThis('writer-thread', import.meta.url), { workerData: this.#path });
    this.#worker = worker;
    worker.on('message', (answer: ThreadAnswer) => this.#receive(answer));
    worker.once('error', (error) => this.#lose(worker, error instanceof Error ? error.message : String(error)));
    worker.once('exit', () => this.#lose(worker, 'it ended'));
    return worker;
  }

  #receive(answer: ThreadAnswer): void {
    const asked = this.#asked.shift();
    // Nothing is asked of the thread: it keeps no process from ending.
    if (this.#asked.length === 0) this.#worker?.unref();
    switch (answer.kind) {
      case 'done':
        asked?.resolve(answer.result as never);
        break;
      case 'unavailable':
        asked?.reject(new StoreUnavailable(answer.message, { reason: answer.reason ?? 'the work was not taken' }));
        break;
      case 'broken':
        asked?.reject(new Error(answer.message));
    }
  }

  /** What it was doing is rolled back with its connection; whether a commit was through by then is not known. */
  #lose(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const lost = this.#asked;
    this.#asked = [];
    const reason = 'the thread that writes was lost';
    for (const { reject } of lost) reject(new StoreUnavailable(`SQLite: ${reason} (${why}).`, { reason }));
  }
}
