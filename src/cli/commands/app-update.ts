/** `optio app update`: renames an app, or changes where its users are sent back to. */
import type { Command } from 'commander';
import { describeApp } from '../../actions/describe-catalog.ts';
import { updateApp } from '../../actions/manage-apps.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import {
  accountOption,
  addSettings,
  examples,
  jsonOption,
  nameOption,
  nameRepeatedOption,
  parseId,
  redirectUriOption,
} from '../options.ts';
import type { Run } from '../program.ts';
import { misuse } from '../shell.ts';

interface Options {
  readonly account?: number;
  readonly name?: string;
  readonly redirectUri?: readonly string[];
}

export function addAppUpdate(family: Command, run: Run): void {
  const command = family
    .command('update')
    .summary('rename an app, or change its redirect URIs')
    .description(
      'Changes what is given and leaves the rest. Redirect URIs take the place of all that there were; "none" leaves none.',
    )
    .argument('<app-id>', 'its id as "optio app list" shows it', parseId)
    .addOption(nameOption('app'))
    .addOption(redirectUriOption())
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio app update 20000001 --name "CRM sync"', 'give it another name'],
        [
          'optio app update 20000001 --redirect-uri https://app.example.com/oauth-callback --redirect-uri http://localhost:3000/oauth-callback',
          'where its users are sent back to',
        ],
        ['optio app update 20000001 --redirect-uri none', 'nowhere any more'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run(async (shell, id: number, options: Options) => {
      const { name, redirectUri } = options;
      if (name === undefined && redirectUri === undefined) {
        return misuse('nothing to change; give --name or --redirect-uri');
      }
      const redirectUris = redirectUri?.join() === 'none' ? [] : redirectUri;
      return withAccount(shell, { ...options }, async (management, account) => {
        const outcome = await updateApp(management, account.id, id, { name, redirectUris });
        return concludeWith(nameRepeatedOption(outcome, 'redirectUris', '--redirect-uri'), (app) => ({
          text: `App ${app.id} is changed; optio app show ${app.id} shows it.`,
          data: describeApp(app),
        }));
      });
    }),
  );
}
