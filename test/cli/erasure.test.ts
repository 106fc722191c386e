/** `optio erase`, `optio export-subject` and `optio purge`, beside a server on the same database. */
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';

const HOSTILE = '<script>alert("fair")</script> & \'co\'';

describe('optio erase, export-subject and purge', () => {
  const suite = endOfSuite();
  let cwd: string;
  let server: OptioServer;
  const run = (...args: string[]) => runOptio(args, { cwd });

  before(async () => {
    cwd = await makeFolder(suite);
    server = await OptioServer.start(suite, { cwd });
    const { body: definitions } = await server.request('GET', '/communication-preferences/v4/definitions');
    const statuses = '/communication-preferences/v4/statuses/ada%40example.com';
    const evidence = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: HOSTILE };
    const subscriptionId = definitions.results[0].id;
    await server.request('POST', statuses, {
      body: { subscriptionId, statusState: 'SUBSCRIBED', channel: 'EMAIL', ...evidence },
    });
    await server.request('POST', `${statuses}/unsubscribe-all?channel=EMAIL`);
  });

  test('a program is told what is known, as by the API', async () => {
    const { code, stdout, stderr } = await run('export-subject', 'ada@example.com');
    assert.deepEqual([code, stderr], [0, '']);
    const { body } = await server.request('GET', '/optio/v1/subscribers/ada%40example.com/export');
    assert.deepEqual({ ...JSON.parse(stdout), exportedAt: '' }, { ...body, exportedAt: '' });
  });

  test('a person reads a page that shows every text as text, in a file for their eyes only', async () => {
    const written = await run('export-subject', 'ada@example.com', '--html', '--out', 'ada.html');
    assert.deepEqual([written.code, written.stdout, written.stderr], [0, 'It is in ada.html.\n', '']);
    const page = await readFile(join(cwd, 'ada.html'), 'utf8');
    assert.match(page, /<title>What is known of ada@example\.com<\/title>/);
    assert.match(page, /&lt;script&gt;alert\(/);
    assert.doesNotMatch(page, /<script/);
    assert.match(page, /opted out of everything of the account/);
    assert.equal((await stat(join(cwd, 'ada.html'))).mode & 0o777, 0o600);
    const again = await run('export-subject', 'ada@example.com', '--out', 'ada.html');
    assert.deepEqual([again.code, again.stderr], [1, 'optio: ada.html is there already; name a new file with --out\n']);
    const nowhere = await run('export-subject', 'ada@example.com', '--out', 'no/such/folder.json');
    assert.match(nowhere.stderr, /^optio: no\/such\/folder\.json cannot be written \(ENOENT\); name another file/);
  });

  test('erasing says what was done, what was left, and what is wrong', async () => {
    const mail = await run('erase', 'ada@example.com', '--reason', 'letter of ada@example.com');
    assert.deepEqual([mail.code, mail.stdout], [1, '']);
    assert.match(mail.stderr, /^optio: reason must name no e-mail address: it stays when the address is gone\n$/);
    const { code, stdout, stderr } = await run('erase', 'Ada@example.com', '--reason', 'asked for it, ticket 4711');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^ada@example\.com is erased, and what it said no to holds on\. .*run: optio purge\n$/);
    const again = await run('erase', 'ada@example.com');
    assert.deepEqual([again.code, again.stdout], [0, 'Nothing is known of ada@example.com that could be erased.\n']);

    const { stdout: history } = await run('history', 'ada@example.com');
    const [tombstone] = history.split('\n\n');
    assert.match(tombstone!, /^\S+Z {2}was erased\n/);
    assert.match(tombstone!, /\n {2}by +Command line\n {2}reason +asked for it, ticket 4711\n/);
    assert.ok(!history.includes('fair'));
    const { body } = await server.request(
      'GET',
      '/communication-preferences/v4/statuses/ada%40example.com?channel=EMAIL',
    );
    assert.ok(body.results.every(({ status }: { status: string }) => status === 'UNSUBSCRIBED'));
    const machine = JSON.parse((await run('erase', 'nobody@example.com', '--json')).stdout);
    const nothing = { subscriberKey: null, erased: false, droppedSignUp: false, eventId: null, erasedAt: null };
    assert.deepEqual(machine, { subscriberIdString: 'nobody@example.com', ...nothing });
  });

  test('a limit on evidence is set for an account, and applied when asked', async () => {
    const { stdout } = await run('account', 'update', '--keep-evidence', '3y');
    assert.match(stdout, /, evidence is kept for 36 months\.\n$/);
    assert.match((await run('account', 'list')).stdout, /KEEPS EVIDENCE[\s\S]* 36m /);
    const applied = await run('retention', 'run');
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(applied.stdout, /^Account \d+ keeps evidence for 36 months: none was older\.\n$/);
    const shortest = await run('account', 'update', '--keep-evidence', '1m');
    assert.match(shortest.stdout, /, evidence is kept for 1 month\.\n$/);
    await run('account', 'update', '--keep-evidence', 'always');
    const machine = JSON.parse((await run('retention', 'run', '--json')).stdout);
    assert.partialDeepStrictEqual(machine, [{ keepEvidenceMonths: null, contacts: 0, events: 0, passedOver: 0 }]);
    for (const time of ['0m', '3', '101y', '3 years', '-1y']) {
      const wrong = await run('account', 'update', `--keep-evidence=${time}`);
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /It must be years \(3y\) or months \(18m\), up to 100y, or always\./);
    }
    const nobody = await run('retention', 'run', '--account', '4');
    assert.deepEqual([nobody.code, nobody.stderr], [1, 'optio: there is no account 4\n']);
  });

  test('purging beside a server leaves everything as it was', async () => {
    const { code, stdout, stderr } = await run('purge', '--json');
    assert.deepEqual([code, stderr], [0, '']);
    assert.partialDeepStrictEqual(JSON.parse(stdout), { purged: true, leftOver: [] });
    const { body } = await server.request('GET', '/optio/v1/subscribers/ada%40example.com/history');
    assert.equal(body.results.length, 3);
    const missing = await run('purge', '--database-url', 'sqlite:none.db');
    assert.match(missing.stderr, /^optio: there is no database at sqlite:none\.db; run optio serve/);
  });
});
