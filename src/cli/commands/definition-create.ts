/** `optio definition create`. */
import { type Command, Option } from 'commander';
import { describeDefinition } from '../../actions/describe-catalog.ts';
import { createDefinition } from '../../actions/manage-definitions.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import {
  accountOption,
  addSettings,
  examples,
  jsonOption,
  nameOption,
  newIdOption,
  parseId,
  switchOption,
} from '../options.ts';
import type { Run } from '../program.ts';

interface Options {
  readonly account?: number;
  readonly brand?: number;
  readonly id?: number;
  readonly name: string;
  readonly description?: string;
  readonly purpose: string;
  readonly method?: string;
  readonly active?: boolean;
  readonly default?: boolean;
  readonly internal?: boolean;
}

export function addDefinitionCreate(family: Command, run: Run): void {
  const command = family
    .command('create')
    .summary('create a definition')
    .description('Creates a subscription definition. Nobody is subscribed to it until somebody says so.')
    .addOption(nameOption('definition').makeOptionMandatory())
    .addOption(new Option('--description <text>', 'what contacts are told of it'))
    .addOption(
      new Option('--purpose <purpose>', 'what it is for, in HubSpot’s words Marketing, Sales or Service').default(
        'Marketing',
      ),
    )
    .addOption(new Option('--method <method>', 'how it reaches people; Email by default'))
    .addOption(newIdOption('definition'))
    .addOption(
      new Option('--brand <id>', 'its brand, for good; 0 by default, which is the account itself').argParser(parseId),
    )
    .addOption(switchOption('--active', 'whether it is in use; on by default'))
    .addOption(switchOption('--internal', 'whether contacts do not see it; off by default'))
    .addOption(switchOption('--default', 'whether it is one that HubSpot makes by itself; off by default'))
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio definition create --name Newsletter --description "News, once a month"', 'a new type of mail'],
        ['optio definition create --name Offers --id 39644612', 'with the id it has at HubSpot'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const { brand: businessUnitId, method: communicationMethod, ...rest } = options;
        const { active: isActive, internal: isInternal, default: isDefault, id, name, description, purpose } = rest;
        const wish = {
          id,
          businessUnitId,
          name,
          description,
          purpose,
          communicationMethod,
          isActive,
          isInternal,
          isDefault,
        };
        return concludeWith(await createDefinition(management, account.id, wish), (definition) => ({
          text: `Definition ${definition.id} created.`,
          data: describeDefinition(definition),
        }));
      }),
    ),
  );
}
