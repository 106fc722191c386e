/** Reads the settings, from flags first and the environment second, and refuses what cannot be meant. */
import { isIP } from 'node:net';
import { parseNetwork } from '../domain/networks.ts';
import { NEVER, readCheckpointEvery } from './checkpoint-every.ts';
import { readMailFrom } from './mail-from.ts';
import { nearest } from './nearest.ts';
import { LIMIT_WORDS, readLimits } from './rate-limits.ts';
import { type IssuersOutcome, readIssuers } from './read-issuers.ts';
import { readStaleness } from './read-staleness.ts';
import {
  type Config,
  flagName,
  IP_EVIDENCE,
  type IpEvidence,
  LOG_LEVELS,
  type LogLevel,
  REFRESH_TOKENS,
  type RefreshTokens,
  SETTINGS,
  type Setting,
} from './settings.ts';
import { readTokenTtl } from './token-ttl.ts';

/** Flags as the argument parser gives them, by the setting's key. */
export type Flags = Readonly<Partial<Record<keyof Config, string>>>;
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'OPTIO_';

/** Where a value came from; completes "OPTIO_PORT …". */
export type Origin = 'flag' | 'environment' | 'default';

export type ConfigOutcome =
  | { readonly kind: 'read'; readonly config: Config; readonly origins: Readonly<Record<keyof Config, Origin>> }
  /** One line a problem, fit for a person to read; no secret is in them. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/**
 * The settings that hold. A variable that is set but empty counts as not set, as Compose files leave them; an
 * empty flag does not. An unknown `OPTIO_…` variable is refused, for it is nearly always a slip of the pen.
 */
export function readConfig(environment: Environment, flags: Flags): ConfigOutcome {
  const problems = unknownVariables(environment);
  const origins = {} as Record<keyof Config, Origin>;
  const texts = {} as Record<keyof Config, string | null>;
  for (const setting of SETTINGS) {
    const { text, origin } = find(setting, environment, flags);
    origins[setting.key] = origin;
    texts[setting.key] = text;
    if (text !== null && !ACCEPTS[setting.key](text)) problems.push(describeProblem(setting, origin, text));
  }
  const issuers = readIssuersOf(texts.oidcIssuers);
  if (issuers.kind === 'refused') {
    const setting = SETTINGS.find(({ key }) => key === 'oidcIssuers')!;
    problems.push(`${whereFrom(setting, origins.oidcIssuers)} ${issuers.because}`);
  }
  const several = Number(texts.workers) > 1;
  if (several && texts.databaseUrl === 'sqlite::memory:') problems.push(describeSharedMemory(origins.workers));
  const readsElsewhere = texts.readDatabaseUrl !== null && acceptsPostgresUrl(texts.readDatabaseUrl);
  if (readsElsewhere && texts.databaseUrl?.startsWith('sqlite:')) {
    problems.push(describeReplicasOfAFile(origins.readDatabaseUrl));
  }
  problems.push(...describeHalfAMailer(texts, origins));
  if (problems.length > 0 || issuers.kind === 'refused') return { kind: 'refused', problems };
  const config: Config = {
    host: texts.host!.replace(/^\[(.*)\]$/, '$1'),
    port: Number(texts.port),
    databaseUrl: texts.databaseUrl!,
    readDatabaseUrl: texts.readDatabaseUrl,
    readStaleness: readStaleness(texts.readStaleness!) ?? 0,
    bootstrapToken: texts.bootstrapToken,
    workers: Number(texts.workers),
    limits: readLimits(texts.limits!) ?? null,
    maxBatchInputs: Number(texts.maxBatchInputs),
    publicUrl: texts.publicUrl?.replace(/\/+$/, '') ?? null,
    evidenceIp: texts.evidenceIp as IpEvidence,
    trustedProxies: readNetworks(texts.trustedProxies!) ?? [],
    oidcIssuers: issuers.issuers,
    accessTokenTtl: readTokenTtl(texts.accessTokenTtl!) ?? 0,
    refreshTokens: texts.refreshTokens as RefreshTokens,
    checkpointEvery: readCheckpointEvery(texts.checkpointEvery!) ?? null,
    smtpUrl: texts.smtpUrl,
    mailFrom: (texts.mailFrom !== null && readMailFrom(texts.mailFrom)) || null,
    logLevel: texts.logLevel as LogLevel,
  };
  return { kind: 'read', config, origins };
}

