/** `optio export-subject`: answers a contact who asks what is known of them. */
import { type Command, Option } from 'commander';
import { exportSubject } from '../../actions/export-subject.ts';
import type { Address } from '../../domain/address.ts';
import { loadCatalog, withAccount } from '../open-management.ts';
import { accountOption, addSettings, examples, parseContact } from '../options.ts';
import type { Run } from '../program.ts';
import { reportOf } from '../subject-report.ts';
import { writeNewFile } from '../write-new-file.ts';

interface Options {
  readonly account?: number;
  readonly out?: string;
  readonly html?: boolean;
}

export function addExportSubject(program: Command, run: Run): Command {
  const command = program
    .command('export-subject')
    .description(
      'Prints everything that is known of a contact (GDPR articles 15 and 20): what holds, all that was ever said with the texts and the evidence kept, sign-ups that wait, and whether links were taken back. As JSON, or as an HTML page to read and print. Of an address that is not known that is said, too.',
    )
    .argument('<address>', "the contact's e-mail address", parseContact)
    .addOption(new Option('--out <file>', 'write it to a new file, for your eyes only, instead of printing it'))
    .addOption(new Option('--html', 'a page for people instead of JSON'))
    .addOption(accountOption())
    .addHelpText(
      'after',
      examples(
        ['optio export-subject ada@example.com --html --out ada.html', 'what do you know of me?'],
        ['optio export-subject ada@example.com', 'the same for a program'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  command.action(
    run((shell, address: Address, options: Options) =>
      withAccount(shell, { ...options }, async (management, account) => {
        const catalog = await loadCatalog(management.store, account);
        const subject = await exportSubject(management, catalog, address);
        const text = options.html ? await drawReport(subject) : JSON.stringify(subject, null, 2);
        if (options.out === undefined) return { kind: 'done', text };
        return (await writeNewFile(options.out, `${text}\n`)) ?? { kind: 'done', text: `It is in ${options.out}.` };
      }),
    ),
  );
  return command;
}

async function drawReport(subject: Parameters<typeof reportOf>[0]): Promise<string> {
  const { renderReport } = await import('../../pages/report.ts');
  return renderReport(reportOf(subject)).trimEnd();
}
