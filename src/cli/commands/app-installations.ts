/** `optio app installations`: which apps may act for the account by OAuth. */
import type { Command } from 'commander';
import { describeInstallation } from '../../actions/describe-catalog.ts';
import { emailsOfInstallers, listInstallations } from '../../actions/manage-installations.ts';
import { withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { summarizeScopes } from '../summarize-scopes.ts';
import { formatTable } from '../table.ts';

export function addAppInstallations(family: Command, run: Run): void {
  const command = family
    .command('installations')
    .summary('list the apps that act by OAuth')
    .description(
      'Lists the apps that may act for an account by OAuth, its own and others, the first one first: what they may do, since when, and which operator said so.',
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio app installations', 'see who may act for the account']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const installed = await listInstallations(management, account.id);
        const emails = await emailsOfInstallers(management, installed);
        const data = installed.map(describeInstallation);
        const rows = data.map(({ appId, name, clientId, installedAt, installedBy, scopes }) => [
          String(appId),
          name,
          clientId,
          installedAt,
          installedBy === null
            ? 'command line or API'
            : (emails.get(installedBy) ?? `operator ${installedBy}, since deleted`),
          summarizeScopes(scopes),
        ]);
        return { kind: 'done', text: formatTable(['APP', 'NAME', 'CLIENT ID', 'SINCE', 'BY', 'SCOPES'], rows), data };
      }),
    ),
  );
}
