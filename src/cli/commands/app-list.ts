/** `optio app list`. */
import type { Command } from 'commander';
import { describeApp } from '../../actions/describe-catalog.ts';
import { listApps } from '../../actions/manage-apps.ts';
import { withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { formatTable } from '../table.ts';

export function addAppList(family: Command, run: Run): void {
  const command = family
    .command('list')
    .summary('list the apps')
    .description("Lists an account's apps, the first one first.")
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio app list', 'see which apps there are']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const apps = (await listApps(management, account.id)).map(describeApp);
        const rows = apps.map(({ id, name, createdAt }) => [String(id), name, createdAt]);
        return { kind: 'done', text: formatTable(['ID', 'NAME', 'CREATED'], rows), data: apps };
      }),
    ),
  );
}
