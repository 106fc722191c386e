/** `optio app create`. */
import type { Command } from 'commander';
import { describeApp } from '../../actions/describe-catalog.ts';
import { createApp } from '../../actions/manage-apps.ts';
import type { Config } from '../../config/settings.ts';
import { siteUrl } from '../../config/site-url.ts';
import type { App } from '../../domain/catalog.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import {
  accountOption,
  addSettings,
  examples,
  jsonOption,
  nameOption,
  nameRepeatedOption,
  newIdOption,
  redirectUriOption,
} from '../options.ts';
import type { Run } from '../program.ts';
import { formatFields } from '../table.ts';

interface Options {
  readonly account?: number;
  readonly name: string;
  readonly id?: number;
  readonly redirectUri?: readonly string[];
}

export function addAppCreate(family: Command, run: Run): void {
  const command = family
    .command('create')
    .summary('create an app')
    .description(
      'Creates an app. It gets tokens by OAuth, once it has a client secret and is installed; or give it tokens with "optio token create --app ID".',
    )
    .addOption(nameOption('app').makeOptionMandatory())
    .addOption(newIdOption('app'))
    .addOption(redirectUriOption())
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio app create --name "CRM sync"', 'so that its changes can be told from others'],
        [
          'optio app create --name "CRM sync" --redirect-uri https://crm.example.com/callback',
          'operators may install it, in any account',
        ],
      ),
    );
  addSettings(command, ['databaseUrl', 'publicUrl']);
  command.action(
    run((shell, options: Options) =>
      withAccount(shell, { ...options }, async (management, account, config) => {
        const outcome = await createApp(management, account.id, { ...options, redirectUris: options.redirectUri });
        return concludeWith(nameRepeatedOption(outcome, 'redirectUris', '--redirect-uri'), (app) => ({
          text: describeForPeople(app, config, options.account),
          data: describeApp(app),
        }));
      }),
    ),
  );
}

/** With what is still to be done until the app gets tokens. */
function describeForPeople({ id, clientId, redirectUris }: App, config: Config, account: number | undefined): string {
  const ofAccount = account === undefined ? '' : ` --account ${account}`;
  const [redirectUri] = redirectUris;
  const query = redirectUri && new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, scope: SCOPE });
  return [
    `App ${id} created.`,
    formatFields([['client id', clientId]]),
    'Make its client secret:',
    `    optio app rotate-secret ${id}${ofAccount}`,
    ...(query
      ? [
          'Then an operator installs it by opening this, with the scopes that it needs:',
          `    ${siteOf(config)}/oauth/authorize?${query}`,
        ]
      : ['Then install it, so that it acts for its own account:', `    optio app install ${id}${ofAccount}`]),
  ].join('\n\n');
}

/** As an example: HubSpot's apps name theirs the same way. */
const SCOPE = 'communication_preferences.read_write';

/** Where the server takes any port and no setting says where it is found, nobody can know. */
function siteOf(config: Config): string {
  return config.publicUrl === null && config.port === 0 ? 'OPTIO_PUBLIC_URL' : siteUrl(config, config.port);
}
