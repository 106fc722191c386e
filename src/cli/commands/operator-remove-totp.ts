/** `optio operator remove-totp`. */
import type { Command } from 'commander';
import { describeOperator } from '../../actions/describe-catalog.ts';
import { removeTotp } from '../../actions/manage-operators.ts';
import { concludeWith, withManagement } from '../open-management.ts';
import { emailArgument } from '../operator-options.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';

export function addOperatorRemoveTotp(family: Command, run: Run): void {
  const command = family
    .command('remove-totp')
    .summary("take an operator's second factor away")
    .description(
      'Takes the second factor away: the password alone will do. Whoever is signed in as the operator is signed out.',
    )
    .addArgument(emailArgument())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio operator remove-totp ana@example.com', 'Ana has lost her telephone']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, email: string, options: Readonly<Record<string, unknown>>) =>
      withManagement(shell, options, async (management) =>
        concludeWith(await removeTotp(management, email), (operator) => ({
          text: `${operator.email} signs in with the password alone from now on, and is signed out everywhere.`,
          data: describeOperator(operator),
        })),
      ),
    ),
  );
}
