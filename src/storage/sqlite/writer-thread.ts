/** The thread that writes to an SQLite file. It carries out one request after the other, and answers in their order. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CommitResult } from '../port.ts';
import { failureOf, type ThreadAnswer } from './asked-thread.ts';
import { Checkpoints } from './checkpoints.ts';
import { Connection } from './connection.ts';
import { Writer } from './writer.ts';

export interface ThreadRequest {
  readonly kind: 'load' | 'commit' | 'close-ledger';
  readonly octets: Uint8Array<ArrayBuffer>;
}

const path = workerData as string;
const port = parentPort!;
let opened: { writer: Writer; checkpoints: Checkpoints } | undefined;

let last: Promise<unknown> = Promise.resolve();
/** One after the other: a connection has one transaction at a time. */
function inTurn(work: () => Promise<unknown>): void {
  last = last.then(work);
}

/** Opens the file at the first request, and again where that failed: what stood in the way may be gone. */
async function open(): Promise<{ writer: Writer; checkpoints: Checkpoints }> {
  if (opened) return opened;
  const connection = await Connection.open(path, { checkpoints: 'elsewhere' });
  opened = { writer: new Writer(connection), checkpoints: new Checkpoints(path, connection, inTurn) };
  return opened;
}

async function carryOut(request: ThreadRequest): Promise<void> {
  try {
    const { writer } = await open();
    if (request.kind === 'commit') {
      answer({ kind: 'done', result: await writer.commit(request.octets) });
    } else {
      const { octets } = request;
      const result = await (request.kind === 'load' ? writer.load(octets) : writer.closeLedger(octets));
      answer({ kind: 'done', result }, [result.buffer]);
    }
  } catch (error) {
    answer(failureOf(error));
    return;
  }
  if (request.kind !== 'load') opened?.checkpoints.countCommit(request.octets.length);
}

function answer(result: ThreadAnswer<Uint8Array<ArrayBuffer> | CommitResult>, transfer: ArrayBuffer[] = []): void {
  port.postMessage(result, transfer);
}

port.on('message', (request: ThreadRequest) => inTurn(() => carryOut(request)));
