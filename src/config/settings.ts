/** Every setting, in one table: `--help`, `docs/configuration.md` and the reading of the environment all use it. */
import type { TrustedIssuer } from './trusted-issuers.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How many requests are taken; null where there is no limit. */
export interface RateLimits {
  /** Of one app, in any ten seconds. */
  readonly app: number | null;
  /** Of one account, in a day of UTC. */
  readonly accountDaily: number | null;
}

/** Whether a contact's IP address is kept as evidence: not, that of the connection, or the one that a proxy names. */
export const IP_EVIDENCE = ['off', 'connection', 'forwarded'] as const;
export type IpEvidence = (typeof IP_EVIDENCE)[number];

/** What becomes of a refresh token that is used: another one takes its place, or it stays as it is. */
export const REFRESH_TOKENS = ['rotate', 'keep'] as const;
export type RefreshTokens = (typeof REFRESH_TOKENS)[number];

/** Who messages are from. */
export interface MailFrom {
  /** May be empty. */
  readonly name: string;
  readonly address: string;
}

/** What the process runs by. Read once, at start; nothing else reads the environment. */
export interface Config {
  /** A host name or an IP address, without brackets. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`; may hold a password. */
  readonly databaseUrl: string;
  /** `postgres://…` of replicas that are read from; may hold a password. Null where there are none. */
  readonly readDatabaseUrl: string | null;
  /** How far behind they may be, in milliseconds. */
  readonly readStaleness: number;
  readonly bootstrapToken: string | null;
  /** How many processes serve. */
  readonly workers: number;
  /** Of each process. Null where nothing is limited. */
  readonly limits: RateLimits | null;
  /** The most inputs of a batch. */
  readonly maxBatchInputs: number;
  /** `http(s)://HOST…`, without a slash at its end; null: where the server listens. */
  readonly publicUrl: string | null;
  readonly evidenceIp: IpEvidence;
  /** Networks in CIDR notation; none: no proxy is believed. */
  readonly trustedProxies: readonly string[];
  /** Empty where only tokens of this server are taken. */
  readonly oidcIssuers: readonly TrustedIssuer[];
  /** How long an access token is good for that an app gets by OAuth, in seconds. */
  readonly accessTokenTtl: number;
  readonly refreshTokens: RefreshTokens;
  /** How often the ledger is sealed, in milliseconds; null where it is not. */
  readonly checkpointEvery: number | null;
  /** `smtp(s)://…`; may hold a password. Null, as `mailFrom` is then: no messages are sent. */
  readonly smtpUrl: string | null;
  readonly mailFrom: MailFrom | null;
  readonly logLevel: LogLevel;
}

export interface Setting {
  readonly key: keyof Config;
  readonly name: `OPTIO_${string}`;
  /** The long flag and its placeholder, as the argument parser wants them. */
  readonly flag: `--${string} <${string}>`;
  /** As text, the way an operator would write it; null where there is none. */
  readonly byDefault: string | null;
  readonly what: string;
  /** Completes "must be …". */
  readonly allowed: string;
  /** `whole`: never shown. `part`: shown without what may be a secret in it. */
  readonly secret: 'no' | 'part' | 'whole';
}

