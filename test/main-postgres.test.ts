/** The server and the command line on PostgreSQL, where that differs from a file. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDatabase, stopOwnServer, type TestDatabase } from './support/database.ts';
import { makeFolder, OptioServer, runOptio } from './support/optio-process.ts';

const TOKEN = 'a-token-of-the-operator';
let database: TestDatabase;

before(async () => {
  database = await createDatabase();
});
after(async () => {
  await database?.drop();
  await stopOwnServer();
});

test('Several processes that start at once on one new database make one account and one token', async (t) => {
  const cwd = await makeFolder(t);
  const env = { OPTIO_DATABASE_URL: database.databaseUrl, OPTIO_BOOTSTRAP_TOKEN: TOKEN };
  const servers = await Promise.all([1, 2, 3].map(() => OptioServer.start(t, { cwd, env })));
  assert.equal(servers.filter(({ stdout }) => stdout.includes('This is the first start')).length, 1);
  for (const server of servers) {
    assert.equal((await server.request('GET', '/optio/v1/account', { token: TOKEN })).status, 200);
  }
  const list = async (what: string) => JSON.parse((await runOptio([what, 'list', '--json'], { cwd, env })).stdout);
  assert.equal((await list('account')).length, 1);
  assert.equal((await list('token')).length, 1);

  const doctor = await runOptio(['doctor'], { cwd, env });
  assert.equal(doctor.code, 0, doctor.stdout);
  assert.match(doctor.stdout, /^ok +database +PostgreSQL [\d.]+ at postgres:\/\/\S+ answers$/m);
  assert.match(doctor.stdout, /^ok +durability +synchronous_commit is on$/m);
  assert.match(doctor.stdout, /^ok +connections +up to \d+ for one process, of the \d+ that the database lets in$/m);
  const crowded = await runOptio(['doctor', '--workers', '64'], { cwd, env });
  assert.equal(crowded.code, 1, crowded.stdout);
  assert.match(
    crowded.stdout,
    /^problem +connections +up to \d+ for 64 workers, .*: raise PostgreSQL's max_connections/m,
  );
  const password = new URL(database.databaseUrl).password;
  assert.ok(!doctor.stdout.includes(password));

  const created = JSON.parse((await runOptio(['token', 'create', '--json'], { cwd, env })).stdout);
  const statusOn = async (server: OptioServer) =>
    (await server.request('GET', '/communication-preferences/v4/definitions', { token: created.token })).status;
  for (const server of servers) assert.equal(await statusOn(server), 200);
  await runOptio(['token', 'revoke', created.id], { cwd, env });
  const deadline = performance.now() + 2_000;
  for (const server of servers) {
    while ((await statusOn(server)) !== 401) assert.ok(performance.now() < deadline, 'two seconds have passed');
  }
  for (const server of servers) {
    const { code, stderr } = await server.stop();
    assert.equal(code, 0, stderr);
    assert.ok(!stderr.includes(password));
  }
});

test('A server that cannot be reached, a wrong password and a URL that cannot be read are one clear line each', async (t) => {
  const cwd = await makeFolder(t);
  const wrongPassword = new URL(database.databaseUrl);
  wrongPassword.password = 'hunter2';
  const missing = new URL(database.databaseUrl);
  missing.pathname = '/not_there';
  const cases: [string, RegExp][] = [
    [
      'postgres://optio:hunter2@127.0.0.1:1/optio',
      /^optio: the database postgres:\/\/optio:\*\*\*@127\.0\.0\.1:1\/optio cannot be used: PostgreSQL: .*reached/,
    ],
    [wrongPassword.href, /refused the user or the password/],
    [missing.href, /there is no such database/],
    ['postgres://optio:hunter2@127.0.0.1/optio?sslrootcert=/not/there', /cannot be read/],
  ];
  for (const [url, says] of cases) {
    for (const command of [
      ['serve', '--port', '0'],
      ['token', 'list'],
    ]) {
      const ended = await runOptio([...command, '--database-url', url], { cwd });
      assert.equal(ended.code, 1, ended.stderr);
      assert.match(ended.stderr, says);
      assert.match(ended.stderr, /^optio: [^\n]*\n$/);
      assert.ok(!ended.stderr.includes('hunter2'));
    }
  }
});
