/** Where the data is: what may be said of it, and what is shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../src/config/read-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { showDatabaseUrl, showSetting } from '../../src/config/show-config.ts';

const SECRET = 'correct-horse-battery';

test('A database URL is shown without its password, wherever that stands', () => {
  const shown = {
    [`postgres://optio:${SECRET}@db:5432/optio?sslmode=require`]: 'postgres://optio:***@db:5432/optio?sslmode=require',
    [`postgres://optio:a/${SECRET}@b@db/optio`]: 'postgres://optio:***@db/optio',
    [`postgres://optio:a?${SECRET}@db/optio`]: 'postgres://optio:***@db/optio',
    [`postgres://db/optio?user=optio&password=${SECRET}`]: 'postgres://db/optio?user=optio&password=***',
    [`postgres://optio:${SECRET}@a:1,b:2/optio?host=c,d`]: 'postgres://optio:***@a:1,b:2/optio?host=c,d',
    'postgres://db/optio': 'postgres://db/optio',
    'sqlite:./data/optio.db': 'sqlite:./data/optio.db',
  };
  for (const [url, expected] of Object.entries(shown)) assert.equal(showDatabaseUrl(url), expected);
});

test('Replicas go with PostgreSQL', () => {
  const replicas = { OPTIO_READ_DATABASE_URL: `postgres://u:${SECRET}@replica/optio` };
  const refused = readConfig(replicas, {});
  assert.equal(refused.kind, 'refused');
  const [problem, ...others] = refused.problems;
  assert.match(
    problem!,
    /^the environment variable OPTIO_READ_DATABASE_URL names replicas, but the database .* is a file/,
  );
  assert.deepEqual(others, []);
  const outcome = readConfig(
    { ...replicas, OPTIO_DATABASE_URL: 'postgres://primary/optio', OPTIO_READ_STALENESS: '1m' },
    {},
  );
  assert.equal(outcome.kind, 'read');
  assert.equal(outcome.config.readStaleness, 60_000);
  const setting = SETTINGS.find(({ key }) => key === 'readDatabaseUrl')!;
  assert.equal(showSetting(setting, outcome.config), 'postgres://u:***@replica/optio');
});
