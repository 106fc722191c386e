/** The thread that writes to an SQLite file. It carries out one request after the other, and answers in their order. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CommitResult } from '../port.ts';
import { failureOf, type ThreadAnswer } from './asked-thread.ts';
import { Checkpoints } from './checkpoints.ts';
import { Connection } from './connection.ts';
import { Writer } from './writer.ts';

export type ThreadRequest =
  | { readonly kind: 'load' | 'commit' | 'close-ledger'; readonly octets: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'truncate-log' };

/** How long after an attempt to truncate the log another one is made. */
const TRUNCATE_AGAIN_MS = 1_000;

interface Opened {
  readonly connection: Connection;
  readonly writer: Writer;
  readonly checkpoints: Checkpoints;
}

const path = workerData as string;
const port = parentPort!;
let opened: Opened | undefined;

let last: Promise<unknown> = Promise.resolve();
/** One after the other: a connection has one transaction at a time. */
function inTurn(work: () => Promise<unknown>): void {
  last = last.then(work);
}

/** Opens the file at the first request, and again where that failed: what stood in the way may be gone. */
async function open(): Promise<Opened> {
  if (opened) return opened;
  const connection = await Connection.open(path, { checkpoints: 'elsewhere' });
  opened = { connection, writer: new Writer(connection), checkpoints: new Checkpoints(path, connection, inTurn) };
  return opened;
}

async function carryOut(request: ThreadRequest): Promise<void> {
  try {
    const { connection, writer } = await open();
    switch (request.kind) {
      case 'load': {
        const rows = await writer.load(request.octets);
        answer({ kind: 'done', result: rows }, [rows.buffer]);
        break;
      }
      case 'commit':
        answer({ kind: 'done', result: await writer.commit(request.octets) });
        break;
      case 'close-ledger': {
        const closedThrough = await writer.closeLedger(request.octets);
        answer({ kind: 'done', result: closedThrough }, [closedThrough.buffer]);
        break;
      }
      case 'truncate-log':
        truncateLog(connection);
        answer({ kind: 'done', result: undefined });
    }
  } catch (error) {
    answer(failureOf(error));
    return;
  }
  if ('octets' in request && request.kind !== 'load') opened?.checkpoints.countCommit(request.octets.length);
}

/** Again and again, between two commits, while others use the log: what was erased must not stay in it. */
function truncateLog(connection: Connection): void {
  if (connection.truncateLog()) return;
  setTimeout(() => inTurn(async () => truncateLog(connection)), TRUNCATE_AGAIN_MS);
}

function answer(
  result: ThreadAnswer<Uint8Array<ArrayBuffer> | CommitResult | undefined>,
  transfer: ArrayBuffer[] = [],
): void {
  port.postMessage(result, transfer);
}

port.on('message', (request: ThreadRequest) => inTurn(() => carryOut(request)));
