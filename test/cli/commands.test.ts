/** The command line as a process: what it prints, what it refuses, with which exit code. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { assertFailed, commandsIn, within2Seconds } from './command-line.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('Without a database', () => {
  const suite = endOfSuite();
  let cwd: string;
  before(async () => {
    cwd = await makeFolder(suite);
  });

  test('help is printed on every level, with examples', async () => {
    for (const args of [[], ['token'], ['definition', 'update'], ['link-key', 'rotate'], ['serve'], ['doctor']]) {
      const { code, stdout } = await runOptio([...args, '--help'], { cwd });
      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`Usage: ${['optio', ...args].join(' ')} `), stdout);
      if (args.length !== 1 || args[0] !== 'token') assert.match(stdout, /\nExamples:\n/);
    }
    assert.match((await runOptio(['--version'], { cwd })).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('wrong arguments are one clear line and exit code 2', async () => {
    const wrong: [string[], RegExp][] = [
      [['tokn', 'list'], /unknown command 'tokn' \(Did you mean token\?\)/],
      [['token', 'lst'], /unknown command 'lst' \(Did you mean list\?\)/],
      [['token', 'list', '--jsn'], /unknown option '--jsn' \(Did you mean --json\?\)/],
      [['token', 'revoke'], /missing required argument 'token-id'/],
      [['token', 'create', '--scope', 'everything'], /Allowed choices are communication_preferences\.read, /],
      [['token', 'create', '--expires', 'tomorrow'], /It must be a duration such as 12h, 90d or 52w, an instant/],
      [['definition', 'create'], /required option '--name <name>' not specified/],
      [['definition', 'create', '--name', 'x', '--id', '1.5'], /It must be a whole number/],
      [['definition', 'create', '--name', 'x', '--active', 'yes'], /It must be on or off/],
      [['definition', 'update', 'x1'], /'x1' is invalid/],
      [['definition', 'update', '1'], /nothing to change/],
      [['definition', 'update', '1', '--language', 'de'], /--language needs --name/],
      [['definition', 'update', '1', '--language', 'de', '--name', 'x', '--active', 'off'], /--language goes with/],
      [['account', 'update'], /nothing to change; give --name, --data-privacy, --mail-rule or --keep-evidence/],
      [
        ['account', 'list', '--database-url', 'mysql://u:hunter2@h/d'],
        /the flag --database-url is "mysql:\/\/…", but must be/,
      ],
    ];
    for (const [args, says] of wrong) {
      const ended = await runOptio(args, { cwd });
      assertFailed(ended, 2, says);
      assert.ok(!ended.stderr.includes('hunter2'));
    }
    for (const args of [[], ['token']]) {
      const ended = await runOptio(args, { cwd });
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, /^Usage: optio /);
    }
  });

  test('no database is made by a slip in its path', async () => {
    assertFailed(
      await runOptio(['token', 'list'], { cwd }),
      1,
      /there is no database at sqlite:\.\/data\/optio\.db; run optio serve/,
    );
    assertFailed(await runOptio(['token', 'list'], { cwd }), 1, /there is no database/);
    const inMemory = await runOptio(['token', 'list', '--database-url', 'sqlite::memory:'], { cwd });
    assertFailed(inMemory, 1, /a database in memory belongs to the process that runs it/);
    const doctor = await runOptio(['doctor'], { cwd });
    assert.equal(doctor.code, 1);
    assert.match(
      doctor.stdout,
      /^problem +database +there is none at sqlite:\.\/data\/optio\.db yet: run optio serve/m,
    );
    assert.equal(doctor.stderr, 'optio: one problem was found\n');
  });

  test('doctor says of a file that is no database why it cannot be used', async () => {
    const own = await makeFolder(suite);
    await writeFile(join(own, 'notes.txt'), 'This is no database.'.repeat(100));
    const { code, stdout } = await runOptio(['doctor', '--database-url', 'sqlite:./notes.txt'], { cwd: own });
    assert.equal(code, 1);
    assert.match(stdout, /^problem +database +sqlite:\.\/notes\.txt cannot be used \(SQLite: .*[^.]\): check /m);
  });

  test('a database is made by migrate, which may be repeated, and filled by account create', async () => {
    const own = await makeFolder(suite);
    const first = await runOptio(['migrate'], { cwd: own });
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^sqlite:\.\/data\/optio\.db is up to date: applied 0001-/);
    assert.match((await runOptio(['migrate'], { cwd: own })).stdout, /nothing to do/);
    const { applied, appliedNow } = JSON.parse((await runOptio(['migrate', '--json'], { cwd: own })).stdout);
    assert.ok(applied.length >= 1);
    assert.deepEqual(appliedNow, []);
    assertFailed(
      await runOptio(['token', 'create'], { cwd: own }),
      1,
      /there is no account yet; run: optio account create/,
    );
    const doctor = await runOptio(['doctor'], { cwd: own });
    assert.match(doctor.stdout, /^problem +accounts +there is none: /m);
    const account = JSON.parse(
      (await runOptio(['account', 'create', '--name', 'Acme', '--json'], { cwd: own })).stdout,
    );
    assert.match(String(account.id), /^\d{8,9}$/);
    const definitions = JSON.parse((await runOptio(['definition', 'list', '--json'], { cwd: own })).stdout);
    assert.equal(definitions.length, 3);
    assert.match((await runOptio(['doctor'], { cwd: own })).stdout, /^problem +tokens +none is valid/m);
  });
});

describe('With a running server on the same database', () => {
  const suite = endOfSuite();
  let cwd: string;
  let server: OptioServer;
  before(async () => {
    cwd = await makeFolder(suite);
    server = await OptioServer.start(suite, { cwd });
  });

  const { run, json } = commandsIn(() => cwd);
  test('a token is created, works at once, and is refused within two seconds of being revoked', async () => {
    const created = await json('token', 'create', '--name', 'crm');
    assert.match(created.id, UUID);
    assert.ok(!created.scopes.includes('optio.admin'));
    const read = () => server.request('GET', '/communication-preferences/v4/definitions', { token: created.token });
    assert.equal((await read()).status, 200);
    const revoked = await run('token', 'revoke', created.id);
    assert.deepEqual([revoked.code, revoked.stdout], [0, `Token ${created.id} is revoked.\n`]);
    await within2Seconds(async () => (await read()).status === 401);
    const listed = (await json('token', 'list')).find(({ id }: { id: string }) => id === created.id);
    assert.ok(listed.revokedAt);
    assert.ok(!(await run('token', 'list')).stdout.includes(created.token));
    assert.match((await run('token', 'list')).stdout, / valid +all$/m);
    assert.match(
      (await run('token', 'list')).stdout,
      new RegExp(`^${created.id} .* revoked \\S+ +all but optio\\.admin$`, 'm'),
    );
    assert.equal(listed.scopes.length, 10);
    assertFailed(await run('token', 'revoke', 'nonsense'), 1, /there is no token nonsense/);
  });

  test('a token can be limited to some scopes and some time', async () => {
    const created = await json(
      'token',
      'create',
      '--scope',
      'subscriptions-status-read',
      'optio.admin',
      '--expires',
      '90d',
    );
    assert.deepEqual(created.scopes, ['subscriptions-status-read', 'optio.admin']);
    assert.match((await run('token', 'list')).stdout, /Z +subscriptions-status-read, optio\.admin$/m);
    assert.equal(Date.parse(created.expiresAt) > Date.now() + 89 * 86_400_000, true);
    assertFailed(await run('token', 'create', '--expires', '2001-01-01'), 1, /expiresAt must be in the future/);
    const { stdout } = await run('token', 'create', '--name', 'shown');
    assert.match(stdout, /^pat-opt1-\S+\n\nThe token is shown only this once: keep it now\.\n\nid +\S+\n/);
  });

  test('a definition is created, translated and deactivated, and the server sees it within two seconds', async () => {
    const statuses = async () =>
      (await server.request('GET', '/communication-preferences/v4/statuses/a@example.com?channel=EMAIL')).body.results;
    const has = async (id: number) =>
      (await statuses()).some((row: { subscriptionId: number }) => row.subscriptionId === id);
    const created = await json('definition', 'create', '--name', 'Offers', '--id', '39644612');
    assert.equal(created.id, 39_644_612);
    await within2Seconds(() => has(created.id));
    const translated = await json('definition', 'update', '39644612', '--language', 'de', '--name', 'Angebote');
    assert.equal(translated.translations[0].name, 'Angebote');
    assert.deepEqual((await json('definition', 'update', '39644612', '--remove-language', 'de')).translations, []);
    await json('definition', 'update', '39644612', '--active', 'off', '--purpose', 'Sales');
    await within2Seconds(async () => !(await has(created.id)));
    assert.match((await run('definition', 'list')).stdout, /^39644612 +Offers +Sales +0 +no +no$/m);
    assertFailed(
      await run('definition', 'create', '--name', 'x', '--id', '39644612'),
      1,
      /there is a definition with the id 39644612 already/,
    );
    assertFailed(await run('definition', 'create', '--name', 'x', '--brand', '9'), 1, /there is no brand 9/);
    assertFailed(await run('definition', 'update', '1', '--name', 'x'), 1, /there is no definition 1/);
    assertFailed(await run('definition', 'create', '--name', ' '), 1, /name must not be empty/);
    assertFailed(
      await run('definition', 'update', '39644612', '--language', 'no_such', '--name', 'x'),
      1,
      /must be a BCP 47 language tag/,
    );
  });

  test('brands and apps are created and listed', async () => {
    const brand = await json('brand', 'create', '--name', 'Outdoor', '--id', '12');
    assert.equal(brand.id, 12);
    assert.match((await run('brand', 'list')).stdout, /^ID +NAME +CREATED\n0 +My account +\S+\n12 +Outdoor +\S+\n$/);
    const definition = await json('definition', 'create', '--name', 'Tents', '--brand', '12');
    assert.equal(definition.businessUnitId, 12);
    assert.equal((await json('definition', 'list', '--brand', '12')).length, 1);
    const app = await json('app', 'create', '--name', 'CRM', '--id', '77');
    assert.equal(app.id, 77);
    assertFailed(await run('token', 'create'), 1, /there is more than one app: name one of \d+, 77/);
    assert.equal((await json('token', 'create', '--app', '77')).appId, 77);
    assert.match((await run('app', 'list')).stdout, /^77 +CRM +/m);
  });

  test('an account is named where there is more than one, and its settings can be changed', async () => {
    const other = await json('account', 'create', '--name', 'Second', '--id', '4242', '--data-privacy', 'on');
    assert.deepEqual([other.id, other.dataPrivacy], [4242, true]);
    assertFailed(await run('brand', 'list'), 1, /there is more than one account; add --account with one of \d+, 4242/);
    assertFailed(
      await run('brand', 'list', '--account', '1'),
      1,
      /there is no account 1; optio account list shows them/,
    );
    assertFailed(
      await run('account', 'create', '--name', 'Third', '--id', '4242'),
      1,
      /there is an account with the id 4242 already/,
    );
    const updated = await run('account', 'update', '--account', '4242', '--data-privacy', 'off');
    assert.equal(
      updated.stdout,
      'Account 4242 is called "Second", data privacy is off, its mail rule is opt-in, evidence is kept for good.\n',
    );
    assert.match((await run('account', 'list')).stdout, /^4242 +Second +off +/m);
  });

  test('doctor finds everything right, and shows no secret', async () => {
    const env = { OPTIO_BOOTSTRAP_TOKEN: 'a-token-of-the-operator' };
    const { code, stdout, stderr } = await runOptio(['doctor'], { cwd, env });
    assert.deepEqual([code, stderr], [0, '']);
    assert.doesNotMatch(stdout, /^problem/m);
    assert.ok(!stdout.includes('a-token-of-the-operator'));
    for (const check of [
      'settings',
      'database',
      'durability',
      'migrations',
      'writing',
      'accounts',
      'tokens',
      'links',
    ]) {
      assert.match(stdout, new RegExp(`^ok +${check} `, 'm'));
    }
    assert.match(stdout, /^ok +durability +synchronous is FULL$/m);
    const findings = await json('doctor');
    assert.ok(findings.every(({ state }: { state: string }) => state === 'ok'));
    const plain = await runOptio(['doctor', '--public-url', 'http://mail.example.com'], { cwd });
    assert.equal(plain.code, 1);
    assert.match(plain.stdout, /^problem +links +contacts' links begin with http:\/\/mail\.example\.com, but .*TLS/m);
    const wrong = await runOptio(['doctor'], { cwd, env: { OPTIO_PROT: '1' } });
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.stdout,
      /^problem +settings +the environment variable OPTIO_PROT is not known; did you mean OPTIO_PORT\?/m,
    );
  });
});
