/** `optio app install`: lets an app of the account act for it by OAuth, without a browser. */
import type { Command } from 'commander';
import { describeInstallation } from '../../actions/describe-catalog.ts';
import { type AppName, type InstalledApp, installApp } from '../../actions/manage-installations.ts';
import { parseAppName } from '../app-name.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, scopeOption } from '../options.ts';
import type { Run } from '../program.ts';
import { formatFields } from '../table.ts';

interface Options {
  readonly account?: number;
  readonly scope?: readonly string[];
}

export function addAppInstall(family: Command, run: Run): void {
  const command = family
    .command('install')
    .summary('let an app of the account act for it by OAuth')
    .description(
      'Installs an app in the account that it belongs to. From then on it gets access tokens with its client id and secret, by the grant "client_credentials", with these scopes at most. An app of another account is installed by an operator alone, who approves it at /oauth/authorize. Installing an app again replaces the scopes; tokens that it was given before keep theirs.',
    )
    .argument('<app>', 'the id of an app of the account, or its client id', parseAppName)
    .addOption(scopeOption())
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio app install 20000001', 'it may use all of the API, but not manage the account'],
        ['optio app install 20000001 --scope communication_preferences.read', 'it may only read'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, app: AppName, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await installApp(management, account.id, { app, scopes: options.scope }), (installed) => ({
          text: describeForPeople(installed),
          data: describeInstallation(installed),
        })),
      ),
    ),
  );
}

function describeForPeople(installed: InstalledApp): string {
  const { appId, clientId, name, scopes } = describeInstallation(installed);
  const { accountId } = installed.installation;
  const fields = formatFields([
    ['app', String(appId)],
    ['name', name],
    ['client id', clientId],
    ['account', String(accountId)],
    ['scopes', scopes.join(', ')],
  ]);
  return [`App ${appId} is installed.`, fields, ...nextStep(installed)].join('\n\n');
}

/** What is still missing until the app gets tokens. */
function nextStep({ installation: { accountId }, app }: InstalledApp): string[] {
  if (app.secrets.length > 0) return [];
  return [`It has no client secret yet; make one: optio app rotate-secret ${app.id} --account ${accountId}`];
}
