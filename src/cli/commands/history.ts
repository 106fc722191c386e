/** `optio history`: everything that was ever said of a contact, for people or for machines. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type DescribedEvent, describeEvent } from '../../actions/describe-history.ts';
import { readHistory } from '../../actions/read-history.ts';
import type { Address } from '../../domain/address.ts';
import { fieldsOf, headlineOf } from '../history-words.ts';
import { loadCatalog, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseContact } from '../options.ts';
import type { Run } from '../program.ts';
import { formatFields } from '../table.ts';

interface Options {
  readonly account?: number;
  readonly limit?: number;
}

export function addHistory(program: Command, run: Run): Command {
  const command = program
    .command('history')
    .description(
      "Prints every change of what a contact may be sent, newest first: what held before and after, why, by whom, and what shows it. The contact's ledger is checked on the way; where it does not hold, that is said and nothing else.",
    )
    .argument('<address>', "the contact's e-mail address", parseContact)
    .addOption(
      new Option('--limit <count>', 'the newest so many changes; all of them by default').argParser(parseLimit),
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio history ada@example.com', 'why does Ada get our mail?'],
        ['optio history ada@example.com --limit 1 --json', 'the last change, for a script'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, address: Address, options: Options) =>
      withAccount(shell, { ...options }, async ({ store }, account) => {
        const catalog = await loadCatalog(store, account);
        const { limit = Number.POSITIVE_INFINITY } = options;
        const page = await readHistory({ store }, account.id, address, { limit, after: null });
        const events = page!.steps.map((step) => describeEvent(step, catalog));
        return { kind: 'done', text: describeForPeople(address, events, page!.next !== null), data: events };
      }),
    ),
  );
  return command;
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

function describeForPeople(address: Address, events: readonly DescribedEvent[], hasMore: boolean): string {
  if (events.length === 0) return `Nobody ever said anything about ${address.shown}.`;
  const blocks = events.map((event) => `${headlineOf(event)}\n${indented(formatFields(fieldsOf(event)))}`);
  const more = hasMore ? ['There are older changes; a larger --limit, or none, shows them.'] : [];
  return [...blocks, ...more].join('\n\n');
}

function indented(lines: string): string {
  return lines.replace(/^/gm, '  ');
}
