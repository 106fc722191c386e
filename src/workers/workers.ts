/** The processes that serve on one port: started together, replaced where one dies, stopped together. */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { type FromWorker, STOP } from './messages.ts';

/** How long a worker is waited for before another takes its place: twice as long each time that one dies soon. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A worker that served so long has not died soon. */
const STEADY_MS = 10_000;
/** Longer than a worker takes to give up on clients that never finish. */
const PATIENCE_MS = 15_000;

export class Workers {
  readonly #log: Logger;
  readonly #pauses = new Set<NodeJS.Timeout>();
  #url: string | null = null;
  #isStopping = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Starts `count` workers. Resolves once all of them listen; where one cannot, all are stopped. */
  async start(count: number): Promise<FromWorker> {
    const outcomes = await Promise.all(Array.from({ length: count }, () => this.#launch(0)));
    const failure = outcomes.find(({ kind }) => kind === 'failed');
    if (failure) await this.stop();
    return failure ?? outcomes[0]!;
  }

  /** Lets all of them finish what they accepted. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const pause of this.#pauses) clearTimeout(pause);
    const workers = living();
    const ends = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of workers) tellToStop(worker);
    const patience = setTimeout(() => {
      for (const worker of living()) worker.process.kill('SIGKILL');
    }, PATIENCE_MS);
    await Promise.all(ends);
    clearTimeout(patience);
  }

  /** Resolves with what the worker has to say of its start. `pauseMs` is how long it was waited for, if at all. */
  #launch(pauseMs: number): Promise<FromWorker> {
    const worker = cluster.fork();
    const { pid } = worker.process;
    const startedAt = performance.now();
    let isServing = false;
    // A message to a worker that is gone; its end is told by `exit`.
    worker.on('error', () => {});
    return new Promise((resolve) => {
      worker.on('message', (message: FromWorker) => {
        isServing = message.kind === 'started';
        if (message.kind === 'started') this.#welcome(worker, message.url);
        else if (this.#url !== null) this.#log.warn({ worker: pid, reason: message.message }, 'a worker cannot start');
        resolve(message);
      });
      worker.once('exit', (code, signal) => {
        const how = signal ?? `exit code ${code}`;
        resolve({ kind: 'failed', message: `a worker process ended while it started (${how})` });
        if (this.#isStopping || (this.#url === null && !isServing)) return;
        const livedMs = performance.now() - startedAt;
        this.#replace(worker, how, isServing && livedMs > STEADY_MS ? 0 : pauseMs);
      });
    });
  }

  #welcome(worker: Worker, url: string): void {
    this.#url ??= url;
    // Told to stop while it was still starting, it may not have heard.
    if (this.#isStopping) tellToStop(worker);
    // Any free port was asked for, all workers that knew which one died together, and this one got another.
    else if (url !== this.#url) worker.process.kill('SIGKILL');
  }

  #replace(worker: Worker, how: string, lastPauseMs: number): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, lastPauseMs * 2));
    this.#log.warn({ worker: worker.process.pid, how, pauseMs }, 'a worker died, and is replaced');
    // With nobody left who listens the port is let go of: who comes now must ask for that very one.
    if (living().length === 0 && this.#url !== null) keepPort(new URL(this.#url).port);
    const pause = setTimeout(() => {
      this.#pauses.delete(pause);
      void this.#launch(pauseMs);
    }, pauseMs);
    this.#pauses.add(pause);
  }
}

function living(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined && !worker.isDead()) as Worker[];
}

/** One that is about to end by itself may not hear it any more; that is no failure. */
function tellToStop(worker: Worker): void {
  if (worker.isConnected()) worker.send(STOP, () => {});
}

/** Workers are started with the arguments of this process; of two flags the later counts. */
function keepPort(port: string): void {
  cluster.setupPrimary({ args: [...process.argv.slice(2), '--port', port] });
}
