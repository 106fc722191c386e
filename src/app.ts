/** The composition root: settings → store → migrations → first account → context → server; and one `close` for all. */
import type { Logger } from 'pino';
import type { Context } from './actions/context.ts';
import { createContext, stopContext } from './actions/create-context.ts';
import { KeyForgetter } from './actions/forget-keys.ts';
import { Retention } from './actions/retention.ts';
import { Sealer, type SealListener } from './actions/sealer.ts';
import type { TrustedIssuers } from './actions/trusted-issuers.ts';
import { replicasOf } from './config/replicas-of.ts';
import type { Config } from './config/settings.ts';
import { inUrl, siteUrl } from './config/site-url.ts';
import { readVersion } from './config/version.ts';
import { prepareToClose } from './http/close-gracefully.ts';
import { listen } from './http/listen.ts';
import { buildServer } from './http/server.ts';
import { openLog } from './log/open-log.ts';
import { createIssuerLog, createOutageLog, createRetentionLog } from './log/outage-log.ts';
import { stackOf } from './log/stack-of.ts';
import type { Mailer } from './mail/mailer.ts';
import { authorizationServerLoader } from './oauth/load.ts';
import { openDatabase } from './open-database.ts';
import { type Announcements, prepareStore } from './prepare-database.ts';
import { describeFailure } from './start-failures.ts';
import type { Store } from './storage/port.ts';

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

/**
 * Starts everything, or explains why it cannot. What is expected to go wrong is an outcome; the rest are bugs. Without
 * `announce` the database is taken as it is: whoever started this process has prepared it.
 */
export async function startApp(config: Config, announce: Announcements | null): Promise<StartOutcome> {
  const opened: Opened = { log: openLog(config) };
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
  mailer?: Mailer;
  sealer?: Sealer;
  retention?: Retention;
  keyForgetter?: KeyForgetter;
  closeServer?: () => Promise<void>;
}

async function openInOrder(config: Config, announce: Announcements | null, opened: Opened): Promise<StartOutcome> {
  const { host, port, databaseUrl, limits: rateLimits, maxBatchInputs, evidenceIp, trustedProxies } = config;
  const { smtpUrl, mailFrom } = config;
  const { log } = opened;
  const store = await openDatabase(databaseUrl, replicasOf(config));
  opened.store = store;
  const refusal = announce && (await prepareStore(store, config, announce));
  if (refusal !== null) return { kind: 'failed', message: refusal };
  const site = { url: siteUrl(config, port) };
  const outbox = smtpUrl && mailFrom ? { wake: () => {} } : null;
  const issuers = await openTrustedIssuers(config, log);
  const openAuthorizationServer = authorizationServerLoader({
    accessTokenSeconds: config.accessTokenTtl,
    rotateRefreshTokens: config.refreshTokens === 'rotate',
  });
  const parts = { site, outbox, issuers, openAuthorizationServer };
  const context = await createContext(store, { ...createOutageLog(log), ...parts });
  opened.context = context;
  const version = readVersion();
  const options = { version, rateLimits, maxBatchInputs, evidenceIp, trustedProxies };
  const server = await buildServer(context, { logger: log, ...options });
  opened.closeServer = prepareToClose(server);
  const listeningPort = await listen(server, host, port);
  const url = `http://${inUrl(host)}:${listeningPort}`;
  site.url = siteUrl(config, listeningPort);
  if (smtpUrl && mailFrom) {
    const { openMailer } = await import('./mail/open-mailer.ts');
    opened.mailer = openMailer(context, log, { smtpUrl, from: mailFrom });
  }
  if (config.checkpointEvery !== null) {
    opened.sealer = new Sealer(context, config.checkpointEvery, tellSeals(log));
    opened.sealer.start();
  }
  opened.retention = new Retention(context, createRetentionLog(log));
  opened.keyForgetter = new KeyForgetter(context, tellFailure(log, 'forgetting idempotency keys failed'));
  opened.keyForgetter.start();
  log.info({ version, database: await store.describe(), url }, 'started');
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= stop(opened);
    return closing;
  };
  return { kind: 'started', app: { url, close } };
}

function tellSeals(log: Logger): SealListener {
  return {
    ended: (outcome) => {
      if (outcome.kind === 'sealed') {
        const { number, size, root } = outcome.checkpoint;
        log.info({ number, events: size, root }, 'the ledger was sealed');
      } else if (outcome.kind === 'broken') {
        log.error({ number: outcome.number }, 'a checkpoint was altered, and none can follow on it: run optio verify');
      }
    },
    failed: tellFailure(log, 'sealing the ledger failed'),
  };
}

/** Of work in the background that failed. */
function tellFailure(log: Logger, what: string): (error: unknown) => void {
  return (error) => log.error({ type: (error as Error)?.name, stack: stackOf(error) }, what);
}

/** `jose` is loaded only where somebody needs it. */
async function openTrustedIssuers({ oidcIssuers }: Config, log: Logger): Promise<TrustedIssuers | null> {
  if (oidcIssuers.length === 0) return null;
  const { openIssuers } = await import('./issuers/open-issuers.ts');
  return openIssuers(oidcIssuers, createIssuerLog(log));
}

async function stop(opened: Opened): Promise<void> {
  opened.log.info('stopping');
  await release(opened);
  opened.log.info('stopped');
}

/** In the order that leaves nobody waiting: the server, then the messages that it recorded, then what both work with. */
async function release(opened: Opened): Promise<void> {
  const { closeServer, mailer, retention, keyForgetter, sealer, context, store } = opened;
  await closeServer?.();
  await mailer?.stop();
  await retention?.stop();
  await keyForgetter?.stop();
  await sealer?.stop();
  if (context) await stopContext(context);
  await store?.close();
}
