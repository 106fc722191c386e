/** A checkpoint, for people. */
import type { Checkpoint } from '../domain/checkpoint.ts';
import { formatFields } from './table.ts';

export function describeCheckpoint({ number, size, root, sealedAt }: Checkpoint): string {
  return formatFields([
    ['checkpoint', String(number)],
    ['events', size.toLocaleString('en')],
    ['root', root],
    ['sealed at', sealedAt],
  ]);
}
