/** The composition root: settings → store → migrations → first account → context → server; and one `close` for all. */
import { type DestinationStream, type Logger, pino } from 'pino';
import { bootstrap } from './actions/bootstrap.ts';
import type { Context } from './actions/context.ts';
import { createContext, stopContext } from './actions/create-context.ts';
import { prepareToClose } from './close-gracefully.ts';
import type { Config } from './config/settings.ts';
import { describeUnusableDatabase } from './config/show-config.ts';
import { readVersion } from './config/version.ts';
import { buildServer } from './http/server.ts';

import { openDatabase } from './open-database.ts';
import { createOutageLog } from './outage-log.ts';
import { type Store, StoreUnavailable } from './storage/port.ts';

export interface RunningApp {
  /** `http://HOST:PORT`, the host as the settings say and the port that is really listened on. */
  readonly url: string;
  /** Stops accepting, finishes what was accepted, lets go of everything. Idempotent. */
  close(): Promise<void>;
}

export type StartOutcome =
  | { readonly kind: 'started'; readonly app: RunningApp }
  /** In words for the operator; nothing is left running. */
  | { readonly kind: 'failed'; readonly message: string };

/** What is to be told while starting, at once: a secret that waited for the port could get lost. */
export interface Announcements {
  /** The first account was made; `secret` is its token, null where the operator brought one. */
  readonly firstAccount: (secret: string | null) => void;
}

/** Connections that may wait to be accepted when thousands come at once; the system may allow fewer. */
const BACKLOG = 4_096;

/** Starts everything, or explains why it cannot. What is expected to go wrong is an outcome; the rest are bugs. */
export async function startApp(
  config: Config,
  announce: Announcements,
  logTo: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Promise<StartOutcome> {
  const opened: Opened = { log: pino({ level: config.logLevel }, logTo) };
  try {
    const outcome = await openInOrder(config, announce, opened);
    if (outcome.kind === 'failed') await release(opened);
    return outcome;
  } catch (error) {
    await release(opened);
    const message = describeFailure(config, error);
    if (message === null) throw error;
    return { kind: 'failed', message };
  }
}

/** What has been opened so far and must be let go of in the end, whatever happens. */
interface Opened {
  readonly log: Logger;
  store?: Store;
  context?: Context;
  closeServer?: () => Promise<void>;
}

async function openInOrder(config: Config, announce: Announcements, opened: Opened): Promise<StartOutcome> {
  const { host, port, databaseUrl, bootstrapToken } = config;
  const { log } = opened;
  const store = await openDatabase(databaseUrl);
  opened.store = store;
  await store.migrate();
  const context = await createContext(store, createOutageLog(log));
  opened.context = context;
  const first = await bootstrap(context, bootstrapToken);
  if (first.kind === 'refused') return { kind: 'failed', message: REFUSED_TOKEN[first.because] };
  if (first.kind === 'created') announce.firstAccount(first.secret);
  const version = readVersion();
  const server = await buildServer(context, { logger: log, version });
  opened.closeServer = prepareToClose(server);
  await server.listen({ host, port, backlog: BACKLOG });
  const address = server.server.address();
  const url = `http://${inUrl(host)}:${typeof address === 'object' && address ? address.port : port}`;
  log.info({ version, database: await store.describe() }, 'started');
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= stop(opened);
    return closing;
  };
  return { kind: 'started', app: { url, close } };
}

async function stop(opened: Opened): Promise<void> {
  opened.log.info('stopping');
  await release(opened);
  opened.log.info('stopped');
}

/** In the order that leaves nobody waiting: the server, then what it works with. */
async function release({ closeServer, context, store }: Opened): Promise<void> {
  await closeServer?.();
  if (context) stopContext(context);
  await store?.close();
}

const REFUSED_TOKEN = {
  revoked:
    'the bootstrap token (OPTIO_BOOTSTRAP_TOKEN) was revoked; give another one, or none and use "optio token create"',
  expired:
    'the bootstrap token (OPTIO_BOOTSTRAP_TOKEN) has expired; give another one, or none and use "optio token create"',
  'of-another-account':
    'the bootstrap token (OPTIO_BOOTSTRAP_TOKEN) is a token of another account than the first; give another one',
} as const;

/** What may well go wrong at a start, as one line; null for a bug. */
function describeFailure(config: Config, error: unknown): string | null {
  if (error instanceof StoreUnavailable) {
    return describeUnusableDatabase(config.databaseUrl, error.message);
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return null;
  const where = `${inUrl(config.host)}:${config.port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `another process listens on ${where} already; stop it, or choose another port with --port or OPTIO_PORT`;
    case 'EACCES':
      return `this user may not listen on ${where}; choose a port from 1024 up with --port or OPTIO_PORT`;
    default:
      return `this machine cannot listen on ${where} (${code}); check --host or OPTIO_HOST`;
  }
}

/** A host as it stands in a URL: IPv6 addresses in brackets. */
function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
