/** `optio migrate`: brings the database to the schema of this version. */
import type { Command } from 'commander';
import { showDatabaseUrl } from '../../config/show-config.ts';
import type { Store } from '../../storage/port.ts';
import { withConfig, withStore } from '../open-management.ts';
import { addSettings, examples, jsonOption } from '../options.ts';
import type { Run } from '../program.ts';
import type { CommandResult } from '../shell.ts';

export function addMigrate(program: Command, run: Run): Command {
  const command = program
    .command('migrate')
    .description(
      'Brings the database to the schema of this version and makes it where there is none. "optio serve" does so by itself; run this first where the schema shall change before the servers do. Safe to repeat, and safe while others do the same.',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(['optio migrate --database-url postgres://optio@db/optio', 'before a new version is rolled out']),
    );
  addSettings(command, ['databaseUrl']);
  return command.action(
    run((shell, options) =>
      withConfig(shell, options, (config) => withStore(shell, config, (store) => migrate(store, config.databaseUrl))),
    ),
  );
}

async function migrate(store: Store, databaseUrl: string): Promise<CommandResult> {
  const { pending } = await store.migrationStatus();
  const { applied } = await store.migrate();
  const where = showDatabaseUrl(databaseUrl);
  const text =
    pending.length === 0
      ? `${where} is up to date: ${applied.length} applied before, nothing to do`
      : `${where} is up to date: applied ${pending.join(', ')}`;
  return { kind: 'done', text, data: { database: where, appliedNow: pending, applied } };
}
