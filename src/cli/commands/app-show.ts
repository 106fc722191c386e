/** `optio app show`. */
import type { Command } from 'commander';
import { describeApp } from '../../actions/describe-catalog.ts';
import { findApp } from '../../actions/manage-apps.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseId } from '../options.ts';
import type { Run } from '../program.ts';
import { endOf } from '../show-secrets.ts';
import { formatFields } from '../table.ts';

type DescribedApp = ReturnType<typeof describeApp>;

export function addAppShow(family: Command, run: Run): void {
  const command = family
    .command('show')
    .summary('show an app')
    .description('Shows an app. Of a client secret only the last four characters are known.')
    .argument('<app-id>', 'its id as "optio app list" shows it', parseId)
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio app show 20000001', 'its client id, redirect URIs and secrets']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, id: number, options: { readonly account?: number }) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await findApp(management, account.id, id), (found) => {
          const app = describeApp(found);
          return { text: `${formatFields(fieldsOf(app))}\n\n${hintOf(app)}`, data: app };
        }),
      ),
    ),
  );
}

/** Where it is installed is no part of the app. */
function hintOf({ id }: DescribedApp): string {
  return `optio app install ${id} lets it act by OAuth; optio app installations shows which apps do.`;
}

function fieldsOf(app: DescribedApp): (readonly [string, string])[] {
  const { redirectUris, secrets } = app;
  return [
    ['id', String(app.id)],
    ['name', app.name],
    ['client id', app.clientId],
    ...(redirectUris.length > 0 ? redirectUris : ['none']).map((uri) => ['redirect URI', uri] as const),
    ...(secrets.length > 0 ? secrets.map(showSecret) : ['none']).map((shown) => ['client secret', shown] as const),
    ['created', app.createdAt],
    ['updated', app.updatedAt],
  ];
}

function showSecret({ hint, createdAt, expiresAt }: DescribedApp['secrets'][number]): string {
  return `…${hint}, made ${createdAt}${expiresAt === null ? '' : `, ${endOf(expiresAt)}`}`;
}
