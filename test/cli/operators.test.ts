/** `optio operator …`, beside a server on the same database. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { Context } from '../../src/actions/context.ts';
import { createContext, stopContext } from '../../src/actions/create-context.ts';
import { signedIn, signIn } from '../../src/actions/sign-in.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { codeOf, PASSWORD, QUICK } from '../support/operators.ts';
import { endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { assertFailed, printedBy } from './command-line.ts';

const EMAIL = 'ana@example.com';

describe('Beside a server', () => {
  const suite = endOfSuite();
  let cwd: string;
  let context: Context;
  let accountId: number;
  before(async () => {
    cwd = await makeFolder(suite);
    await OptioServer.start(suite, { cwd });
    [{ id: accountId }] = await json(['account', 'list']);
    const store = await openStore(`sqlite:${join(cwd, 'data/optio.db')}`);
    suite.after(() => store.close());
    context = await createContext(store, { passwordCost: QUICK });
    suite.after(() => stopContext(context));
  });

  const run = (args: readonly string[], input?: string) =>
    runOptio(['operator', ...args], { cwd, ...(input !== undefined && { input }) });
  const json = async (args: readonly string[], input?: string) =>
    printedBy(await runOptio([...args, '--json'], { cwd, ...(input !== undefined && { input }) }));
  const create = async (email: string, ...args: readonly string[]) =>
    json(['operator', 'create', '--email', email, ...args]);
  const attempt = (email: string, password: string, code: string | null = null) =>
    signIn(context, { email, password, code, callerAddress: null });
  /** Signed in, and the question whether that is so still. */
  async function session(email: string, password: string): Promise<() => Promise<boolean>> {
    const outcome = await attempt(email, password);
    assert.equal(outcome.kind, 'signed-in');
    return async () => (await signedIn(context, outcome.secret)) !== null;
  }

  test('the first is created with a password that is shown once', async () => {
    const { code, stdout, stderr } = await run(['create', '--email', EMAIL]);
    assert.deepEqual([code, stderr], [0, '']);
    const [, password] =
      /^((?:\w{4}-){5}\w{4})\n\nThe password is shown only this once: keep it now\.\n\noperator +ana@example\.com\naccounts +all\nsecond factor +none\n\nGive them a second factor: optio operator set-up-totp ana@example\.com\n$/.exec(
        stdout,
      ) ?? [];
    assert.ok(password, stdout);
    assert.ok(await session(EMAIL, password));
    const listed = await run(['list']);
    assert.match(
      listed.stdout,
      /^E-MAIL +ACCOUNTS +SECOND FACTOR +CREATED\nana@example\.com +all +none +\d{4}-\d\d-\d\dT\S+Z\n$/,
    );
  });

  test('a password is read from standard input, and shown nowhere', async () => {
    const args = ['create', '--email', 'bo@example.com', '--account', String(accountId), '--password-stdin'];
    const { code, stdout, stderr } = await run(args, `${PASSWORD}\n`);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^operator +bo@example\\.com\\naccounts +${accountId}\\nsecond factor +none\\n`));
    assert.ok(!stdout.includes(PASSWORD));
    assert.ok(await session('bo@example.com', PASSWORD));
    const made = await json(
      ['operator', 'set-password', 'bo@example.com', '--password-stdin'],
      'another good password',
    );
    assert.deepEqual([made.email, made.accountIds, 'password' in made], ['bo@example.com', [accountId], false]);
    assert.ok(await session('bo@example.com', 'another good password'));
  });

  test('what may not be is refused, and nothing is created', async () => {
    const create = (email: string, ...args: string[]) => run(['create', '--email', email, ...args]);
    assertFailed(await create('nobody'), 1, /^optio: email must be an e-mail address: local-part@domain$/m);
    assertFailed(await create('ANA@example.com'), 1, /^optio: email belongs to an operator already$/m);
    assertFailed(await create('x@example.com', '--account', '5'), 1, /^optio: there is no account 5$/m);
    assertFailed(await create('x@example.com', '--account', 'x'), 2, /It must be a whole number/);
    assertFailed(await run(['create']), 2, /required option '--email <address>' not specified/);
    const short = await run(['create', '--email', 'x@example.com', '--password-stdin'], 'short\n');
    assertFailed(short, 1, /^optio: password must have 12 to 256 characters, not 5$/m);
    assertFailed(
      await run(['create', '--email', 'x@example.com', '--password-stdin'], ''),
      1,
      /^optio: password must have 12 to 256 characters, not 0$/m,
    );
    assert.ok(!(await run(['list'])).stdout.includes('x@example.com'));
  });

  test('the accounts are changed', async () => {
    await create('cy@example.com');
    const { id: second } = await json(['account', 'create', '--name', 'Second']);
    const update = (...args: string[]) => run(['update', 'cy@example.com', ...args]);
    const both = await update('--account', String(accountId), String(second));
    assert.equal(both.stdout, `cy@example.com may act for the accounts ${accountId}, ${second}.\n`);
    assert.equal((await update('--account', String(second))).stdout, `cy@example.com may act for account ${second}.\n`);
    assert.equal((await update('--all-accounts')).stdout, 'cy@example.com may act for all accounts.\n');
    for (const args of [[], ['--account', '1', '--all-accounts']]) {
      assertFailed(await update(...args), 2, /^optio: give either --account or --all-accounts$/m);
    }
    assertFailed(await update('--account', '5'), 1, /there is no account 5$/m);
  });

  test('a second factor is drawn, spelt and given as a URI; then codes are asked for, until it is removed', async () => {
    const { password } = await create('di@example.com');
    const isSignedIn = await session('di@example.com', password);
    const { code, stdout } = await run(['set-up-totp', 'di@example.com']);
    assert.equal(code, 0);
    assert.match(stdout, /^█{45}\n(?:██[█▀▄ ]{41}██\n){20}/);
    assert.match(
      stdout,
      /\n\nScan this with an authenticator app, or type the key in\. It is shown only this once\.\n\n/,
    );
    const key = /^key +((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})$/m.exec(stdout)?.[1]?.replaceAll(' ', '');
    assert.ok(key, stdout);
    assert.ok(stdout.includes(`\nURI  otpauth://totp/Optio:di%40example.com?issuer=Optio&secret=${key}&`));
    assert.match(stdout, /\n\ndi@example\.com signs in with a code from now on, and is signed out everywhere\.\n$/);
    assert.equal(await isSignedIn(), false);
    assert.equal((await attempt('di@example.com', password)).kind, 'refused');
    assert.equal((await attempt('di@example.com', password, codeOf(key, Date.now()))).kind, 'signed-in');
    assert.match((await run(['list'])).stdout, /^di@example\.com +all +TOTP /m);
    const other = await json(['operator', 'set-up-totp', 'di@example.com']);
    assert.match(other.key, /^[A-Z2-7]{32}$/);
    assert.ok(other.key !== key && other.uri.includes(other.key) && other.totp === true);
    assert.equal(
      (await run(['remove-totp', 'di@example.com'])).stdout,
      'di@example.com signs in with the password alone from now on, and is signed out everywhere.\n',
    );
    assert.equal((await attempt('di@example.com', password)).kind, 'signed-in');
  });

  test('another password, signing out and deleting end sessions', async () => {
    const first = await create('eve@example.com');
    const one = await session('eve@example.com', first.password);
    const { stdout } = await run(['set-password', 'Eve@example.com']);
    assert.match(
      stdout,
      /\n\nThe password is shown only this once: keep it now\.\n\neve@example\.com has another pass/,
    );
    assert.equal(await one(), false);
    const [password] = stdout.split('\n');
    const [two, three] = [await session('eve@example.com', password!), await session('eve@example.com', password!)];
    const out = await run(['sign-out', 'eve@example.com']);
    assert.equal(out.stdout, 'eve@example.com is signed out everywhere (2 sessions ended).\n');
    assert.deepEqual([await two(), await three()], [false, false]);
    assert.match((await run(['sign-out', 'eve@example.com'])).stdout, /everywhere \(there was no session\)\.$/m);
    const four = await session('eve@example.com', password!);
    const deleted = await run(['delete', 'EVE@example.com']);
    assert.equal(deleted.stdout, 'eve@example.com is no operator any more.\n');
    assert.equal(await four(), false);
    for (const command of ['delete', 'sign-out', 'set-password', 'set-up-totp', 'remove-totp']) {
      assertFailed(await run([command, 'eve@example.com']), 1, /^optio: there is no operator eve@example\.com$/m);
    }
  });

  test('secrets are in no list', async () => {
    const { password } = await create('fay@example.com');
    const { key } = await json(['operator', 'set-up-totp', 'fay@example.com']);
    const listed = JSON.stringify(await json(['operator', 'list']));
    for (const secret of [password, key, 'scrypt']) assert.ok(!listed.includes(secret));
    assert.match(listed, /"email":"fay@example\.com","accountIds":null,"totp":true,"createdAt":/);
  });
});
