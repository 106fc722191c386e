/** `optio app install`: lets an app act for the account by OAuth, without a browser. */
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
    .summary('let an app act for the account by OAuth')
    .description(
      'Installs an app, of this account or another. An app of the account itself gets access tokens from then on with its client id and secret, by the grant "client_credentials", with these scopes at most. An app of another account gets them once an operator approves it on the consent page, which installs it, too. Installing an app again replaces the scopes; tokens that it was given before keep theirs.',
    )
    .argument('<app>', 'the id of an app of the account, or the client id of any app', parseAppName)
    .addOption(scopeOption())
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio app install 20000001', 'an app of the account itself'],
        [
          'optio app install 5e0d3b52-7c2f-4a19-9f0e-2f6a1c1b7d11 --account 1001',
          'an app of another account, by its client id, for the account 1001',
        ],
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
function nextStep({ installation: { accountId }, app, isOwn }: InstalledApp): string[] {
  if (!isOwn) {
    return ['It is an app of another account: it gets tokens once an operator approves it at /oauth/authorize.'];
  }
  if (app.secrets.length > 0) return [];
  return [`It has no client secret yet; make one: optio app rotate-secret ${app.id} --account ${accountId}`];
}
