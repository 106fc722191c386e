/** `optio link` and `optio link-key`, beside a server on the same database. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { assertFailed, commandsIn } from './command-line.ts';

const DAY_MS = 86_400_000;

describe('optio link', () => {
  const suite = endOfSuite();
  let cwd: string;
  let server: OptioServer;
  before(async () => {
    cwd = await makeFolder(suite);
    server = await OptioServer.start(suite, { cwd });
  });

  const { run, json } = commandsIn(() => cwd);
  const make = (...args: string[]) => json('link', 'make', 'Ada@example.com', '--public-url', server.url, ...args);
  const statusOf = async (url: string) => (await fetch(url)).status;

  test('the links that it prints work at the server, in the language asked for', async () => {
    const [{ id }] = await json('definition', 'list');
    const made = await make('--type', String(id), '--language', 'de');
    assert.equal(made.subscriberIdString, 'ada@example.com');
    for (const url of [made.managePreferencesUrl, made.unsubscribeAllUrl, made.unsubscribeSingleUrl]) {
      const answer = await fetch(url);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-language'), 'de');
    }
    assert.equal(made.headers['List-Unsubscribe'], `<${made.unsubscribeSingleUrl}>`);
    assert.equal(made.headers['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click');
    assert.equal(made.headers['List-Id'], `<${id}.localhost>`);
  });

  test('people get the links and the headers, and are told where the links may lead nowhere', async () => {
    const told = await run('link', 'make', 'ada@example.com', '--public-url', 'https://mail.example.com');
    assert.equal(told.stderr, '');
    assert.match(
      told.stdout,
      /^choose +https:\/\/mail\.example\.com\/l\/\S+\nend everything +https:\/\/\S+\n\nHeaders /,
    );
    assert.match(told.stdout, /^List-Unsubscribe: <https:\/\/mail\.example\.com\/l\/\S+>$/m);
    assert.match(told.stdout, /^List-Id: <brand-0\.mail\.example\.com>$/m);
    const unset = await runOptio(['link', 'make', 'ada@example.com'], { cwd, env: { OPTIO_PORT: '9' } });
    assert.match(unset.stdout, /^choose +http:\/\/127\.0\.0\.1:9\/l\//);
    assert.match(unset.stderr, /^optio: OPTIO_PUBLIC_URL is not set: the links begin with http:\/\/127\.0\.0\.1:9, /);
    const nowhere = await runOptio(['link', 'make', 'ada@example.com'], { cwd, env: { OPTIO_PORT: '0' } });
    assertFailed(nowhere, 1, /set OPTIO_PUBLIC_URL or --public-url/);
  });

  test('what it cannot make sense of it refuses', async () => {
    await json('brand', 'create', '--name', 'Outdoor', '--id', '12');
    const [{ id }] = await json('definition', 'list');
    const ada = ['link', 'make', 'ada@example.com'];
    assertFailed(await run('link', 'make', 'ada'), 2, /'ada' is invalid .* It must be an e-mail address/);
    assertFailed(await run(...ada, '--language', 'no_such'), 2, /must be a BCP 47 language tag/);
    assertFailed(await run(...ada, '--type', '3'), 1, /there is no definition 3; optio definition list/);
    assertFailed(await run(...ada, '--brand', '3'), 1, /there is no brand 3; optio brand list/);
    assertFailed(await run(...ada, '--type', String(id), '--brand', '12'), 1, /is not of brand 12; leave --brand out/);
    assertFailed(await run('link', 'revoke', ''), 2, /It must be an e-mail address/);
  });

  test("a contact's links are taken back at once, and later ones work", async () => {
    const { managePreferencesUrl } = await make();
    const { revokedThrough } = await json('link', 'revoke', 'ADA@example.com');
    assert.equal(await statusOf(managePreferencesUrl), 410);
    assert.equal(await statusOf((await make()).managePreferencesUrl), 200);
    assert.ok(Date.parse(revokedThrough) <= Date.now());
    const told = await run('link', 'revoke', 'ada@example.com');
    assert.match(told.stdout, /^Links to ada@example\.com that were made up to \S+Z are void\.\n$/);
  });

  test('a key is exchanged, and the operator says what becomes of the links before', async () => {
    const rotate = (until: string) => json('link-key', 'rotate', '--old-links-until', until);
    const first = (await make()).managePreferencesUrl;
    await rotate('never');
    assert.equal(await statusOf(first), 200);
    const second = await rotate('90d');
    const [oldest, , newest] = await json('link-key', 'list');
    assert.ok(Math.abs(Date.parse(oldest.retiresAt) - Date.now() - 90 * DAY_MS) < DAY_MS);
    assert.deepEqual([newest.id, newest.retiresAt], [second.id, null]);
    assert.equal(await statusOf(first), 200);
    const third = await run('link-key', 'rotate', '--old-links-until', 'now');
    assert.match(third.stdout, /^Key [0-9a-f]{8} seals links from now on\. Links of the keys before it are void\.\n$/);
    const deadline = performance.now() + 2_000;
    while ((await statusOf(first)) !== 410) assert.ok(performance.now() < deadline, 'two seconds have passed');
    assert.equal(await statusOf((await make()).managePreferencesUrl), 200);
    const listed = await run('link-key', 'list');
    assert.match(
      listed.stdout,
      /^ID +CREATED +ITS LINKS\n(?:[0-9a-f]{8} +\S+ +void since \S+\n){3}[0-9a-f]{8} +\S+ +work\n$/,
    );
    assert.doesNotMatch(listed.stdout, /[0-9a-f]{64}/);
  });

  test('what becomes of old links must be said, and said right', async () => {
    const rotate = (...args: string[]) => run('link-key', 'rotate', ...args);
    assertFailed(await rotate(), 2, /required option '--old-links-until <when>' not specified/);
    assertFailed(await rotate('--old-links-until', 'soon'), 2, /It must be a duration such as .* now or never\./);
    assertFailed(await rotate('--old-links-until', '2001-01-01'), 2, /It is past; with now the links are void at once/);
  });
});
