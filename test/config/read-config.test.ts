import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../../src/config/read-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { showSetting } from '../../src/config/show-config.ts';

const SECRET = 'correct-horse-battery';

function problemsOf(environment: Record<string, string>, flags = {}): readonly string[] {
  const outcome = readConfig(environment, flags);
  assert.equal(outcome.kind, 'refused');
  return outcome.problems;
}

test('Without any setting, the documented defaults hold', () => {
  const outcome = readConfig({ PATH: '/bin' }, {});
  assert.equal(outcome.kind, 'read');
  assert.deepEqual(outcome.config, {
    host: '127.0.0.1',
    port: 8080,
    databaseUrl: 'sqlite:./data/optio.db',
    readDatabaseUrl: null,
    readStaleness: 5_000,
    bootstrapToken: null,
    workers: 1,
    limits: null,
    maxBatchInputs: 100,
    publicUrl: null,
    evidenceIp: 'off',
    trustedProxies: [],
    oidcIssuers: [],
    accessTokenTtl: 1_800,
    checkpointEvery: 3_600_000,
    refreshTokens: 'rotate',
    smtpUrl: null,
    mailFrom: null,
    logLevel: 'info',
  });
});

test('A flag wins over the environment, and an empty variable counts as not set', () => {
  const environment = { OPTIO_HOST: '0.0.0.0', OPTIO_PORT: '9000', OPTIO_BOOTSTRAP_TOKEN: '' };
  const outcome = readConfig(environment, { port: '0' });
  assert.equal(outcome.kind, 'read');
  assert.equal(outcome.config.host, '0.0.0.0');
  assert.equal(outcome.config.port, 0);
  assert.equal(outcome.config.bootstrapToken, null);
  assert.deepEqual(outcome.origins, {
    host: 'environment',
    port: 'flag',
    databaseUrl: 'default',
    readDatabaseUrl: 'default',
    readStaleness: 'default',
    bootstrapToken: 'default',
    workers: 'default',
    limits: 'default',
    maxBatchInputs: 'default',
    publicUrl: 'default',
    evidenceIp: 'default',
    trustedProxies: 'default',
    oidcIssuers: 'default',
    accessTokenTtl: 'default',
    checkpointEvery: 'default',
    refreshTokens: 'default',
    smtpUrl: 'default',
    mailFrom: 'default',
    logLevel: 'default',
  });
});

test('A wrong flag is refused by the name of the flag', () => {
  const problems = problemsOf({}, { port: 'eighty' });
  assert.deepEqual(problems, ['the flag --port is "eighty", but must be a whole number from 0 to 65535']);
  assert.match(problemsOf({}, { host: '' })[0]!, /^the flag --host is empty, but must be/);
});

test('Every wrong value is named at once', () => {
  assert.equal(problemsOf({ OPTIO_PORT: '-1', OPTIO_LOG_LEVEL: 'loud', OPTIO_PROT: '1' }).length, 3);
});

test('Several workers on a database in memory are refused, for each would have its own', () => {
  const environment = { OPTIO_DATABASE_URL: 'sqlite::memory:', OPTIO_WORKERS: '2' };
  assert.deepEqual(problemsOf(environment), [
    'the environment variable OPTIO_WORKERS asks for several processes, but a database in memory belongs to one; use 1, or a database that is a file or PostgreSQL',
  ]);
  assert.match(problemsOf({ ...environment, OPTIO_WORKERS: '' }, { workers: '64' })[0]!, /^the flag --workers asks/);
  assert.equal(readConfig({ ...environment, OPTIO_WORKERS: '1' }, {}).kind, 'read');
});

test('A mail server without a sender is refused, and so is a sender without one', () => {
  assert.deepEqual(problemsOf({ OPTIO_SMTP_URL: 'smtp://user:secret@mail.example.com' }), [
    'the environment variable OPTIO_SMTP_URL is set, but messages need OPTIO_MAIL_FROM too: an address such as news@example.com, or Name <news@example.com>',
  ]);
  assert.deepEqual(problemsOf({}, { mailFrom: 'news@example.com' }), [
    'the flag --mail-from is set, but messages need OPTIO_SMTP_URL too: smtp://USER:PASSWORD@HOST:PORT, or smtps://… for TLS from the start',
  ]);
});

