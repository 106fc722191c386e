/** `optio migrate --distribute` where nothing can be distributed: one clear line, and the database is as good as before. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';
import { endOfSuite, makeFolder, runOptio } from '../support/optio-process.ts';

after(stopOwnServer);

describe('optio migrate --distribute', () => {
  const suite = endOfSuite();
  let cwd: string;
  before(async () => {
    cwd = await makeFolder(suite);
  });

  test('the number of shards is one, and goes with it', async () => {
    for (const [args, says] of [
      [['--shards', '64'], /^optio: --shards goes with --distribute\n$/],
      [['--distribute', '--shards', '0'], /It must be a number from 1 to 64000\./],
      [['--distribute', '--shards', 'many'], /It must be a number from 1 to 64000\./],
    ] as const) {
      const { code, stderr } = await runOptio(['migrate', ...args], { cwd });
      assert.equal(code, 2, stderr);
      assert.match(stderr, says);
    }
  });

  test('SQLite is refused, and migrated all the same', async () => {
    const { code, stdout, stderr } = await runOptio(['migrate', '--distribute'], { cwd });
    assert.equal(code, 1);
    assert.match(stdout, /^sqlite:\.\/data\/optio\.db is up to date: applied 0001-initial, /);
    assert.match(
      stderr,
      /^optio: sqlite:\.\/data\/optio\.db cannot be distributed: SQLite is on one machine; [^\n]+\n$/,
    );
  });

  test('so is a PostgreSQL without Citus', async (t) => {
    const { databaseUrl, drop } = await createDatabase({ bare: true });
    t.after(drop);
    const [available] = await query(databaseUrl, "SELECT 1 FROM pg_available_extensions WHERE name = 'citus'");
    if (available) return t.skip('this PostgreSQL has Citus');
    const { code, stdout, stderr } = await runOptio(['migrate', '--distribute'], {
      cwd,
      env: { OPTIO_DATABASE_URL: databaseUrl },
    });
    assert.equal(code, 1);
    assert.match(stdout, /is up to date: applied 0001-initial, /);
    assert.match(
      stderr,
      /cannot be distributed: this PostgreSQL has no Citus extension: install Citus on every node, or stay with one server\n$/,
    );
  });
});
