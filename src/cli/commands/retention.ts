/** `optio retention`: the family of commands on how long things are kept. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addRetentionRun } from './retention-run.ts';

export function addRetention(program: Command, run: Run): Command {
  const family = program
    .command('retention')
    .description(
      "Accounts may limit how long the evidence of contacts' own acts is kept: optio account update --keep-evidence. Servers apply it once a day.",
    );
  addRetentionRun(family, run);
  return family;
}