export const SETTINGS = [
  {
    key: 'host',
    name: 'OPTIO_HOST',
    flag: '--host <host>',
    byDefault: '127.0.0.1',
    what: 'Where to listen. 0.0.0.0 or :: listens on every interface.',
    allowed: 'an IP address or a host name',
    secret: 'no',
  },
  {
    key: 'port',
    name: 'OPTIO_PORT',
    flag: '--port <port>',
    byDefault: '8080',
    what: 'The port to listen on. 0 picks a free one.',
    allowed: 'a whole number from 0 to 65535',
    secret: 'no',
  },
  {
    key: 'databaseUrl',
    name: 'OPTIO_DATABASE_URL',
    flag: '--database-url <url>',
    byDefault: 'sqlite:./data/optio.db',
    what: 'Where the data is: a file, this process alone (sqlite::memory:), or PostgreSQL 15 or newer.',
    allowed:
      'sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST:PORT/DATABASE; of several servers postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE',
    secret: 'part',
  },
  {
    key: 'readDatabaseUrl',
    name: 'OPTIO_READ_DATABASE_URL',
    flag: '--read-database-url <url>',
    byDefault: null,
    what: 'Replicas of that PostgreSQL, from which statuses are read: docs/failover.md. Without any, all that was written is read.',
    allowed: 'postgres://USER:PASSWORD@HOST:PORT/DATABASE, or HOST:PORT,HOST:PORT for several',
    secret: 'part',
  },
  {
    key: 'readStaleness',
    name: 'OPTIO_READ_STALENESS',
    flag: '--read-staleness <duration>',
    byDefault: '5s',
    what: 'How far behind a replica may be that is read from.',
    allowed: 'a duration from 1s to 1h, in s, m or h, such as 5s',
    secret: 'no',
  },
  {
    key: 'bootstrapToken',
    name: 'OPTIO_BOOTSTRAP_TOKEN',
    flag: '--bootstrap-token <token>',
    byDefault: null,
    what: 'A token that shall exist, with all scopes, on the first account. For scripted starts.',
    allowed: '16 to 256 visible ASCII characters without spaces',
    secret: 'whole',
  },
  {
    key: 'workers',
    name: 'OPTIO_WORKERS',
    flag: '--workers <count>',
    byDefault: '1',
    what: 'How many processes serve on the one port.',
    allowed: 'a whole number from 1 to 64',
    secret: 'no',
  },
  {
    key: 'limits',
    name: 'OPTIO_LIMITS',
    flag: '--limits <limits>',
    byDefault: 'off',
    what: 'How many requests an app may send in ten seconds and an account in a day. hubspot means app=100,account-daily=250000.',
    allowed:
      'off, hubspot, or a list of app=COUNT (1 to 100000) and account-daily=COUNT (1 to 1000000000), such as app=190,account-daily=650000',
    secret: 'no',
  },
  {
    key: 'maxBatchInputs',
    name: 'OPTIO_MAX_BATCH_INPUTS',
    flag: '--max-batch-inputs <count>',
    byDefault: '100',
    what: 'How many inputs a batch may hold.',
    allowed: 'a whole number from 1 to 10000',
    secret: 'no',
  },
  {
    key: 'publicUrl',
    name: 'OPTIO_PUBLIC_URL',
    flag: '--public-url <url>',
    byDefault: null,
    what: 'Where contacts find this server: what their links begin with. Where it listens, by default.',
    allowed: 'an http or https URL without a query, such as https://mail.example.com',
    secret: 'no',
  },
  {
    key: 'evidenceIp',
    name: 'OPTIO_EVIDENCE_IP',
    flag: '--evidence-ip <source>',
    byDefault: 'off',
    what: "Whether a contact's IP address is kept with what they choose: that of the connection, or the one that your proxies put into X-Forwarded-For.",
    allowed: `one of ${IP_EVIDENCE.join(', ')}`,
    secret: 'no',
  },
  {
    key: 'trustedProxies',
    name: 'OPTIO_TRUSTED_PROXIES',
    flag: '--trusted-proxies <networks>',
    byDefault: 'none',
    what: 'The proxies in front of this server, whose X-Forwarded-For says where a call comes from.',
    allowed:
      'none, or a list of addresses and networks such as 127.0.0.1,10.0.0.0/8,2001:db8::/32, without bits after a prefix',
    secret: 'no',
  },
  {
    key: 'oidcIssuers',
    name: 'OPTIO_OIDC_ISSUERS',
    flag: '--oidc-issuers <file>',
    byDefault: null,
    what: 'Identity providers whose JWT access tokens are taken beside tokens of this server: docs/issuers.md.',
    allowed: 'the path of a JSON file, or JSON text: a list of objects with issuer, audience and account',
    secret: 'no',
  },
  {
    key: 'accessTokenTtl',
    name: 'OPTIO_ACCESS_TOKEN_TTL',
    flag: '--access-token-ttl <duration>',
    byDefault: '30m',
    what: 'How long an access token works that an app gets by OAuth.',
    allowed: 'a duration from 60s to 24h, in s, m or h, such as 30m',
    secret: 'no',
  },
  {
    key: 'refreshTokens',
    name: 'OPTIO_REFRESH_TOKENS',
    flag: '--refresh-tokens <mode>',
    byDefault: 'rotate',
    what: 'Whether a refresh token works once and is replaced (rotate), or stays the same for good, as with HubSpot (keep).',
    allowed: `one of ${REFRESH_TOKENS.join(', ')}`,
    secret: 'no',
  },
  {
    key: 'checkpointEvery',
    name: 'OPTIO_CHECKPOINT_EVERY',
    flag: '--checkpoint-every <duration>',
    byDefault: '1h',
    what: 'How often the ledger is sealed by a signed checkpoint, where anything happened.',
    allowed: 'off, or a duration from 1m to 7d, in m, h or d, such as 1h',
    secret: 'no',
  },
  {
    key: 'smtpUrl',
    name: 'OPTIO_SMTP_URL',
    flag: '--smtp-url <url>',
    byDefault: null,
    what: 'The mail server that takes the messages to contacts who sign up. Without one, nobody can sign up.',
    allowed: 'smtp://USER:PASSWORD@HOST:PORT, or smtps://… for TLS from the start',
    secret: 'part',
  },
  {
    key: 'mailFrom',
    name: 'OPTIO_MAIL_FROM',
    flag: '--mail-from <address>',
    byDefault: null,
    what: 'Who those messages are from.',
    allowed: 'an address such as news@example.com, or Name <news@example.com>',
    secret: 'no',
  },
  {
    key: 'logLevel',
    name: 'OPTIO_LOG_LEVEL',
    flag: '--log-level <level>',
    byDefault: 'info',
    what: 'How much is logged, as JSON lines on standard error.',
    allowed: `one of ${LOG_LEVELS.join(', ')}`,
    secret: 'no',
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof SETTINGS)[number]['name'];

/** The long flag alone: `--database-url`. */
export function flagName(setting: Setting): string {
  return setting.flag.slice(0, setting.flag.indexOf(' '));
}
