/** `optio operator set-password`. */
import type { Command } from 'commander';
import { describeOperatorWithPassword } from '../../actions/describe-catalog.ts';
import { setPassword } from '../../actions/manage-operators.ts';
import { concludeWith, withManagement } from '../open-management.ts';
import { emailArgument, passwordOption, showPassword, withPassword } from '../operator-options.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';

interface Options {
  readonly passwordStdin?: boolean;
}

export function addOperatorSetPassword(family: Command, run: Run): void {
  const command = family
    .command('set-password')
    .summary('give an operator another password')
    .description(
      'Sets another password, and shows it where it is made: it cannot be shown again, for only its hash is kept. Whoever is signed in as the operator is signed out.',
    )
    .addArgument(emailArgument())
    .addOption(passwordOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio operator set-password ana@example.com', 'Ana has forgotten hers'],
        ['optio operator set-password ana@example.com --password-stdin < password.txt', 'with one of your own'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, email: string, options: Options) =>
      withPassword(shell, options, (password) =>
        withManagement(shell, { ...options }, async (management) =>
          concludeWith(await setPassword(management, email, password), (made) => ({
            text: `${showPassword(made.password)}${made.operator.email} has another password, and is signed out everywhere.`,
            data: describeOperatorWithPassword(made),
          })),
        ),
      ),
    ),
  );
}
