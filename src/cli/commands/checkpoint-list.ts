/** `optio checkpoint list`. */
import type { Command } from 'commander';
import { listCheckpoints } from '../../actions/checkpoints.ts';
import { publishedCheckpoint } from '../../domain/checkpoint.ts';
import { withMigratedStore } from '../open-management.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { formatTable } from '../table.ts';

export function addCheckpointList(family: Command, run: Run): void {
  const command = family
    .command('list')
    .summary('list all checkpoints')
    .description(
      'Lists all checkpoints, the oldest first. They hold nothing personal: keep the list where nobody can alter it who can alter the database.',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(['optio checkpoint list --json > /mnt/elsewhere/checkpoints.json', 'keep them where others can check']),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options) =>
      withMigratedStore(shell, { ...options }, async (store) => {
        const checkpoints = await listCheckpoints(store);
        const rows = checkpoints.map(({ number, size, root, sealedAt }) => [
          String(number),
          size.toLocaleString('en'),
          sealedAt,
          root,
        ]);
        const text = formatTable(['NUMBER', 'EVENTS', 'SEALED AT', 'ROOT'], rows);
        return { kind: 'done', text, data: checkpoints.map(publishedCheckpoint) };
      }),
    ),
  );
}
