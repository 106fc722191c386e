/** The checks of `optio doctor`, one a function. */
import { existsSync } from 'node:fs';
import type { ConfigOutcome } from '../config/read-config.ts';
import { replicasOf } from '../config/replicas-of.ts';
import { type Config, SETTINGS } from '../config/settings.ts';
import { showDatabaseUrl, showSetting, showUrl } from '../config/show-config.ts';
import { siteUrl } from '../config/site-url.ts';
import type { Account, Token } from '../domain/catalog.ts';
import { type Store, StoreUnavailable } from '../storage/port.ts';
import { examineDistribution } from './examine-distribution.ts';
import { examineHolders, examineIssuers } from './examine-issuers.ts';
import { examineReplicas } from './examine-replicas.ts';
import { type Finding, ok, problem } from './finding.ts';
import type { Shell } from './shell.ts';

/** Checks in order; a problem that leaves nothing to look at ends it. */
export async function examine(shell: Shell, outcome: ConfigOutcome): Promise<Finding[]> {
  if (outcome.kind === 'refused') {
    return outcome.problems.map((said) => problem('settings', said, 'set it right, or remove it for the default'));
  }
  const { config, origins } = outcome;
  const findings = SETTINGS.map((setting) =>
    ok('settings', `${setting.name} is ${showSetting(setting, config)} (${origins[setting.key]})`),
  );
  return [
    ...findings,
    ...(await examineDatabase(shell, config)),
    examineLinks(config),
    ...(await examineMail(shell, config)),
    ...(await examineIssuers(config)),
  ];
}

function examineLinks(config: Config): Finding {
  const said = `contacts' links begin with ${siteUrl(config, config.port)}`;
  if (config.publicUrl === null) {
    return ok('links', `${said}, where the server listens; set OPTIO_PUBLIC_URL before you send any`);
  }
  if (config.publicUrl.startsWith('https:')) return ok('links', said);
  const advice = 'put a proxy with TLS in front, and set OPTIO_PUBLIC_URL to its https URL';
  return problem('links', `${said}, but mail programs offer one click for https only`, advice);
}

async function examineMail(shell: Shell, { smtpUrl, publicUrl }: Config): Promise<Finding[]> {
  if (smtpUrl === null) return [];
  const where = showUrl(smtpUrl);
  const findings = await shell.verifySmtp(smtpUrl).then(
    () => [ok('mail', `the mail server ${where} answers`)],
    ({ message }: Error) => [
      problem('mail', `the mail server ${where} cannot be used (${message})`, 'check OPTIO_SMTP_URL, and that it runs'),
    ],
  );
  if (publicUrl !== null) return findings;
  const advice = 'set OPTIO_PUBLIC_URL to where contacts find this server';
  return [...findings, problem('mail', 'messages to contacts lead to where the server listens', advice)];
}

async function examineDatabase(shell: Shell, config: Config): Promise<Finding[]> {
  const where = showDatabaseUrl(config.databaseUrl);
  if (config.databaseUrl === 'sqlite::memory:') {
    return [ok('database', 'is in memory: it begins empty with every server and ends with it')];
  }
  if (config.databaseUrl.startsWith('sqlite:') && !existsSync(config.databaseUrl.slice('sqlite:'.length))) {
    return [problem('database', `there is none at ${where} yet`, 'run optio serve, or set OPTIO_DATABASE_URL')];
  }
  let store: Store;
  try {
    store = await shell.openStore(config.databaseUrl, replicasOf(config));
  } catch (error) {
    return [unavailable('database', where, error)];
  }
  try {
    const findings = [ok('database', `${await store.describe()} at ${where} answers`)];
    findings.push(...(await examineDurability(store)), ...(await examineConnections(store, config.workers)));
    findings.push(...(await examineReplicas(store)));
    const migrations = await examineMigrations(store);
    findings.push(migrations);
    if (migrations.state === 'ok') {
      findings.push(...(await examineDistribution(store)), await examineWriting(store));
      findings.push(...(await examineAccounts(store, config)));
      findings.push(...(await examineHolders(store, config.oidcIssuers)));
    }
    return findings;
  } catch (error) {
    return [unavailable('database', where, error)];
  } finally {
    await store.close();
  }
}

async function examineDurability(store: Store): Promise<Finding[]> {
  return (await store.durability()).map(({ name, value, isSafe, wanted }) => {
    const said = `${name} is ${value}`;
    return isSafe
      ? ok('durability', said)
      : problem('durability', `${said}: a crash may lose answered writes`, `set it to ${wanted}`);
  });
}

/** Connections are opened as load asks for them: too few would show only then. */
async function examineConnections(store: Store, workers: number): Promise<Finding[]> {
  const limits = await store.connectionLimits();
  if (limits === null) return [];
  const needed = workers * limits.perProcess;
  const said = `up to ${needed} for ${workers === 1 ? 'one process' : `${workers} workers`}, of the ${limits.allowed} that the database lets in`;
  if (needed <= limits.allowed) return [ok('connections', said)];
  return [problem('connections', said, "raise PostgreSQL's max_connections, or lower OPTIO_WORKERS")];
}

async function examineMigrations(store: Store): Promise<Finding> {
  const { applied, pending } = await store.migrationStatus();
  if (pending.length > 0) return problem('migrations', `still to apply: ${pending.join(', ')}`, 'run optio migrate');
  return ok('migrations', `all ${applied.length} applied`);
}

/** Asks for a write that can match no row: it takes the write lock, and leaves everything as it is. */
async function examineWriting(store: Store): Promise<Finding> {
  const nobody: Account = {
    id: 0,
    name: '',
    dataPrivacy: false,
    mailRule: 'opt-in',
    keepEvidenceMonths: null,
    createdAt: 0,
    updatedAt: 0,
  };
  try {
    await store.catalog.updateAccount(nobody, -1);
    return ok('writing', 'the database takes writes');
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const advice = 'give the user that runs Optio the right to write, and look for a full disk or a standby server';
    return problem('writing', `the database takes no writes (${reasonOf(error)})`, advice);
  }
}

async function examineAccounts(store: Store, { oidcIssuers }: Config): Promise<Finding[]> {
  const accounts = await store.catalog.listAccounts();
  if (accounts.length === 0) {
    return [problem('accounts', 'there is none', 'run optio serve, which makes the first, or optio account create')];
  }
  const tokens = (await Promise.all(accounts.map(({ id }) => store.catalog.listTokens(id)))).flat();
  const valid = tokens.filter((token) => isValid(token, Date.now()));
  return [
    ok('accounts', accounts.length === 1 ? 'there is one' : `there are ${accounts.length}`),
    valid.length > 0 || oidcIssuers.length > 0
      ? ok('tokens', `${valid.length} valid, of ${tokens.length}`)
      : problem('tokens', `none is valid, of ${tokens.length}`, 'run optio token create'),
  ];
}

function isValid(token: Token, now: number): boolean {
  return token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
}

function unavailable(check: string, where: string, error: unknown): Finding {
  if (!(error instanceof StoreUnavailable)) throw error;
  return problem(
    check,
    `${where} cannot be used (${reasonOf(error)})`,
    'check OPTIO_DATABASE_URL, and that the database runs and lets this user in',
  );
}

/** Why the store fails, as part of a longer sentence. */
function reasonOf({ message }: StoreUnavailable): string {
  return message.replace(/\.$/, '');
}
