/** `optio history` and `optio status`, beside a server on the same database. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Ended, endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';

function assertFailed(ended: Ended, code: 1 | 2, says: RegExp): void {
  assert.match(ended.stderr, says);
  assert.deepEqual([ended.code, ended.stdout, ended.stderr.split('\n').length], [code, '', 2]);
}

describe('optio history and optio status', () => {
  const suite = endOfSuite();
  let cwd: string;
  let server: OptioServer;
  let type: number;
  let subscribedAt: string;
  const run = (...args: string[]) => runOptio(args, { cwd });
  const json = async (...args: string[]) => {
    const ended = await run(...args, '--json');
    assert.deepEqual([ended.code, ended.stderr], [0, '']);
    return JSON.parse(ended.stdout);
  };

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
  });

  test('what they cannot make sense of they refuse', async () => {
    assertFailed(await run('history', 'ada'), 2, /'ada' is invalid .* It must be an e-mail address/);
    assertFailed(await run('history', 'ada@example.com', '--limit', '0'), 2, /It must be a whole number of at least 1/);
    assertFailed(await run('status', 'ada@example.com', '--as-of', 'soon'), 2, /It must be ISO 8601/);
    assertFailed(await run('status', 'ada@example.com', '--as-of', '2999-01-01'), 2, /It is to come/);
  });
});
