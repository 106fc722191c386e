/** Opens the database for a command that reads or changes an account's set-up, and closes it behind the command. */
import { existsSync } from 'node:fs';
import { findAccount } from '../actions/manage-accounts.ts';
import { describeManageRefusal, type Management, type ManageOutcome, managementOf } from '../actions/manage-outcome.ts';
import { LedgerBroken } from '../actions/read-ledger.ts';
import { readConfig } from '../config/read-config.ts';
import type { Config } from '../config/settings.ts';
import { describeUnusableDatabase, showDatabaseUrl } from '../config/show-config.ts';
import type { Account, Catalog } from '../domain/catalog.ts';
import { type Store, StoreUnavailable } from '../storage/port.ts';
import { settingFlags } from './options.ts';
import { type CommandResult, failed, type Shell } from './shell.ts';

type Options = Readonly<Record<string, unknown>>;

/** Reads the settings and goes on with them; refused ones end the command. */
export async function withConfig(
  shell: Shell,
  options: Options,
  work: (config: Config) => Promise<CommandResult>,
): Promise<CommandResult> {
  const outcome = readConfig(shell.environment, settingFlags(options));
  return outcome.kind === 'read' ? work(outcome.config) : { kind: 'misused', messages: outcome.problems };
}

/** Opens the store, in whatever state it is, and closes it when `work` is done. */
export async function withStore(
  shell: Shell,
  config: Config,
  work: (store: Store) => Promise<CommandResult>,
): Promise<CommandResult> {
  try {
    const store = await shell.openStore(config.databaseUrl);
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof StoreUnavailable) return failed(describeUnusableDatabase(config.databaseUrl, error.message));
    if (error instanceof LedgerBroken) return failed(error.message);
    throw error;
  }
}

/**
 * Opens a database that is set up already. These commands do not migrate: a slip in the path would quietly make a new
 * database, and a newer command line would change the schema under a running older server.
 */
export async function withMigratedStore(
  shell: Shell,
  options: Options,
  work: (store: Store, config: Config) => Promise<CommandResult>,
): Promise<CommandResult> {
  return withConfig(shell, options, async (config) => {
    const missing = describeMissingDatabase(config.databaseUrl);
    if (missing) return failed(missing);
    return withStore(shell, config, async (store) => {
      const { pending } = await store.migrationStatus();
      if (pending.length > 0) {
        const url = showDatabaseUrl(config.databaseUrl);
        return failed(`the database ${url} is not set up for this version; run: optio migrate`);
      }
      return work(store, config);
    });
  });
}

/** The same, to change what is set up. */
export async function withManagement(
  shell: Shell,
  options: Options,
  work: (management: Management, config: Config) => Promise<CommandResult>,
): Promise<CommandResult> {
  return withMigratedStore(shell, options, (store, config) => work(managementOf(store), config));
}

/** The same again, with the account that `--account` names, or the only one. */
export async function withAccount(
  shell: Shell,
  options: Options & { readonly account?: number },
  work: (management: Management, account: Account, config: Config) => Promise<CommandResult>,
): Promise<CommandResult> {
  return withManagement(shell, options, (management, config) =>
    withAccountIn(management, options.account, (account) => work(management, account, config)),
  );
}

/** Where the database is open already: goes on with the account of that id, or with the only one. */
export async function withAccountIn(
  management: Management,
  id: number | undefined,
  work: (account: Account) => Promise<CommandResult>,
): Promise<CommandResult> {
  const found = await findAccount(management, id);
  if (found.kind === 'done') return work(found.value);
  const { refusal } = found;
  if (refusal.code === 'ambiguous')
    return failed(`there is more than one account; add --account with one of ${refusal.ids.join(', ')}`);
  if (id === undefined) return failed('there is no account yet; run: optio account create --name NAME');
  return failed(`there is no account ${id}; optio account list shows them`);
}

/** All that the account has set up. */
export async function loadCatalog({ catalog }: Pick<Store, 'catalog'>, { id }: Account): Promise<Catalog> {
  const loaded = await catalog.loadCatalog(id);
  if (!loaded) throw new Error(`Account ${id} went away, though accounts stay`);
  return loaded;
}

/** What is wrong with a database that only a server could have made, or null. */
export function describeMissingDatabase(databaseUrl: string): string | null {
  if (databaseUrl === 'sqlite::memory:') {
    return 'a database in memory belongs to the process that runs it; use the management API /optio/v1, or a database that is a file';
  }
  if (!databaseUrl.startsWith('sqlite:') || existsSync(databaseUrl.slice('sqlite:'.length))) return null;
  return `there is no database at ${databaseUrl}; run optio serve or optio migrate, or name another with --database-url`;
}

/** What a command says of an outcome. */
export function concludeWith<Value>(
  outcome: ManageOutcome<Value>,
  say: (value: Value) => { text: string; data: unknown },
): CommandResult {
  if (outcome.kind === 'done') return { kind: 'done', ...say(outcome.value) };
  const message = describeManageRefusal(outcome.refusal);
  return failed(message.charAt(0).toLowerCase() + message.slice(1));
}
