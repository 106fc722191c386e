/** `optio eligibility`: sends a list of addresses through the gate, and prints an answer a line. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Command, Option } from 'commander';
import { checkEligibility, type EligibilityAnswer, type Gate } from '../../actions/check-eligibility.ts';
import { readLines, textOfLine } from '../../actions/read-lines.ts';
import { instantOrNull } from '../../actions/show-instant.ts';
import type { Account } from '../../domain/catalog.ts';
import { loadCatalog, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, parseId } from '../options.ts';
import type { Run } from '../program.ts';
import { type CommandResult, failed, type Shell } from '../shell.ts';
import { printable } from '../table.ts';
import { asOfOption } from './status.ts';

interface Options {
  readonly account?: number;
  readonly type: number;
  readonly asOf?: number;
  readonly explain?: boolean;
  readonly format: 'csv' | 'ndjson';
}

const LINES_AT_ONCE = 2_000;

export function addEligibility(program: Command, run: Run): Command {
  const command = program
    .command('eligibility')
    .description(
      "Says of each address of a list whether it may be mailed about a type of mail, and why, by the account's mail rule. It reads as it prints, so a list may be as long as you like. Where anything cannot be read it ends with exit code 1: what was printed by then is not the whole list.",
    )
    .argument('[file]', 'the list, an address a line; - or none is standard input', '-')
    .addOption(
      new Option('--type <id>', 'the type of mail that is to be sent').argParser(parseId).makeOptionMandatory(),
    )
    .addOption(asOfOption())
    .addOption(new Option('--explain', 'name the event that decided; takes longer'))
    .addOption(
      new Option('--format <format>', 'csv with a first line of names, or ndjson with a last line {"done":true,…}')
        .choices(['csv', 'ndjson'])
        .default('csv'),
    )
    .addOption(accountOption())
    .addHelpText(
      'after',
      examples(
        ['optio eligibility --type 39644612 newsletter.txt > answers.csv', 'before a mailing goes out'],
        [
          "optio eligibility --type 39644612 --format ndjson < newsletter.txt | jq -r 'select(.eligible).subscriberIdString'",
          'the addresses that may be mailed',
        ],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, file: string, options: Options) =>
      withAccount(shell, { ...options }, async ({ store }, account) => {
        const catalog = await loadCatalog(store, account);
        if (!catalog.definitions.has(options.type)) {
          return failed(`there is no definition ${options.type}; optio definition list shows them`);
        }
        // The command's own view of the catalog: for one list, the rule stays the same.
        const gate = {
          store,
          catalogs: { catalog: async () => catalog, freshCatalog: async () => catalog },
          reader: store.subscribers,
        };
        const list = file === '-' ? process.stdin : createReadStream(file);
        return answerList(shell, gate, account, options, list);
      }),
    ),
  );
  return command;
}

async function answerList(
  shell: Shell,
  gate: Gate,
  { id }: Account,
  options: Options,
  list: Readable,
): Promise<CommandResult> {
  const { explain = false } = options;
  const question = { subscriptionId: options.type, channel: 'EMAIL', asOf: options.asOf ?? null, explain } as const;
  const { head, line, end } = FORMATS[options.format];
  let unprinted = head(explain);
  let count = 0;
  try {
    for await (const lines of readLines(list, LINES_AT_ONCE)) {
      const outcome = await checkEligibility(gate, id, question, lines.map(textOfLine));
      if (outcome.kind !== 'read') return failed(`the list was not answered to its end: ${outcome.kind}`);
      count += outcome.answers.length;
      shell.print(unprinted + outcome.answers.map(line).join(''));
      unprinted = '';
    }
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    return failed(`the list cannot be read (${code}); name a file with an address a line`);
  }
  shell.print(unprinted + end(count));
  return { kind: 'done' };
}

const FORMATS = {
  csv: {
    head: (explain: boolean) => `address,eligible,reason,decidedAt${explain ? ',decidedBy' : ''}\n`,
    line: ({ subscriberIdString, eligible, reason, decidedAt, decidedBy }: EligibilityAnswer) => {
      const cells = [quoted(subscriberIdString), eligible, reason, instantOrNull(decidedAt) ?? ''];
      return `${(decidedBy === undefined ? cells : [...cells, decidedBy ?? '']).join(',')}\n`;
    },
    end: () => '',
  },
  ndjson: {
    head: () => '',
    line: (answer: EligibilityAnswer) =>
      `${JSON.stringify({ ...answer, decidedAt: instantOrNull(answer.decidedAt) })}\n`,
    end: (count: number) => `${JSON.stringify({ done: true, count })}\n`,
  },
} as const;

/** As RFC 4180 has it, where the text needs it. What is no address may be anything; no control character gets through. */
function quoted(text: string): string {
  const shown = printable(text);
  return /[",]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
