/** `optio token create`: makes a token and shows its secret, this once. */
import { type Command, Option } from 'commander';
import { describeIssuedToken } from '../../actions/describe-catalog.ts';
import { createToken } from '../../actions/manage-tokens.ts';
import { SCOPES } from '../../domain/access.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import {
  accountOption,
  addSettings,
  EXPIRY_FORM,
  examples,
  jsonOption,
  nameOption,
  parseExpiry,
  parseId,
} from '../options.ts';
import type { Run } from '../program.ts';
import { formatFields } from '../table.ts';

interface Options {
  readonly account?: number;
  readonly app?: number;
  readonly name: string;
  readonly scope?: readonly string[];
  readonly expires?: number;
}

export function addTokenCreate(family: Command, run: Run): void {
  const command = family
    .command('create')
    .summary('create a token and show it, once')
    .description('Creates a token and shows it: it cannot be shown again, for only its SHA-256 is kept.')
    .addOption(nameOption('token').default('API token'))
    .addOption(accountOption())
    .addOption(new Option('--app <id>', 'the app; needed once there is more than one').argParser(parseId))
    .addOption(
      new Option('--scope <scope...>', 'what it may do; all of the API, without optio.admin, by default').choices(
        SCOPES,
      ),
    )
    .addOption(
      new Option(
        '--expires <when>',
        'after a duration (12h, 90d, 52w) or at an instant (ISO 8601); never by default',
      ).argParser((text) => parseExpiry(text, EXPIRY_FORM)),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio token create --name crm', 'may read and write statuses'],
        [
          'optio token create --name audit --scope communication_preferences.read --expires 90d',
          'may only read, for 90 days',
        ],
        ['optio token create --name ops --scope optio.admin', 'may manage the account at /optio/v1'],
        ['TOKEN=$(optio token create --json | jq -r .token)', 'for a script'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const { name, app: appId, scope: scopes, expires: expiresAt } = options;
        const outcome = await createToken(management, account.id, { name, appId, scopes, expiresAt });
        return concludeWith(outcome, (issued) => ({
          text: describeForPeople(describeIssuedToken(issued)),
          data: describeIssuedToken(issued),
        }));
      }),
    ),
  );
}

function describeForPeople(issued: ReturnType<typeof describeIssuedToken>): string {
  const fields = formatFields([
    ['id', issued.id],
    ['app', String(issued.appId)],
    ['scopes', issued.scopes.join(', ')],
    ['expires', issued.expiresAt ?? 'never'],
  ]);
  return `${issued.token}\n\nThe token is shown only this once: keep it now.\n\n${fields}`;
}
