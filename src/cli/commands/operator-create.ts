/** `optio operator create`. */
import { type Command, Option } from 'commander';
import { describeOperatorWithPassword } from '../../actions/describe-catalog.ts';
import { createOperator, type OperatorWithPassword } from '../../actions/manage-operators.ts';
import { concludeWith, withManagement } from '../open-management.ts';
import { accountsOption, passwordOption, showAccounts, showPassword, withPassword } from '../operator-options.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { formatFields } from '../table.ts';

interface Options {
  readonly email: string;
  readonly account?: readonly number[];
  readonly passwordStdin?: boolean;
}

export function addOperatorCreate(family: Command, run: Run): void {
  const command = family
    .command('create')
    .summary('create an operator')
    .description(
      'Creates an operator, and shows the password that is made for them: it cannot be shown again, for only its hash is kept.',
    )
    .addOption(new Option('--email <address>', 'what they sign in with').makeOptionMandatory())
    .addOption(accountsOption('the accounts that they may act for; all, also those to come, by default'))
    .addOption(passwordOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio operator create --email ana@example.com', 'for all accounts, with a password that is made'],
        ['optio operator create --email ana@example.com --account 62515', 'for one account'],
        [
          'optio operator create --email ana@example.com --password-stdin < password.txt',
          'with a password of your own',
        ],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Options) =>
      withPassword(shell, options, (password) =>
        withManagement(shell, { ...options }, async (management) => {
          const wish = { email: options.email, accountIds: options.account, password };
          return concludeWith(await createOperator(management, wish), (made) => ({
            text: describeForPeople(made),
            data: describeOperatorWithPassword(made),
          }));
        }),
      ),
    ),
  );
}

function describeForPeople({ operator, password }: OperatorWithPassword): string {
  const fields = formatFields([
    ['operator', operator.email],
    ['accounts', showAccounts(operator.accountIds)],
    ['second factor', 'none'],
  ]);
  return `${showPassword(password)}${fields}\n\nGive them a second factor: optio operator set-up-totp ${operator.email}`;
}
