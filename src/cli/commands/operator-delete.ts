/** `optio operator delete`. */
import type { Command } from 'commander';
import { deleteOperator } from '../../actions/manage-operators.ts';
import { concludeWith, withManagement } from '../open-management.ts';
import { emailArgument } from '../operator-options.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';

export function addOperatorDelete(family: Command, run: Run): void {
  const command = family
    .command('delete')
    .summary('delete an operator')
    .description('Deletes an operator and ends all their sessions, for good. Apps that they installed stay.')
    .addArgument(emailArgument())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio operator delete ana@example.com', 'Ana works elsewhere now']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, email: string, options: Readonly<Record<string, unknown>>) =>
      withManagement(shell, options, async (management) =>
        concludeWith(await deleteOperator(management, email), (operator) => ({
          text: `${operator.email} is no operator any more.`,
          data: { email: operator.email, deleted: true },
        })),
      ),
    ),
  );
}
