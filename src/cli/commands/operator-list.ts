/** `optio operator list`. */
import type { Command } from 'commander';
import { describeOperator } from '../../actions/describe-catalog.ts';
import { listOperators } from '../../actions/manage-operators.ts';
import { withManagement } from '../open-management.ts';
import { showAccounts } from '../operator-options.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { formatTable } from '../table.ts';

export function addOperatorList(family: Command, run: Run): void {
  const command = family
    .command('list')
    .summary('list the operators')
    .description('Lists the operators, the first one first: for which accounts they may act, and how they sign in.')
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio operator list', 'who has no second factor yet']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Readonly<Record<string, unknown>>) =>
      withManagement(shell, options, async (management) => {
        const operators = (await listOperators(management)).map(describeOperator);
        const rows = operators.map(({ email, accountIds, totp, createdAt }) => [
          email,
          showAccounts(accountIds),
          totp ? 'TOTP' : 'none',
          createdAt,
        ]);
        const text = formatTable(['E-MAIL', 'ACCOUNTS', 'SECOND FACTOR', 'CREATED'], rows);
        return { kind: 'done', text, data: operators };
      }),
    ),
  );
}
