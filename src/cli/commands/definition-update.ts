/** `optio definition update`: changes a definition, or its words in one other language. */
import { type Command, Option } from 'commander';
import { describeDefinition } from '../../actions/describe-catalog.ts';
import { updateDefinition } from '../../actions/manage-definitions.ts';
import type { Management, ManageOutcome } from '../../actions/manage-outcome.ts';
import { putTranslation, removeTranslation } from '../../actions/manage-translations.ts';
import type { SubscriptionDefinition } from '../../domain/catalog.ts';
import { concludeWith, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, nameOption, parseId, switchOption } from '../options.ts';
import type { Run } from '../program.ts';
import { misuse } from '../shell.ts';

interface Options {
  readonly account?: number;
  readonly language?: string;
  readonly removeLanguage?: string;
  readonly name?: string;
  readonly description?: string;
  readonly purpose?: string;
  readonly method?: string;
  readonly active?: boolean;
  readonly default?: boolean;
  readonly internal?: boolean;
}

export function addDefinitionUpdate(family: Command, run: Run): void {
  const command = family
    .command('update')
    .summary('change a definition, or translate it')
    .description(
      'Changes what is given and leaves the rest. The brand stays: a contact who opted out of it relies on that.',
    )
    .argument('<definition-id>', 'its id as "optio definition list" shows it', parseId)
    .addOption(nameOption('definition'))
    .addOption(new Option('--description <text>', 'what contacts are told of it'))
    .addOption(new Option('--purpose <purpose>', 'what it is for'))
    .addOption(new Option('--method <method>', 'how it reaches people'))
    .addOption(switchOption('--active', 'whether it is in use'))
    .addOption(switchOption('--internal', 'whether contacts do not see it'))
    .addOption(switchOption('--default', 'whether it is one that HubSpot makes by itself'))
    .addOption(
      new Option('--language <tag>', 'give --name and --description in this language instead (BCP 47, such as de)'),
    )
    .addOption(
      new Option('--remove-language <tag>', 'take the translation into this language away').conflicts(['language']),
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio definition update 39644612 --active off', 'take it out of use; nothing of it is lost'],
        ['optio definition update 39644612 --language de --name Neuigkeiten', 'translate it'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run(async (shell, id: number, options: Options) => {
      const problem = findMisuse(options);
      if (problem) return misuse(problem);
      return withAccount(shell, { ...options }, async (management, account) =>
        concludeWith(await update(management, account.id, id, options), (definition) => ({
          text: `Definition ${definition.id} is changed.`,
          data: describeDefinition(definition),
        })),
      );
    }),
  );
}

function findMisuse(options: Options): string | null {
  const { name, description, purpose, method, active, internal, default: isDefault } = options;
  const others = [purpose, method, active, internal, isDefault].some((value) => value !== undefined);
  const words = name !== undefined || description !== undefined;
  if (options.removeLanguage !== undefined) {
    return others || words ? '--remove-language goes with no other change' : null;
  }
  if (options.language !== undefined) {
    if (others) return '--language goes with --name and --description only';
    return name === undefined ? '--language needs --name, the name in that language' : null;
  }
  return others || words ? null : 'nothing to change; see optio definition update --help';
}

function update(
  management: Management,
  accountId: number,
  id: number,
  options: Options,
): Promise<ManageOutcome<SubscriptionDefinition>> {
  const { name, description, language, removeLanguage } = options;
  if (removeLanguage !== undefined) return removeTranslation(management, accountId, id, removeLanguage);
  if (language !== undefined) return putTranslation(management, accountId, id, language, { name: name!, description });
  const { purpose, method: communicationMethod, active: isActive, internal: isInternal, default: isDefault } = options;
  const change = { name, description, purpose, communicationMethod, isActive, isInternal, isDefault };
  return updateDefinition(management, accountId, id, change);
}