test('The sender is an address, with a name or without', () => {
  const senders = {
    'news@example.com': ['', 'news@example.com'],
    'Acme <news@example.com>': ['Acme', 'news@example.com'],
    '"Acme, Inc." <news@mail.example.com>': ['Acme, Inc.', 'news@mail.example.com'],
    '<optio@localhost>': ['', 'optio@localhost'],
  };
  for (const [text, [name, address]] of Object.entries(senders)) {
    const outcome = readConfig({ OPTIO_SMTP_URL: 'smtps://localhost:465', OPTIO_MAIL_FROM: text }, {});
    assert.equal(outcome.kind, 'read', text);
    assert.deepEqual(outcome.config.mailFrom, { name, address });
  }
});

describe('A wrong value is refused in one line that says what, where from and what is allowed', () => {
  const wrong: Record<(typeof SETTINGS)[number]['name'], string[]> = {
    OPTIO_HOST: ['http://localhost', 'a b', '1.2.3', '300.1.1.1', '::zz', '-x', 'localhost:8080', '[127.0.0.1]'],
    OPTIO_PORT: ['65536', '-1', '80.5', '0x50', '8080 ', '1e3', 'http'],
    OPTIO_WORKERS: ['0', '65', '-2', '1.5', '2 ', 'auto', '0x4', '100'],
    OPTIO_DATABASE_URL: [
      'sqlite:',
      'sqlite://data/optio.db',
      './data/optio.db',
      'mysql://root@localhost/optio',
      'postgres:/host/db',
      'postgres://host:port/db',
      'postgres://a:5432,b:port/db',
      'SQLITE:./x.db',
    ],
    OPTIO_READ_DATABASE_URL: ['sqlite:./copy.db', 'mysql://root@localhost/optio', 'db.example.com'],
    OPTIO_READ_STALENESS: ['0s', '5', '500ms', '61m', '1d', 'never'],
    OPTIO_BOOTSTRAP_TOKEN: [
      'short',
      'fifteen-letters',
      'has a space in its middle',
      'x'.repeat(257),
      'ümläute-are-not-ascii',
    ],
    OPTIO_ACCESS_TOKEN_TTL: ['30', '59s', '0m', '25h', '1d', '1.5h', '-5m', '30 m', 'PT30M'],
    OPTIO_CHECKPOINT_EVERY: ['never', '0m', '59s', '1', '8d', '169h', '1.5h', '-1h', '1 h', 'PT1H'],
    OPTIO_REFRESH_TOKENS: ['Rotate', 'yes', 'on', 'once'],
    OPTIO_TRUSTED_PROXIES: [
      'all',
      '10.0.0.0/33',
      '10.0.0.1/8',
      '10.0.0.0/8;::1',
      '127.0.0.1,',
      'proxy.internal',
      '2001:db8::1/32',
    ],
    OPTIO_LIMITS: [
      'on',
      'Hubspot',
      'hubspot,app=5',
      'app',
      'app=0',
      'app=-1',
      'app=1.5',
      'app=100001',
      'app=190,',
      'app=190, account-daily=5',
      'app=1,app=2',
      'account-daily=1000000001',
      'account=5',
      'constructor=5',
    ],
    OPTIO_MAX_BATCH_INPUTS: ['0', '10001', '-1', '1e3', '100 ', 'all'],
    OPTIO_PUBLIC_URL: [
      'mail.example.com',
      'ftp://x.example',
      'https://',
      'https://x.example/?a=1',
      'https://u:p@x.example',
      'https://x.example/a b',
    ],
    OPTIO_EVIDENCE_IP: ['on', 'yes', 'Forwarded', 'x-forwarded-for'],
    // Refused by the place of what is wrong in it: test/config/read-issuers.test.ts.
    OPTIO_OIDC_ISSUERS: [],
    OPTIO_SMTP_URL: [
      'mail.example.com',
      'http://mail.example.com',
      'smtp://',
      'smtp:mail.example.com',
      'smtp://mail.example.com/inbox',
      'smtp://mail.example.com:port',
      'smtp://u:p w@mail.example.com',
    ],
    OPTIO_MAIL_FROM: [
      'news',
      'news@',
      '@example.com',
      'Acme',
      'Acme news@example.com',
      'Acme <news>',
      'a@example.com, b@example.com',
      'Acme <a@example.com> <b@example.com>',
      'Acme\r\nBcc: c@example.com <a@example.com>',
    ],
    OPTIO_LOG_LEVEL: ['loud', 'INFO', 'warning', '30'],
  };
  for (const setting of SETTINGS) {
    for (const value of wrong[setting.name]) {
      test(`${setting.name}=${value.slice(0, 30)}`, () => {
        const problems = problemsOf({ [setting.name]: value });
        assert.equal(problems.length, 1);
        assert.ok(problems[0]!.startsWith(`the environment variable ${setting.name} is `), problems[0]);
        assert.ok(problems[0]!.includes(`but must be ${setting.allowed}`), problems[0]);
        assert.doesNotMatch(problems[0]!, /\n/);
      });
    }
  }
});

