/** `optio account update`: renames an account or switches its data privacy settings. */
import type { Command } from 'commander';
import { describeAccount } from '../../actions/describe-catalog.ts';
import { updateAccount } from '../../actions/manage-accounts.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, nameOption, switchOption } from '../options.ts';
import type { Run } from '../program.ts';
import { misuse } from '../shell.ts';

interface Options {
  readonly account?: number;
  readonly name?: string;
  readonly dataPrivacy?: boolean;
}

export function addAccountUpdate(family: Command, run: Run): void {
  const command = family
    .command('update')
    .summary("change an account's settings")
    .description('Changes what is given and leaves the rest.')
    .addOption(accountOption())
    .addOption(nameOption('account'))
    .addOption(switchOption('--data-privacy', 'whether every change needs a legal basis and its explanation'))
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio account update --data-privacy on', 'ask for a legal basis from now on']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run(async (shell, options: Options) => {
      if (options.name === undefined && options.dataPrivacy === undefined) {
        return misuse('nothing to change; give --name or --data-privacy');
      }
      return withAccount(shell, { ...options }, async (management, { id }) =>
        concludeWith(await updateAccount(management, id, options), (account) => ({
          text: `Account ${account.id} is called "${account.name}", data privacy is ${account.dataPrivacy ? 'on' : 'off'}.`,
          data: describeAccount(account),
        })),
      );
    }),
  );
}
