/** `optio app install`, `uninstall` and `installations`, on a database of two accounts. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { SCOPES } from '../../src/domain/access.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { CALLBACK, OperatorBrowser } from '../http/support/operator-browser.ts';
import { endOfSuite, makeFolder, OptioServer } from '../support/optio-process.ts';
import { assertFailed, commandsIn } from './command-line.ts';

const DEFINITIONS = '/communication-preferences/v4/definitions';
const READ = 'subscriptions-status-read';
const NOBODY = '5e0d3b52-7c2f-4a19-9f0e-2f6a1c1b7d11';

describe('An app', () => {
  const suite = endOfSuite();
  let cwd: string;
  let clientId: string;
  before(async () => {
    cwd = await makeFolder(suite);
    const crm = ['--name', 'CRM', '--id', '77', '--account', '1001', '--redirect-uri', CALLBACK];
    await run('migrate');
    await run('account', 'create', '--name', 'Acme', '--id', '1001');
    await run('account', 'create', '--name', 'Shop', '--id', '2002');
    clientId = (await json('app', 'create', ...crm)).clientId;
  });

  const { run, json } = commandsIn(() => cwd);
  const listed = async (account: string) => (await run('app', 'installations', '--account', account)).stdout;

  /** Has an operator approve the app for the account 2002. */
  async function approve(): Promise<void> {
    const email = 'ana@example.com';
    const { password } = await json('operator', 'create', '--email', email);
    const server = await OptioServer.start(suite, { cwd });
    const browser = new OperatorBrowser(() => server);
    await browser.signIn(email, password);
    const path = await browser.askFor(clientId, { scope: READ });
    const answer = await browser.sendForm(path, await browser.get(path), 'approve', [['account', '2002']]);
    assert.equal(answer.status, 200, answer.text);
    await server.stop();
  }

  test('is installed in its own account by its id', async () => {
    const { code, stdout } = await run('app', 'install', '77', '--account', '1001');
    assert.equal(code, 0);
    assert.match(
      stdout,
      new RegExp(
        `^App 77 is installed\\.\\n\\napp +77\\nname +CRM\\nclient id +${clientId}\\naccount +1001\\nscopes +communication_preferences\\.read, .*\\n\\nIt has no client secret yet; make one: optio app rotate-secret 77 --account 1001\\n$`,
      ),
    );
    assert.match(
      await listed('1001'),
      new RegExp(
        `^APP +NAME +CLIENT ID +SINCE +BY +SCOPES\\n77 +CRM +${clientId} +\\S+Z +command line or API +all but optio\\.admin\\n$`,
      ),
    );
    assert.match((await run('app', 'show', '77', '--account', '1001')).stdout, /optio app installations/);
  });

  test('is installed again, by its client id: the scopes are others', async () => {
    const [before] = await json('app', 'installations', '--account', '1001');
    const after = await json('app', 'install', clientId, '--account', '1001', '--scope', READ, 'optio.admin');
    assert.deepEqual(after, { ...before, scopes: [READ, 'optio.admin'], updatedAt: after.updatedAt });
    assert.ok(after.updatedAt > before.updatedAt);
    assert.deepEqual(await json('app', 'installations', '--account', '1001'), [after]);
  });

  test('is installed in another account by an operator alone', async () => {
    const there = ['--account', '2002'];
    const refusal = new RegExp(
      `the app ${clientId} belongs to another account, and only an operator's consent installs it: have one open /oauth/authorize\\?client_id=${clientId} on this server, with the app's redirect_uri and scope$`,
      'm',
    );
    assertFailed(await run('app', 'install', '77', ...there), 1, /there is no app 77$/m);
    assertFailed(await run('app', 'install', clientId, ...there), 1, refusal);
    assert.deepEqual(await json('app', 'installations', ...there), []);
    await approve();
    const installed = await json('app', 'installations', ...there);
    assert.deepEqual(
      installed.map(({ appId, ownAccount, scopes }: Record<string, unknown>) => [appId, ownAccount, scopes]),
      [[77, false, [READ]]],
    );
    assert.match(await listed('2002'), / ana@example\.com +subscriptions-status-read\n$/);
    for (const app of ['77', clientId]) assertFailed(await run('app', 'install', app, ...there), 1, refusal);
    assert.deepEqual(await json('app', 'installations', ...there), installed);
  });

  test('is uninstalled by either, in one account alone', async () => {
    const gone = await run('app', 'uninstall', '77', '--account', '2002');
    assert.deepEqual([gone.code, gone.stdout], [0, 'App 77 is uninstalled.\n']);
    assertFailed(await run('app', 'uninstall', '77', '--account', '2002'), 1, /the app 77 is not installed$/m);
    assert.match(await listed('1001'), /^77 /m);
    assert.deepEqual(await json('app', 'uninstall', clientId, '--account', '1001'), {
      clientId,
      appId: 77,
      uninstalled: true,
    });
    assert.match(await listed('1001'), /^APP .*\n$/);
  });

  test('gets tokens from a running server, which end within two seconds of its being uninstalled', async () => {
    const server = await OptioServer.start(suite, { cwd });
    await json('app', 'install', '77', '--account', '1001');
    const { clientSecret } = await json('app', 'rotate-secret', '77', '--account', '1001');
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const given = await fetch(`${server.url}/oauth/v1/token`, { method: 'POST', body: new URLSearchParams(form) });
    const { access_token: token, hub_id } = (await given.json()) as { access_token: string; hub_id: number };
    assert.equal(hub_id, 1001);
    const use = async () => (await server.request('GET', DEFINITIONS, { token })).status;
    assert.equal(await use(), 200);
    await json('app', 'uninstall', '77', '--account', '1001');
    const deadline = performance.now() + 2_000;
    while ((await use()) !== 401) assert.ok(performance.now() < deadline, 'two seconds have passed');
    await server.stop();
  });

  test('is listed with the operator who approved, while there is one', async () => {
    const store = await openStore(`sqlite:${join(cwd, 'data/optio.db')}`);
    const at = { createdAt: 1, updatedAt: 1 };
    const operator = { id: 5, email: 'ada@example.com', passwordHash: 'x', totpSecret: null, accountIds: null, ...at };
    const installed = { accountId: 1001, clientId, appId: 77, scopes: SCOPES, installedAt: 1, updatedAt: 1 };
    await store.operators.insert(operator);
    await store.authorizations.install({ ...installed, installedBy: operator.id });
    assert.match(await listed('1001'), /^77 .*Z +ada@example\.com +all$/m);
    await store.operators.delete(operator.id);
    await store.close();
    assert.match(await listed('1001'), /^77 .*Z +operator 5, since deleted +all$/m);
  });

  test('that is not there, or is named by what cannot name one, is refused', async () => {
    const there = ['--account', '1001'];
    assertFailed(
      await run('app', 'install', NOBODY, ...there),
      1,
      new RegExp(`there is no app with the client id ${NOBODY}$`, 'm'),
    );
    assertFailed(
      await run('app', 'install', 'CRM', ...there),
      2,
      /It must be the id of an app, or a client id: a UUID/,
    );
    assertFailed(
      await run('app', 'install', '77', ...there, '--scope', 'all'),
      2,
      /Allowed choices are communication_/,
    );
    assertFailed(await run('app', 'uninstall', ...there), 2, /missing required argument 'app'/);
  });
});
