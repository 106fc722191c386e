/** `optio history`, `optio status` and `optio eligibility`, beside a server on the same database. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { assertFailed, commandsIn } from './command-line.ts';

describe('optio history, optio status and optio eligibility', () => {
  const suite = endOfSuite();
  let cwd: string;
  let server: OptioServer;
  let type: number;
  let subscribedAt: string;
  const { run, json } = commandsIn(() => cwd);

  before(async () => {
    cwd = await makeFolder(suite);
    server = await OptioServer.start(suite, { cwd });
    [{ id: type }] = await json('definition', 'list');
    const statuses = '/communication-preferences/v4/statuses/ada%40example.com';
    const evidence = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'Asked for it\nat the fair.' };
    const body = { subscriptionId: type, statusState: 'SUBSCRIBED', channel: 'EMAIL', ...evidence };
    subscribedAt = (await server.request('POST', statuses, { body })).body.results[0].timestamp;
    await server.request('POST', `${statuses}/unsubscribe-all?channel=EMAIL`);
  });

  test('people read what happened, one block a change, the newest first', async () => {
    const { code, stdout, stderr } = await run('history', 'Ada@example.com');
    assert.deepEqual([code, stderr], [0, '']);
    const [out, subscribed, ...rest] = stdout.split('\n\n');
    assert.deepEqual(rest, []);
    assert.match(out!, /^\S+Z {2}opted out of everything of the account\n/);
    assert.match(out!, new RegExp(`\\n {2}so +Marketing Information \\(${type}\\): subscribed → unsubscribed\\n`));
    assert.match(subscribed!, /^\S+Z {2}Marketing Information \(\d+\): not specified → subscribed\n/);
    assert.match(subscribed!, /\n {2}by +Public status API, App ID:\d+\n/);
    assert.match(subscribed!, /\n {2}legal basis +CONSENT_WITH_NOTICE\n {2}explanation +Asked for it at the fair\.\n/);
    assert.match(subscribed!, /\n {2}event +[0-9a-f-]{36}, the contact's no\. 1\n {2}hash +[0-9a-f]{64}\n$/);
    const last = await run('history', 'ada@example.com', '--limit', '1');
    assert.match(last.stdout, /\n\nThere are older changes; a larger --limit, or none, shows them\.\n$/);
    const nobody = await run('history', 'nobody@example.com');
    assert.equal(nobody.stdout, 'Nobody ever said anything about nobody@example.com.\n');
  });

  test('machines read what the API answers', async () => {
    const answer = await server.request('GET', '/optio/v1/subscribers/ada%40example.com/history');
    assert.deepEqual(await json('history', 'ada@example.com'), answer.body.results);
    const then = `/optio/v1/subscribers/ada%40example.com/statuses?asOf=${subscribedAt}`;
    const { body } = await server.request('GET', then);
    assert.equal(body.results[0].status, 'SUBSCRIBED');
    assert.deepEqual(await json('status', 'ada@example.com', '--as-of', subscribedAt), body.results);
  });

  test('what holds now and what held then are told apart', async () => {
    const now = await run('status', 'ada@example.com');
    assert.match(now.stdout, /^TYPE +NAME +BRAND +STATUS +SINCE +SOURCE +LEGAL BASIS\n/);
    assert.equal(now.stdout.match(/ UNSUBSCRIBED /g)?.length, 3);
    const then = await run('status', 'ada@example.com', '--as-of', subscribedAt);
    assert.match(then.stdout, new RegExp(`^${type} .* SUBSCRIBED +${subscribedAt} .* CONSENT_WITH_NOTICE$`, 'm'));
    assert.equal(then.stdout.match(/ NOT_SPECIFIED +Not specified$/gm)?.length, 2);
    const long = await run('status', 'new@example.com', '--as-of', '2001-01-01');
    assert.equal(long.stdout, 'There was no type of mail yet at 2001-01-01T00:00:00.000Z.\n');
    assert.deepEqual(await json('status', 'new@example.com', '--as-of', '2001-01-01'), []);
  });

  const check = (input: string, ...args: string[]) =>
    runOptio(['eligibility', '--type', String(type), ...args], { cwd, input });

  test('a list goes through the gate, from standard input or a file, as CSV or as lines of JSON', async () => {
    const input = 'Ada@example.com\r\n\nnew@example.com\n"odd, one"\n\u001b[31mred';
    const csv = await check(input);
    assert.deepEqual([csv.code, csv.stderr], [0, '']);
    const [head, ada, ...others] = csv.stdout.split('\n');
    assert.equal(head, 'address,eligible,reason,decidedAt');
    assert.match(ada!, /^ada@example\.com,false,OPTED_OUT_OF_ALL,\d{4}-\S+Z$/);
    assert.deepEqual(others, [
      'new@example.com,false,NOT_SUBSCRIBED,',
      '"odd, one",false,INVALID_ADDRESS,',
      ' [31mred,false,INVALID_ADDRESS,',
      '',
    ]);
    await writeFile(join(cwd, 'list.txt'), input);
    const lines = ['--format', 'ndjson', '--explain', '--as-of', subscribedAt, 'list.txt'];
    const { stdout } = await check('', ...lines);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(answers.pop(), { done: true, count: 4 });
    assert.deepEqual([answers[0].reason, answers[0].decidedAt], ['SUBSCRIBED', subscribedAt]);
    const [, event] = await json('history', 'ada@example.com');
    assert.equal(answers[0].decidedBy, event.eventId);
  });

  test('the rule of the account decides about those who never said anything', async () => {
    const ruled = await run('account', 'update', '--mail-rule', 'unless-opted-out');
    assert.match(ruled.stdout, /its mail rule is unless-opted-out, /);
    assert.match((await check('new@example.com')).stdout, /\nnew@example\.com,true,NOT_OPTED_OUT,\n$/);
    assert.equal((await run('account', 'update', '--mail-rule', 'opt-in')).code, 0);
    assert.match((await check('new@example.com')).stdout, /\nnew@example\.com,false,NOT_SUBSCRIBED,\n$/);
    assertFailed(
      await run('account', 'update', '--mail-rule', 'all'),
      2,
      /Allowed choices are opt-in, unless-opted-out/,
    );
  });

  test('a long list is printed whole', async () => {
    const input = Array.from({ length: 30_000 }, (_, index) => `contact-${index}@example.com`).join('\n');
    const { code, stdout } = await check(input);
    assert.deepEqual([code, stdout.split('\n').length], [0, 30_002]);
  });

  test('what they cannot make sense of they refuse', async () => {
    assertFailed(await run('history', 'ada'), 2, /'ada' is invalid .* It must be an e-mail address/);
    assertFailed(await run('history', 'ada@example.com', '--limit', '0'), 2, /It must be a whole number of at least 1/);
    assertFailed(await run('status', 'ada@example.com', '--as-of', 'soon'), 2, /It must be ISO 8601/);
    assertFailed(await run('status', 'ada@example.com', '--as-of', '2999-01-01'), 2, /It is to come/);
    assertFailed(await run('eligibility', 'list.txt'), 2, /required option '--type <id>' not specified/);
    assertFailed(
      await run('eligibility', '--type', '5', 'list.txt'),
      1,
      /there is no definition 5; optio definition list/,
    );
    for (const [file, why] of [
      ['no-such-list.txt', 'ENOENT'],
      ['.', 'EISDIR'],
    ] as const) {
      assertFailed(await check('', file), 1, new RegExp(`the list cannot be read \\(${why}\\); name a file`));
    }
  });
});
