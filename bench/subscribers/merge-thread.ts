/** Merges the files that the loader's threads filled, beside whatever else is still to be done. */
import { workerData } from 'node:worker_threads';
import { mergeParts } from './sqlite-sink.ts';

export interface MergeTask {
  readonly path: string;
  /** How many files there are, the first included. */
  readonly parts: number;
}

const { path, parts } = workerData as MergeTask;
await mergeParts(path, parts);
