/** `optio checkpoint key`. */
import type { Command } from 'commander';
import { checkpointKey } from '../../actions/checkpoints.ts';
import { systemRandomness } from '../../actions/context.ts';
import { withMigratedStore } from '../open-management.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';

export function addCheckpointKey(family: Command, run: Run): void {
  const command = family
    .command('key')
    .summary('print the public key')
    .description(
      'Prints the Ed25519 public key that the checkpoints are signed with: 32 octets in hexadecimal. Whoever verifies should have it from you by another way than the checkpoints.',
    )
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio checkpoint key', 'what to publish beside the checkpoints']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options) =>
      withMigratedStore(shell, { ...options }, async (store) => {
        const { publicKey } = await checkpointKey(store, systemRandomness());
        return { kind: 'done', text: publicKey, data: { publicKey } };
      }),
    ),
  );
}
