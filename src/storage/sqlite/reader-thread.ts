/** The thread that reads an SQLite file in bulk. It carries out one request after the other, and answers in their order. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Subject } from '../port.ts';
import { failureOf, type ThreadAnswer } from './asked-thread.ts';
import { BulkLookUp } from './bulk-reads.ts';
import { Connection } from './connection.ts';

export interface ReadRequest {
  /** As `packRefs` packs them. */
  readonly refs: Uint8Array<ArrayBuffer>;
  readonly subject: Subject;
}

const path = workerData as string;
const port = parentPort!;
let opened: BulkLookUp | undefined;

let last: Promise<unknown> = Promise.resolve();

/** Opens the file at the first request, and again where that failed: what stood in the way may be gone. */
async function open(): Promise<BulkLookUp> {
  opened ??= new BulkLookUp(await Connection.open(path, { checkpoints: 'elsewhere', file: 'mapped' }));
  return opened;
}

async function carryOut({ refs, subject }: ReadRequest): Promise<void> {
  let answer: ThreadAnswer<string>;
  try {
    answer = { kind: 'done', result: await (await open()).loadAbout(refs, subject) };
  } catch (error) {
    answer = failureOf(error);
  }
  port.postMessage(answer);
}

port.on('message', (request: ReadRequest) => {
  last = last.then(() => carryOut(request));
});
