/** `optio token create`: makes a token and shows its secret, this once. */
import { type Command, Option } from 'commander';
import { describeIssuedToken } from '../../actions/describe-catalog.ts';
import { createToken } from '../../actions/manage-tokens.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import {
  accountOption,
  addSettings,
  collect,
  EXPIRY_FORM,
  examples,
  jsonOption,
  nameOption,
  nameRepeatedOption,
  parseExpiry,
  parseId,
  scopeOption,
} from '../options.ts';
import type { Run } from '../program.ts';
import { showIssuedToken } from '../show-secrets.ts';

interface Options {
  readonly account?: number;
  readonly app?: number;
  readonly name: string;
  readonly scope?: readonly string[];
  readonly expires?: number;
  readonly allowNetwork?: readonly string[];
}

export function addTokenCreate(family: Command, run: Run): void {
  const command = family
    .command('create')
    .summary('create a token and show it, once')
    .description('Creates a token and shows it: it cannot be shown again, for only its SHA-256 is kept.')
    .addOption(nameOption('token').default('API token'))
    .addOption(accountOption())
    .addOption(new Option('--app <id>', 'the app; needed once there is more than one').argParser(parseId))
    .addOption(scopeOption())
    .addOption(
      new Option(
        '--expires <when>',
        'after a duration (12h, 90d, 52w) or at an instant (ISO 8601); never by default',
      ).argParser((text) => parseExpiry(text, EXPIRY_FORM)),
    )
    .addOption(
      new Option(
        '--allow-network <network>',
        'where it may be used from, such as 10.0.0.0/8 or 2001:db8::/32, or one address; may be repeated; everywhere by default',
      ).argParser(collect),
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
        ['optio token create --name crm --allow-network 10.0.0.0/8', 'only from inside'],
        ['TOKEN=$(optio token create --json | jq -r .token)', 'for a script'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const { name, app: appId, scope: scopes, expires: expiresAt, allowNetwork: allowedNetworks } = options;
        const wish = { name, appId, scopes, expiresAt, allowedNetworks };
        const outcome = await createToken(management, account.id, wish);
        return concludeWith(nameRepeatedOption(outcome, 'allowedNetworks', '--allow-network'), (issued) => ({
          text: showIssuedToken(issued),
          data: describeIssuedToken(issued),
        }));
      }),
    ),
  );
}
