/** `optio checkpoint seal`. */
import type { Command } from 'commander';
import { type SealOutcome, sealingOf, sealLedger } from '../../actions/seal-ledger.ts';
import { publishedCheckpoint } from '../../domain/checkpoint.ts';
import { describeCheckpoint } from '../describe-checkpoint.ts';
import { withMigratedStore } from '../open-management.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { Progress } from '../progress.ts';
import { type CommandResult, failed } from '../shell.ts';

export function addCheckpointSeal(family: Command, run: Run): void {
  const command = family
    .command('seal')
    .summary('seal the ledger now')
    .description(
      'Seals all events up to a second ago and prints the checkpoint. Where nothing happened since the last one, prints that. Servers do so by themselves: OPTIO_CHECKPOINT_EVERY.',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(['optio checkpoint seal', 'seal; optio checkpoint list --json then prints what to keep elsewhere']),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options) =>
      withMigratedStore(shell, { ...options }, async (store) => {
        const progress = new Progress(shell);
        const outcome = await sealLedger(sealingOf(store), {
          told: (events) => progress.tell('events', events, null),
        });
        progress.end();
        return conclude(outcome);
      }),
    ),
  );
}

function conclude(outcome: SealOutcome): CommandResult {
  switch (outcome.kind) {
    case 'sealed': {
      const { checkpoint } = outcome;
      return { kind: 'done', text: describeCheckpoint(checkpoint), data: publishedCheckpoint(checkpoint) };
    }
    case 'nothing-new': {
      const { checkpoint } = outcome;
      if (!checkpoint) return failed('there is no event yet that is older than a second: there is nothing to seal');
      const text = `${describeCheckpoint(checkpoint)}\n\nNothing happened since.`;
      return { kind: 'done', text, data: publishedCheckpoint(checkpoint) };
    }
    case 'overtaken':
      return failed('another process sealed the ledger just now; optio checkpoint list shows how');
    case 'broken':
      return failed(`checkpoint ${outcome.number} was altered, and none can follow on it; run: optio verify`);
  }
}
