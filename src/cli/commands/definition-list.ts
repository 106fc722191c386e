/** `optio definition list`. */
import { type Command, Option } from 'commander';
import { describeDefinition } from '../../actions/describe-catalog.ts';
import { listAllDefinitions } from '../../actions/manage-definitions.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseId } from '../options.ts';
import type { Run } from '../program.ts';
import { formatTable } from '../table.ts';

const HEADERS = ['ID', 'NAME', 'PURPOSE', 'BRAND', 'ACTIVE', 'INTERNAL', 'LANGUAGES'];

export function addDefinitionList(family: Command, run: Run): void {
  const command = family
    .command('list')
    .summary('list the definitions')
    .description("Lists an account's subscription definitions, active or not, in the order they were created.")
    .addOption(new Option('--brand <id>', 'only those of one brand').argParser(parseId))
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio definition list', 'see the ids that subscriptionId may have']));
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, options: { readonly account?: number; readonly brand?: number }) =>
      withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await listAllDefinitions(management, account.id, options.brand), (found) => {
          const definitions = found.map(describeDefinition);
          return { text: formatTable(HEADERS, definitions.map(toRow)), data: definitions };
        }),
      ),
    ),
  );
}

function toRow(definition: ReturnType<typeof describeDefinition>): string[] {
  return [
    String(definition.id),
    definition.name,
    definition.purpose,
    String(definition.businessUnitId),
    definition.isActive ? 'yes' : 'no',
    definition.isInternal ? 'yes' : 'no',
    definition.translations.map(({ languageCode }) => languageCode).join(' '),
  ];
}
