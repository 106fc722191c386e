/** `optio status`: what holds for a contact, now or at an instant. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeStatusThen } from '../../actions/describe-history.ts';
import { INSTANT_FORM, parseInstant } from '../../actions/parse-instant.ts';
import { readStatusesThen } from '../../actions/read-history.ts';
import { instant } from '../../actions/show-instant.ts';
import type { Address } from '../../domain/address.ts';
import { loadCatalog, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, jsonOption, parseContact } from '../options.ts';
import type { Run } from '../program.ts';
import { formatTable } from '../table.ts';

const HEADERS = ['TYPE', 'NAME', 'BRAND', 'STATUS', 'SINCE', 'SOURCE', 'LEGAL BASIS'];

interface Options {
  readonly account?: number;
  readonly asOf?: number;
}

export function addStatus(program: Command, run: Run): Command {
  const command = program
    .command('status')
    .description(
      'Prints what holds for a contact by the ledger, or what held at an instant. Types are called as they are now; those that were created since are left out, and inactive ones are listed.',
    )
    .argument('<address>', "the contact's e-mail address", parseContact)
    .addOption(asOfOption())
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio status ada@example.com', 'what may Ada be sent?'],
        ['optio status ada@example.com --as-of 2026-03-03T09:00:00Z', 'and what when the mailing went out?'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, address: Address, options: Options) =>
      withAccount(shell, { ...options }, async ({ store }, account) => {
        const catalog = await loadCatalog(store, account);
        const scope = { channel: 'EMAIL', businessUnitId: null } as const;
        const at = options.asOf ?? Number.POSITIVE_INFINITY;
        const statuses = await readStatusesThen({ store }, catalog, address, scope, at);
        const data = statuses.map((status) => describeStatusThen(address, scope.channel, status));
        const rows = data.map((row) => [
          String(row.subscriptionId),
          row.subscriptionName + (row.isActive ? '' : ' (inactive now)'),
          String(row.businessUnitId),
          row.status,
          row.decidedBy === null ? '' : row.timestamp,
          row.source,
          row.legalBasis ?? '',
        ]);
        const text = rows.length === 0 ? describeNone(options.asOf) : formatTable(HEADERS, rows);
        return { kind: 'done', text, data };
      }),
    ),
  );
  return command;
}

function describeNone(asOf: number | undefined): string {
  return asOf === undefined ? 'There are no types of mail.' : `There was no type of mail yet at ${instant(asOf)}.`;
}

/** An instant that is not to come, in epoch milliseconds. */
export function asOfOption(): Option {
  return new Option('--as-of <instant>', 'at that instant instead of now (ISO 8601, or a date)').argParser((text) => {
    const asOf = parseInstant(text);
    if (asOf === null) throw new InvalidArgumentError(`It must be ${INSTANT_FORM}.`);
    if (asOf > Date.now()) throw new InvalidArgumentError('It is to come; nobody knows what will hold.');
    return asOf;
  });
}
