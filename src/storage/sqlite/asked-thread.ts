/** A thread that answers what it is asked, in its order. It starts with the first question, and anew after it has broken. */
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../port.ts';

/** What a thread answers. */
export type ThreadAnswer<Result> = { readonly kind: 'done'; readonly result: Result } | ThreadFailure;

type ThreadFailure =
  /** As `StoreUnavailable`, or a bug. */
  | { readonly kind: 'unavailable'; readonly message: string; readonly reason: string | undefined }
  | { readonly kind: 'broken'; readonly message: string };

/** On the thread's side: what it answers in place of a result. */
export function failureOf(error: unknown): ThreadFailure {
  const { message } = error as Error;
  if (error instanceof StoreUnavailable) return { kind: 'unavailable', message, reason: error.reason };
  return { kind: 'broken', message };
}

interface Asked {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

export class AskedThread {
  readonly #module: URL;
  readonly #path: string;
  /** What it does, to complete "the thread that". */
  readonly #does: string;
  #worker: Worker | undefined;
  /** What the thread has not answered yet; it answers in their order. */
  #asked: Asked[] = [];
  /** What it was asked last, and answers last. */
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** `path` is the file that the thread works on. */
  constructor(module: URL, path: string, does: string) {
    this.#module = module;
    this.#path = path;
    this.#does = does;
  }

  ask<T>(request: unknown, transfer: readonly ArrayBuffer[]): Promise<T> {
    const answered = new Promise<T>((resolve, reject) => {
      if (this.#isClosed) return reject(new StoreUnavailable('SQLite: the database is closed.'));
      const worker = this.#start();
      if (this.#asked.length === 0) worker.ref();
      this.#asked.push({ resolve, reject });
      worker.postMessage(request, transfer);
    });
    this.#last = answered;
    return answered;
  }

  /** Ends the thread, once it has answered what it was asked. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last.catch(() => {});
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#module, { workerData: this.#path });
    this.#worker = worker;
    worker.on('message', (answer: ThreadAnswer<unknown>) => this.#receive(answer));
    worker.once('error', (error) => this.#lose(worker, error instanceof Error ? error.message : String(error)));
    worker.once('exit', () => this.#lose(worker, 'it ended'));
    return worker;
  }

  #receive(answer: ThreadAnswer<unknown>): void {
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
    const reason = `the thread that ${this.#does} was lost`;
    for (const { reject } of lost) reject(new StoreUnavailable(`SQLite: ${reason} (${why}).`, { reason }));
  }
}
