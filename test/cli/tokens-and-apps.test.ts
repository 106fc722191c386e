/** `optio token rotate` and `optio app …`, beside a server on the same database. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { assertFailed, commandsIn, within2Seconds } from './command-line.ts';

const DEFINITIONS = '/communication-preferences/v4/definitions';
const HOUR_MS = 3_600_000;

describe('Beside a server', () => {
  const suite = endOfSuite();
  let cwd: string;
  let server: OptioServer;
  before(async () => {
    cwd = await makeFolder(suite);
    server = await OptioServer.start(suite, { cwd });
  });

  const { run, json } = commandsIn(() => cwd);
  const use = async (token: string) => (await server.request('GET', DEFINITIONS, { token })).status;

  test('a token is rotated: both work, until the old one is ended', async () => {
    const { token: first, id } = await json('token', 'create', '--name', 'crm');
    assert.equal(await use(first), 200);
    const second = await json('token', 'rotate', id);
    assert.equal(second.id, id);
    const endsIn = Date.parse(second.oldSecret.endsAt) - Date.now();
    assert.ok(endsIn > 23 * HOUR_MS && endsIn <= 24 * HOUR_MS, second.oldSecret.endsAt);
    for (const token of [first, second.token]) assert.equal(await use(token), 200);
    const listed = (await run('token', 'list')).stdout;
    const [a, b] = [second.token, first].map((token) => token.slice(-4));
    assert.match(listed, new RegExp(`^${id} +crm +…${a} \\(…${b} until \\S+Z\\) `, 'm'));
    const shown = await run('token', 'rotate', id, '--old-until', 'now');
    assert.match(
      shown.stdout,
      new RegExp(
        `^pat-opt1-\\S+\\n\\nThe token is shown only this once: keep it now\\.\\n\\nid +${id}\\n[^]*\\nold token +…${a}, works no more\\n$`,
      ),
    );
    const third = shown.stdout.split('\n')[0]!;
    await within2Seconds(async () => (await use(first)) === 401 && (await use(second.token)) === 401);
    assert.equal(await use(third), 200);
    assert.match((await run('token', 'list')).stdout, new RegExp(`^${id} +crm +…${third.slice(-4)}  `, 'm'));
  });

  test('a token that has ended, or is none, is not rotated; nor until yesterday', async () => {
    const { id } = await json('token', 'create');
    await run('token', 'revoke', id);
    assertFailed(await run('token', 'rotate', id), 1, /the token \S+ was revoked: create another one$/m);
    assertFailed(await run('token', 'rotate', 'x'), 1, /there is no token x$/m);
    assertFailed(await run('token', 'rotate', id, '--old-until', '2001-01-01'), 2, /It is past; now ends the old one/);
    assertFailed(await run('token', 'rotate', id, '--old-until', 'never'), 2, /It must be a duration such as 12h/);
  });

  test('a token is limited to networks, which the list shows', async () => {
    const allow = ['--allow-network', '10.0.0.0/8', '--allow-network', '2001:DB8::/32'];
    const outside = await json('token', 'create', '--name', 'inside', ...allow);
    assert.deepEqual(outside.allowedNetworks, ['10.0.0.0/8', '2001:db8::/32']);
    assert.equal(await use(outside.token), 403);
    const { token } = await json('token', 'create', '--allow-network', '127.0.0.1');
    assert.equal(await use(token), 200);
    const { stdout } = await run('token', 'list');
    assert.match(stdout, new RegExp(`^${outside.id} +inside .* never +10\\.0\\.0\\.0/8, 2001:db8::/32 +valid `, 'm'));
    assertFailed(
      await run('token', 'create', '--allow-network', '10.0.0.0/8', '--allow-network', '10.1.2.3/8'),
      1,
      /^optio: --allow-network no\. 2 must be a network such as 10\.0\.0\.0\/8/,
    );
  });

  test('an app is created with redirect URIs, shown, changed, and given secrets', async () => {
    const uri = 'http://localhost:3000/oauth-callback';
    const app = await json('app', 'create', '--name', 'CRM', '--id', '77', '--redirect-uri', uri);
    assert.deepEqual(app.redirectUris, [uri]);
    assert.match(
      (await run('app', 'show', '77')).stdout,
      new RegExp(`^id +77\\nname +CRM\\nclient id +${app.clientId}\\nredirect URI +${uri}\\nclient secret +none\\n`),
    );
    const changed = await run('app', 'update', '77', '--name', 'Shop', '--redirect-uri', 'https://shop.example.com/cb');
    assert.equal(changed.stdout, 'App 77 is changed; optio app show 77 shows it.\n');
    assert.deepEqual((await json('app', 'show', '77')).redirectUris, ['https://shop.example.com/cb']);
    assert.deepEqual((await json('app', 'update', '77', '--redirect-uri', 'none')).redirectUris, []);
    const first = await run('app', 'rotate-secret', '77');
    assert.match(
      first.stdout,
      new RegExp(
        `^secret-opt1-[0-9a-f]{64}\\n\\nThe secret is shown only this once: keep it now\\.\\n\\napp +77\\nclient id +${app.clientId}\\n$`,
      ),
    );
    const second = await json('app', 'rotate-secret', '77', '--old-until', '7d');
    assert.deepEqual([second.name, second.secrets.length], ['Shop', 2]);
    const shown = (await run('app', 'show', '77')).stdout;
    const [a, b] = [first.stdout.split('\n')[0]!, second.clientSecret].map((secret: string) => secret.slice(-4));
    assert.match(
      shown,
      new RegExp(`^client secret +…${a}, made \\S+Z, works until \\S+Z\\nclient secret +…${b}, made \\S+Z$`, 'm'),
    );
    assert.ok(!shown.includes(second.clientSecret));
  });

  test('a new app comes with what is still to be done until it has tokens', async () => {
    const callback = 'https://shop.example.com/oauth?from=optio';
    const shop = ['app', 'create', '--name', 'Shop', '--id', '78', '--redirect-uri', callback];
    const { stdout } = await run(...shop, '--public-url', 'https://prefs.example.com');
    const { clientId } = await json('app', 'show', '78');
    const query = new URLSearchParams({
      ...{ client_id: clientId, redirect_uri: callback, scope: 'communication_preferences.read_write' },
    });
    assert.equal(
      stdout,
      [
        'App 78 created.',
        `client id  ${clientId}`,
        'Make its client secret:',
        '    optio app rotate-secret 78',
        'Then an operator installs it by opening this, with the scopes that it needs:',
        `    https://prefs.example.com/oauth/authorize?${query}\n`,
      ].join('\n\n'),
    );
    const own = await run('app', 'create', '--name', 'Backend', '--id', '79');
    assert.match(own.stdout, /^ {4}optio app rotate-secret 79$/m);
    assert.match(own.stdout, /its own account:\n\n {4}optio app install 79\n$/);
  });

  test('an app that is not there, or a URI that may not be, is refused', async () => {
    assertFailed(await run('app', 'show', '5'), 1, /there is no app 5$/m);
    assertFailed(await run('app', 'rotate-secret', '5'), 1, /there is no app 5$/m);
    assertFailed(await run('app', 'update', '5'), 2, /nothing to change; give --name or --redirect-uri/);
    const uris = ['--redirect-uri', 'https://a.example/cb', '--redirect-uri', 'https://*.example/cb'];
    assertFailed(await run('app', 'create', '--name', 'x', ...uris), 1, /--redirect-uri no\. 2 must have no \*/);
  });

  test('a server that is stopped has told when tokens were last used, and takes no bootstrap token that was replaced', async () => {
    const own = await makeFolder(suite);
    const env = { OPTIO_BOOTSTRAP_TOKEN: 'a-token-of-the-operator' };
    const other = await OptioServer.start(suite, { cwd: own, env });
    assert.equal((await other.request('GET', DEFINITIONS, { token: env.OPTIO_BOOTSTRAP_TOKEN })).status, 200);
    await other.stop();
    const [{ id, lastUsedAt }] = JSON.parse((await runOptio(['token', 'list', '--json'], { cwd: own })).stdout);
    assert.match(lastUsedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
    assert.match(
      (await runOptio(['token', 'list'], { cwd: own })).stdout,
      / \d{4}-\d\d-\d\dT\d\d:\d\dZ +everywhere +valid +all$/m,
    );
    for (let times = 0; times < 2; times++) {
      await runOptio(['token', 'rotate', id, '--old-until', 'now'], { cwd: own });
      assertFailed(
        await runOptio(['serve', '--port', '0'], { cwd: own, env }),
        1,
        /the bootstrap token \(OPTIO_BOOTSTRAP_TOKEN\) was replaced by "optio token rotate" and works no more; give the new one/,
      );
    }
  });
});
