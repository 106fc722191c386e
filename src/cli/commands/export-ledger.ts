/** `optio export-ledger`: the whole ledger as a file, for verifiers that are not ours. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { exportLedger } from '../../actions/export-ledger.ts';
import { countOf } from '../count-of.ts';
import { withMigratedStore } from '../open-management.ts';
import { addSettings, examples } from '../options.ts';
import type { Run } from '../program.ts';
import { Progress } from '../progress.ts';
import type { CommandResult } from '../shell.ts';
import { refuseFile } from '../write-new-file.ts';

export function addExportLedger(program: Command, run: Run): Command {
  const command = program
    .command('export-ledger')
    .description(
      'Writes the whole ledger as it is at this moment into a file: checkpoints, events and contacts, a line of JSON each. docs/verify.py checks such a file without Optio. It holds addresses: keep it as you keep the database.',
    )
    .addOption(new Option('--out <file>', 'the file, which must not be there yet').makeOptionMandatory())
    .addHelpText(
      'after',
      examples(
        ['optio export-ledger --out ledger.ndjson', 'what an auditor is handed'],
        ['python3 docs/verify.py ledger.ndjson checkpoints.json', 'what the auditor does'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  return command.action(
    run((shell, { out, ...options }: { readonly out: string }) =>
      withMigratedStore(shell, options, async (store) => {
        const progress = new Progress(shell);
        let events = 0;
        const told = (written: number) => {
          events = written;
          progress.tell('events', written, null);
        };
        const failure = await store.audit((audit) => writeTo(out, exportLedger(audit, Date.now(), told)));
        progress.end();
        return failure ?? { kind: 'done', text: `${out} holds ${countOf(events, 'event')}` };
      }),
    ),
  );
}

/** Null where all was written. For this user's eyes alone: it holds addresses. */
async function writeTo(path: string, lines: AsyncIterable<string>): Promise<CommandResult | null> {
  try {
    await pipeline(lines, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    return null;
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).syscall) throw error;
    return refuseFile(path, error);
  }
}
