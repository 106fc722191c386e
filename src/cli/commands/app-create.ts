/** `optio app create`. */
import type { Command } from 'commander';
import { describeApp } from '../../actions/describe-catalog.ts';
import { createApp } from '../../actions/manage-apps.ts';
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
    .description('Creates an app. Give it tokens with "optio token create --app ID".')
    .addOption(nameOption('app').makeOptionMandatory())
    .addOption(newIdOption('app'))
    .addOption(redirectUriOption())
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(['optio app create --name "CRM sync"', 'so that its changes can be told from others']),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const outcome = await createApp(management, account.id, { ...options, redirectUris: options.redirectUri });
        return concludeWith(nameRepeatedOption(outcome, 'redirectUris', '--redirect-uri'), (app) => ({
          text: `App ${app.id} created.`,
          data: describeApp(app),
        }));
      }),
    ),
  );
}
