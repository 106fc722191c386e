/** `optio account list`. */
import type { Command } from 'commander';
import { describeAccount } from '../../actions/describe-catalog.ts';
import { listAccounts } from '../../actions/manage-accounts.ts';
import { withManagement } from '../open-management.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { formatTable } from '../table.ts';

export function addAccountList(family: Command, run: Run): void {
  const command = family
    .command('list')
    .summary('list the accounts')
    .description('Lists the accounts, the first one first.')
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio account list --json', 'for a script']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Readonly<Record<string, unknown>>) =>
      withManagement(shell, options, async (management) => {
        const accounts = (await listAccounts(management)).map(describeAccount);
        const rows = accounts.map(({ id, name, dataPrivacy, mailRule, keepEvidenceMonths, createdAt }) => [
          String(id),
          name,
          dataPrivacy ? 'on' : 'off',
          mailRule,
          keepEvidenceMonths === null ? 'always' : `${keepEvidenceMonths}m`,
          createdAt,
        ]);
        return {
          kind: 'done',
          text: formatTable(['ID', 'NAME', 'DATA PRIVACY', 'MAIL RULE', 'KEEPS EVIDENCE', 'CREATED'], rows),
          data: accounts,
        };
      }),
    ),
  );
}
