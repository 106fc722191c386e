/** `optio migrate`: brings the database to the schema of this version, and spreads it over several servers where that is wanted. */
import { type Command, Option } from 'commander';
import { showDatabaseUrl } from '../../config/show-config.ts';
import type { Store } from '../../storage/port.ts';
import { withConfig, withStore } from '../open-management.ts';
import { addSettings, examples, jsonOption, parseShards } from '../options.ts';
import type { Run } from '../program.ts';
import { type CommandResult, failed, misuse } from '../shell.ts';

interface Options {
  readonly distribute?: true;
  readonly shards?: number;
}

export function addMigrate(program: Command, run: Run): Command {
  const command = program
    .command('migrate')
    .description(
      'Brings the database to the schema of this version and makes it where there is none. "optio serve" does so by itself; run this first where the schema shall change before the servers do. Safe to repeat, and safe while others do the same.',
    )
    .addOption(
      new Option(
        '--distribute',
        'spreads the contacts over the nodes of a PostgreSQL with Citus; servers may go on meanwhile',
      ),
    )
    .addOption(
      new Option(
        '--shards <count>',
        'in how many parts to split them, with --distribute; 32 where nothing is said',
      ).argParser(parseShards),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['optio migrate --database-url postgres://optio@db/optio', 'before a new version is rolled out'],
        ['optio migrate --distribute --shards 64', 'once Citus knows all its nodes: see docs/scaling.md'],
      ),
    );
  addSettings(command, ['databaseUrl']);
  return command.action(
    run((shell, options: Options & Readonly<Record<string, unknown>>) => {
      if (options.shards !== undefined && !options.distribute) {
        return Promise.resolve(misuse('--shards goes with --distribute'));
      }
      return withConfig(shell, options, (config) =>
        withStore(shell, config, async (store) => {
          const migrated = await migrate(store, config.databaseUrl);
          return options.distribute
            ? distribute(store, config.databaseUrl, options.shards ?? null, migrated)
            : migrated;
        }),
      );
    }),
  );
}

interface Migrated extends Extract<CommandResult, { kind: 'done' }> {
  readonly text: string;
  readonly data: object;
}

async function migrate(store: Store, databaseUrl: string): Promise<Migrated> {
  const { pending } = await store.migrationStatus();
  const { applied } = await store.migrate();
  const where = showDatabaseUrl(databaseUrl);
  const text =
    pending.length === 0
      ? `${where} is up to date: ${applied.length} applied before, nothing to do`
      : `${where} is up to date: applied ${pending.join(', ')}`;
  return { kind: 'done', text, data: { database: where, appliedNow: pending, applied } };
}

async function distribute(
  store: Store,
  databaseUrl: string,
  shards: number | null,
  migrated: Migrated,
): Promise<CommandResult> {
  const outcome = await store.distribute(shards);
  if (outcome.kind === 'refused') {
    return {
      ...failed(`${showDatabaseUrl(databaseUrl)} cannot be distributed: ${outcome.because}`),
      ...said(migrated),
    };
  }
  const { distribution, done } = outcome;
  const nodes = distribution.nodes.length === 1 ? 'one node' : `${distribution.nodes.length} nodes`;
  const lies = `${showDatabaseUrl(databaseUrl)} is distributed: ${distribution.shards} shards on ${nodes}`;
  const text = `${migrated.text}\n${lies}, ${done.length === 0 ? 'nothing to do' : `distributed ${done.join(', ')}`}`;
  const { flaws, ...layout } = distribution;
  const data = { ...migrated.data, distribution: { ...layout, distributedNow: done } };
  if (flaws.length === 0) return { kind: 'done', text, data };
  return { kind: 'failed', messages: flaws.map(({ says, advice }) => `${says}: ${advice}`), text, data };
}

function said({ text, data }: Migrated) {
  return { text, data };
}