function readIssuersOf(text: string | null): IssuersOutcome {
  return text === null ? { kind: 'read', issuers: [] } : readIssuers(text);
}

function find(setting: Setting, environment: Environment, flags: Flags): { text: string | null; origin: Origin } {
  const flag = flags[setting.key];
  if (flag !== undefined) return { text: flag, origin: 'flag' };
  const variable = environment[setting.name];
  if (variable !== undefined && variable !== '') return { text: variable, origin: 'environment' };
  return { text: setting.byDefault, origin: 'default' };
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\.?$/i;
const MOSTLY_DIGITS = /^[\d.]+$/;

const ACCEPTS: Readonly<Record<keyof Config, (text: string) => boolean>> = {
  // An address that misses a part looks like a host name, yet nobody means one.
  host: (text) =>
    isIP(text.replace(/^\[(.*:.*)\]$/, '$1')) !== 0 || (HOST_NAME.test(text) && !MOSTLY_DIGITS.test(text)),
  port: (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
  databaseUrl: acceptsDatabaseUrl,
  readDatabaseUrl: acceptsPostgresUrl,
  readStaleness: (text) => readStaleness(text) !== null,
  bootstrapToken: (text) => /^[\x21-\x7e]{16,256}$/.test(text),
  workers: (text) => /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 64,
  limits: (text) => readLimits(text) !== undefined,
  maxBatchInputs: (text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000,
  publicUrl: acceptsPublicUrl,
  evidenceIp: (text) => (IP_EVIDENCE as readonly string[]).includes(text),
  trustedProxies: (text) => readNetworks(text) !== null,
  // What is wrong in it is said by its place: see `readIssuers`.
  oidcIssuers: () => true,
  accessTokenTtl: (text) => readTokenTtl(text) !== null,
  refreshTokens: (text) => (REFRESH_TOKENS as readonly string[]).includes(text),
  checkpointEvery: (text) => readCheckpointEvery(text) !== undefined,
  smtpUrl: acceptsSmtpUrl,
  mailFrom: (text) => readMailFrom(text) !== undefined,
  logLevel: (text) => (LOG_LEVELS as readonly string[]).includes(text),
};

/** The words that some settings know. */
const WORDS: Readonly<Partial<Record<keyof Config, readonly string[]>>> = {
  limits: LIMIT_WORDS,
  evidenceIp: IP_EVIDENCE,
  refreshTokens: REFRESH_TOKENS,
  checkpointEvery: [NEVER],
  logLevel: LOG_LEVELS,
};

function acceptsDatabaseUrl(text: string): boolean {
  if (text.startsWith('sqlite:')) {
    const path = text.slice('sqlite:'.length);
    // `sqlite://data/optio.db` would quietly be the absolute path /data/optio.db.
    return path !== '' && !path.includes('\0') && !/^\/\/[^/]/.test(path) && path !== '//';
  }
  return acceptsPostgresUrl(text);
}

/** There may be several hosts. One may be absent, or be given after the question mark as for a unix socket. */
function acceptsPostgresUrl(text: string): boolean {
  const [, start, hosts, rest] = /^(postgres(?:ql)?:\/\/(?:[^/?]*@)?)([^/?]*)(.*)$/s.exec(text) ?? [];
  if (hosts === undefined) return false;
  const withOne = (host: string) => `${start}${/^(?:$|:)/.test(host) ? `host${host}` : host}${rest}`;
  return hosts.split(',').every((host) => URL.canParse(withOne(host)));
}

function acceptsPublicUrl(text: string): boolean {
  if (!/^https?:\/\/[^?#@\s]+$/.test(text) || !URL.canParse(text)) return false;
  return new URL(text).hostname !== '';
}

/** Null where one of them is none. */
function readNetworks(text: string): string[] | null {
  if (text === 'none') return [];
  const networks = text.split(',').map((network) => parseNetwork(network.trim()));
  return networks.includes(null) ? null : (networks as string[]);
}

function acceptsSmtpUrl(text: string): boolean {
  if (!/^smtps?:\/\/[^/\s]+\/?(?:\?\S*)?$/.test(text) || !URL.canParse(text)) return false;
  return new URL(text).hostname !== '';
}

/** A server without a sender, or the other way round. */
function describeHalfAMailer(
  texts: Readonly<Record<keyof Config, string | null>>,
  origins: Readonly<Record<keyof Config, Origin>>,
): string[] {
  const pair = ['smtpUrl', 'mailFrom'] as const;
  const [given, ...both] = pair.filter((key) => texts[key] !== null && ACCEPTS[key](texts[key]!));
  const missing = pair.find((key) => texts[key] === null);
  if (given === undefined || both.length > 0 || missing === undefined) return [];
  const setting = (key: keyof Config) => SETTINGS.find((each) => each.key === key)!;
  const { name, allowed } = setting(missing);
  return [`${whereFrom(setting(given), origins[given])} is set, but messages need ${name} too: ${allowed}`];
}

function describeSharedMemory(origin: Origin): string {
  const where = whereFrom(SETTINGS.find(({ key }) => key === 'workers')!, origin);
  return `${where} asks for several processes, but a database in memory belongs to one; use 1, or a database that is a file or PostgreSQL`;
}

function describeReplicasOfAFile(origin: Origin): string {
  const where = whereFrom(SETTINGS.find(({ key }) => key === 'readDatabaseUrl')!, origin);
  return `${where} names replicas, but the database of OPTIO_DATABASE_URL is a file, which has none; give both, or neither`;
}

function describeProblem(setting: Setting, origin: Origin, text: string): string {
  const where = whereFrom(setting, origin);
  const near = nearest(text, WORDS[setting.key] ?? []);
  const hint = near === null ? '' : `; did you mean ${near}?`;
  return `${where} is ${shown(setting, text)}, but must be ${setting.allowed}${hint}`;
}

function whereFrom(setting: Setting, origin: Origin): string {
  return origin === 'flag' ? `the flag ${flagName(setting)}` : `the environment variable ${setting.name}`;
}

/** A refused value as it may be shown. Of one that may hold a secret only its beginning is, or nothing. */
function shown(setting: Setting, text: string): string {
  if (text === '') return 'empty';
  switch (setting.secret) {
    case 'no':
      return text.length > 80 ? `${JSON.stringify(text.slice(0, 80))}…` : JSON.stringify(text);
    case 'whole':
      return `not usable (${text.length} ${text.length === 1 ? 'character' : 'characters'}, not shown)`;
    case 'part': {
      const scheme = /^[a-z][a-z0-9+.-]{0,20}:(?:\/\/)?/i.exec(text)?.[0];
      if (scheme) return `"${scheme}…"`;
      return /^[\w./-]{1,80}$/.test(text) ? `"${text}"` : 'something else (not shown)';
    }
  }
}

function unknownVariables(environment: Environment): string[] {
  const names: readonly string[] = SETTINGS.map((setting) => setting.name);
  const withoutPrefix = names.map((name) => name.slice(PREFIX.length));
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !names.includes(name))
    .map((name) => {
      const near = nearest(name.slice(PREFIX.length), withoutPrefix);
      const hint = near === null ? `Optio knows ${names.join(', ')}` : `did you mean ${PREFIX}${near}?`;
      return `the environment variable ${name} is not known; ${hint}`;
    });
}
