/**
 * Moves what the write-ahead log holds to the file, in a thread of its own: commits go on meanwhile. Only what they
 * added during that is moved between two commits, so that the log can start again from its beginning and stays bounded.
 */
import { Worker } from 'node:worker_threads';
import { besideThis } from './beside-this.ts';
import type { CheckpointResult } from './checkpoint-thread.ts';
import type { Connection } from './connection.ts';

/** A checkpoint starts after so many commits, or so many octets of changes, whichever comes first: some 30 MB of log. */
const COMMITS = 2_048;
const OCTETS = 6_000_000;
/** In pages of 4 KiB: a log of 64 MB is started again, where no more than 8 MB of it must be moved between two commits. */
const LONG_LOG = 16_384;
const SHORT_REST = 2_048;
/** At 256 MB it is started again whatever must be moved: the disk is slower than the commits, and those have to wait. */
const LONGEST_LOG = 65_536;

export class Checkpoints {
  readonly #path: string;
  readonly #connection: Connection;
  readonly #inTurn: (work: () => Promise<unknown>) => void;
  #worker: Worker | undefined;
  #isUnderWay = false;
  #commits = 0;
  #octets = 0;

  /** `inTurn` runs work between two commits on `connection`. */
  constructor(path: string, connection: Connection, inTurn: (work: () => Promise<unknown>) => void) {
    this.#path = path;
    this.#connection = connection;
    this.#inTurn = inTurn;
  }

  /** To be called after each commit, with the size of its changes. */
  countCommit(octets: number): void {
    this.#commits += 1;
    this.#octets += octets;
    if (!this.#isUnderWay && (this.#commits >= COMMITS || this.#octets >= OCTETS)) this.#start();
  }

  #start(): void {
    this.#isUnderWay = true;
    this.#commits = 0;
    this.#octets = 0;
    this.#worker ??= this.#makeWorker();
    this.#worker.postMessage('checkpoint');
  }

  #makeWorker(): Worker {
    const worker = new Worker(besideThis('checkpoint-thread', import.meta.url), { workerData: this.#path });
    worker.on('message', (result: CheckpointResult) => this.#finish(result));
    // Whatever broke it: nothing is lost, the log only grows until the next attempt.
    worker.on('error', () => {
      this.#worker = undefined;
      this.#isUnderWay = false;
    });
    worker.unref();
    return worker;
  }

  #finish({ log, moved }: CheckpointResult): void {
    this.#isUnderWay = false;
    const rest = log - moved;
    if (log >= LONGEST_LOG || (log >= LONG_LOG && rest <= SHORT_REST)) {
      this.#inTurn(async () => this.#connection.restartLog());
    } else if (log >= LONG_LOG && moved > 0) {
      this.#start();
    }
  }
}
