/** `optio operator update`: for which accounts an operator may act. */
import { type Command, Option } from 'commander';
import { describeOperator } from '../../actions/describe-catalog.ts';
import { updateOperator } from '../../actions/manage-operators.ts';
import { concludeWith, withManagement } from '../open-management.ts';
import { accountsOption, emailArgument, showAccounts } from '../operator-options.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { misuse } from '../shell.ts';

interface Options {
  readonly account?: readonly number[];
  readonly allAccounts?: boolean;
}

export function addOperatorUpdate(family: Command, run: Run): void {
  const command = family
    .command('update')
    .summary('say for which accounts an operator may act')
    .description(
      'Says for which accounts an operator may act, in place of those there were. It holds at once, also where they are signed in. Apps that they installed stay.',
    )
    .addArgument(emailArgument())
    .addOption(accountsOption('the accounts, all of them'))
    .addOption(new Option('--all-accounts', 'all accounts, also those to come'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio operator update ana@example.com --account 62515 62516', 'these two and no other'],
        ['optio operator update ana@example.com --all-accounts', 'all of them'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run(async (shell, email: string, options: Options) => {
      const { account: accountIds = null, allAccounts = false } = options;
      if ((accountIds === null) !== allAccounts) return misuse('give either --account or --all-accounts');
      return withManagement(shell, { ...options }, async (management) =>
        concludeWith(await updateOperator(management, email, { accountIds }), (operator) => ({
          text: `${operator.email} may act for ${describeAccounts(operator.accountIds)}.`,
          data: describeOperator(operator),
        })),
      );
    }),
  );
}

function describeAccounts(accountIds: readonly number[] | null): string {
  if (accountIds === null) return 'all accounts';
  return `${accountIds.length === 1 ? 'account' : 'the accounts'} ${showAccounts(accountIds)}`;
}
