/** `optio app uninstall`: takes back what an app was allowed. */
import type { Command } from 'commander';
import { type AppName, uninstallApp } from '../../actions/manage-installations.ts';
import { parseAppName } from '../app-name.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';

export function addAppUninstall(family: Command, run: Run): void {
  const command = family
    .command('uninstall')
    .summary('take back what an app may do by OAuth')
    .description(
      'Uninstalls an app: all that it was given for the account by OAuth ends, and running servers refuse it within two seconds. Tokens of "optio token create" work on: "optio token revoke" ends them.',
    )
    .argument('<app>', 'its id or client id as "optio app installations" shows them', parseAppName)
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio app uninstall 20000001', 'it acts for the account no more']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, app: AppName, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await uninstallApp(management, account.id, app), ({ appId, clientId }) => ({
          text: `App ${appId} is uninstalled.`,
          data: { clientId, appId, uninstalled: true },
        })),
      ),
    ),
  );
}
