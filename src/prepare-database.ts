/** Makes a database ready to serve: its schema, its first account, the operator's token. */
import { bootstrap } from './actions/bootstrap.ts';
import { managementOf } from './actions/manage-outcome.ts';
import type { Config } from './config/settings.ts';
import { openDatabase } from './open-database.ts';
import { describeFailure } from './start-failures.ts';
import type { Store } from './storage/port.ts';

/** What is to be told while starting, at once: a secret that waited for the port could get lost. */
export interface Announcements {
  /** The first account was made; `secret` is its token, null where the operator brought one. */
  readonly firstAccount: (secret: string | null) => void;
}

/** Prepares a store; returns why that cannot be, in words for the operator, or null. Safe in several processes at once. */
export async function prepareStore(
  store: Store,
  { bootstrapToken }: Config,
  announce: Announcements,
): Promise<string | null> {
  await store.migrate();
  const first = await bootstrap(managementOf(store), bootstrapToken);
  if (first.kind === 'refused') return REFUSED_TOKEN[first.because];
  if (first.kind === 'created') announce.firstAccount(first.secret);
  return null;
}

/** The same for a process that does not serve itself: opens the database, and lets go of it again. */
export async function prepareDatabase(config: Config, announce: Announcements): Promise<string | null> {
  try {
    const store = await openDatabase(config.databaseUrl);
    try {
      return await prepareStore(store, config, announce);
    } finally {
      await store.close();
    }
  } catch (error) {
    const message = describeFailure(config, error);
    if (message === null) throw error;
    return message;
  }
}

const REFUSED_TOKEN = {
  revoked:
    'the bootstrap token (OPTIO_BOOTSTRAP_TOKEN) was revoked; give another one, or none and use "optio token create"',
  expired:
    'the bootstrap token (OPTIO_BOOTSTRAP_TOKEN) has expired; give another one, or none and use "optio token create"',
  replaced:
    'the bootstrap token (OPTIO_BOOTSTRAP_TOKEN) was replaced by "optio token rotate" and works no more; give the new one, or none',
  'of-another-account':
    'the bootstrap token (OPTIO_BOOTSTRAP_TOKEN) is a token of another account than the first; give another one',
} as const;
