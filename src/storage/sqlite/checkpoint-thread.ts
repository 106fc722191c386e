/** The thread that moves pages from an SQLite file's write-ahead log to the file. Neither readers nor the writer wait. */
import { parentPort, workerData } from 'node:worker_threads';
import { Connection } from './connection.ts';

/** In pages: how many the log holds, and how many of them are in the file by now. Zeros where it could not be done. */
export interface CheckpointResult {
  readonly log: number;
  readonly moved: number;
}

const port = parentPort!;
let connection: Connection | undefined;

port.on('message', async () => {
  try {
    connection ??= await Connection.open(workerData as string, { checkpoints: 'elsewhere' });
    port.postMessage(connection.checkpoint());
  } catch {
    // A full disk, or a file that is gone: whoever writes is told of that.
    port.postMessage({ log: 0, moved: 0 } satisfies CheckpointResult);
  }
});
