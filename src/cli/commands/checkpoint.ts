/** `optio checkpoint`: the family of commands on the seals of the ledger. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addCheckpointKey } from './checkpoint-key.ts';
import { addCheckpointList } from './checkpoint-list.ts';
import { addCheckpointSeal } from './checkpoint-seal.ts';

export function addCheckpoint(program: Command, run: Run): Command {
  const family = program
    .command('checkpoint')
    .description(
      'A checkpoint is a signed statement of all events up to an instant. Kept elsewhere, it proves that none of them was altered, dropped or added since: optio verify --checkpoints.',
    );
  addCheckpointSeal(family, run);
  addCheckpointList(family, run);
  addCheckpointKey(family, run);
  return family;
}
