/** `optio purge`: makes the database's files hold nothing but what the tables hold. */
import type { Command } from 'commander';
import { showDatabaseUrl } from '../../config/show-config.ts';
import type { Store } from '../../storage/port.ts';
import { describeMissingDatabase, withConfig, withStore } from '../open-management.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import { type CommandResult, failed } from '../shell.ts';

export function addPurge(program: Command, run: Run): Command {
  const command = program
    .command('purge')
    .description(
      'Rewrites the tables that hold contacts, so that nothing of what was erased or replaced is left in the free space of their files. It takes as much disk again as they have, and while it runs, requests for contacts wait or are refused with 503 (with SQLite: changes only). Run it at a quiet time, within the month after an erasure. Backups, archived logs and replicas are yours to see to. Safe to repeat, and to break off.',
    )
    .addOption(jsonOption())
    .addHelpText('after', examples(['optio purge', 'every Sunday night, from cron']));
  addSettings(command, ['databaseUrl']);
  return command.action(
    run((shell, options: Readonly<Record<string, unknown>>) =>
      withConfig(shell, options, async (config) => {
        const missing = describeMissingDatabase(config.databaseUrl);
        if (missing) return failed(missing);
        return withStore(shell, config, (store) => purge(store, showDatabaseUrl(config.databaseUrl)));
      }),
    ),
  );
}

async function purge(store: Store, where: string): Promise<CommandResult> {
  const leftOver = await store.purge();
  const data = { database: where, purged: leftOver.length === 0, leftOver };
  if (leftOver.length > 0) return { kind: 'failed', messages: leftOver, data };
  return { kind: 'done', text: `${where} holds nothing of what was erased or replaced.`, data };
}