describe('What can be meant is accepted', () => {
  const right: Record<string, string[]> = {
    OPTIO_HOST: ['0.0.0.0', '::', '::1', '[::1]', 'localhost', 'optio.example.com'],
    OPTIO_PORT: ['0', '80', '65535'],
    OPTIO_DATABASE_URL: [
      'sqlite::memory:',
      'sqlite:/var/lib/optio.db',
      'sqlite:///var/lib/optio.db',
      'sqlite:optio.db',
      'postgres://optio:secret@db.example.com:5432/optio',
      'postgresql://localhost/optio',
      'postgres:///optio?host=/var/run/postgresql',
      'postgres://optio@/optio?host=/var/run/postgresql',
      'postgres://optio@%2Fvar%2Frun%2Fpostgresql/optio',
      'postgres://optio:secret@db1.example.com:5432,db2.example.com,[::1]:5433/optio?sslmode=require',
      'postgres://optio@/optio?host=db1.example.com,db2.example.com&port=5432,5433',
    ],
    OPTIO_BOOTSTRAP_TOKEN: ['sixteen-letters!', `pat-${'x'.repeat(252)}`],
    OPTIO_LIMITS: ['off', 'hubspot', 'app=1', 'account-daily=1000000000', 'account-daily=650000,app=100000'],
    OPTIO_MAX_BATCH_INPUTS: ['1', '10000'],
    OPTIO_LOG_LEVEL: ['trace', 'silent'],
  };
  for (const [name, values] of Object.entries(right)) {
    for (const value of values) {
      test(`${name}=${value.slice(0, 60)}`, () => assert.equal(readConfig({ [name]: value }, {}).kind, 'read'));
    }
  }
});

test('Rate limits are read as a word or a list, and shown with their figures', () => {
  const limits = {
    off: null,
    hubspot: { app: 100, accountDaily: 250_000 },
    'app=190': { app: 190, accountDaily: null },
    'account-daily=650000,app=190': { app: 190, accountDaily: 650_000 },
  };
  const shown = ['off', 'app=100,account-daily=250000', 'app=190', 'app=190,account-daily=650000'];
  const setting = SETTINGS.find(({ key }) => key === 'limits')!;
  for (const [index, [text, expected]] of Object.entries(limits).entries()) {
    const outcome = readConfig({ OPTIO_LIMITS: text }, {});
    assert.equal(outcome.kind, 'read');
    assert.deepEqual(outcome.config.limits, expected);
    assert.equal(showSetting(setting, outcome.config), shown[index]);
  }
  assert.match(
    problemsOf({}, { limits: 'hubspto' })[0]!,
    /such as app=190,account-daily=650000; did you mean hubspot\?$/,
  );
});

test('An unknown OPTIO_ variable is refused, and the near one suggested', () => {
  const suggestions = {
    OPTIO_DATABSE_URL: 'OPTIO_DATABASE_URL',
    OPTIO_LOGLEVEL: 'OPTIO_LOG_LEVEL',
    OPTIO_TOKEN: 'OPTIO_BOOTSTRAP_TOKEN',
  };
  for (const [slip, meant] of Object.entries(suggestions)) {
    assert.deepEqual(problemsOf({ [slip]: 'x' }), [
      `the environment variable ${slip} is not known; did you mean ${meant}?`,
    ]);
  }
  assert.match(problemsOf({ OPTIO_THEME: 'dark' })[0]!, /is not known; Optio knows OPTIO_HOST, /);
});

test('No refusal shows a secret', () => {
  for (const url of [`mysql://root:${SECRET}@h/db`, `postgres://u:${SECRET}@h:x/db`, `host=h password=${SECRET}`]) {
    assert.ok(!problemsOf({ OPTIO_DATABASE_URL: url })[0]!.includes(SECRET));
  }
  assert.ok(!problemsOf({ OPTIO_BOOTSTRAP_TOKEN: `${SECRET} with spaces` })[0]!.includes(SECRET));
});

test('No setting that is shown holds a secret', () => {
  const environment = { OPTIO_DATABASE_URL: `postgres://u:${SECRET}@h/d`, OPTIO_BOOTSTRAP_TOKEN: SECRET };
  const outcome = readConfig(environment, {});
  assert.equal(outcome.kind, 'read');
  for (const setting of SETTINGS) assert.ok(!showSetting(setting, outcome.config).includes(SECRET));
});
