/** `optio emulate` as a process. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { CONTROL, V4 } from './client.ts';

test('it stands in by its flags, says how to try it, and ends in order', async (t) => {
  const cwd = await makeFolder(t);
  await writeFile(join(cwd, 'seed.json'), JSON.stringify({ accounts: [{ definitions: [{ id: 7, name: 'News' }] }] }));
  const args = ['--seed', 'seed.json', '--now', '2026-01-01', '--latency', '1ms-2ms', '--fail', '504:1'];
  const server = await OptioServer.start(t, { cwd, command: 'emulate', args });
  assert.equal(server.token, 'pat-opt1-00000000-0000-4000-8000-000000000000');
  assert.match(server.stdout, /stands in for HubSpot, in memory/);
  assert.deepEqual((await server.request('GET', `${CONTROL}/clock`)).body, {
    now: '2026-01-01T00:00:00.000Z',
    isRunning: false,
  });
  assert.deepEqual((await server.request('GET', `${CONTROL}/faults`)).body, {
    latencyMs: { min: 1, max: 2 },
    rules: [{ fail: 504, probability: 1 }],
  });
  const curl = /^ *(curl .*)$/m.exec(server.stdout)![1]!;
  const status = () => promisify(execFile)('sh', ['-c', `${curl} -sS -o /dev/null -w '%{http_code}'`]);
  assert.equal((await status()).stdout, '504');
  await server.request('DELETE', `${CONTROL}/faults`);
  assert.equal((await status()).stdout, '200');
  const { code, stderr } = await server.stop();
  assert.equal(code, 0, stderr);
});

test('the documented requests steer it', async (t) => {
  const server = await OptioServer.start(t, { cwd: await makeFolder(t), command: 'emulate' });
  const page = await readFile(new URL('../../docs/emulator.md', import.meta.url), 'utf8');
  const [reset, lose, later] = [...page.matchAll(/^ {4}(curl .*?(?:\\\n.*)?)$/gm)].map(([, curl]) => curl!);
  const paste = async (curl: string | undefined) => {
    const here = curl!.replace('http://127.0.0.1:8080', server.url);
    return (await promisify(execFile)('sh', ['-c', `${here} -sS -f`])).stdout;
  };
  await paste(lose);
  const write = () =>
    server.request('POST', `${V4}/statuses/ada@example.com`, {
      body: { subscriptionId: 30000001, statusState: 'SUBSCRIBED', channel: 'EMAIL' },
    });
  await assert.rejects(write());
  assert.equal((await write()).body.results[0].setStatusSuccessReason, 'NO_STATUS_CHANGE');
  const { now } = JSON.parse(await paste(later));
  assert.ok(Date.parse(now) > Date.now() + 29 * 86_400_000);
  await paste(reset);
  assert.deepEqual((await server.request('GET', `${CONTROL}/requests`)).body.results, []);
});

test('what it cannot be started with is told in one line', async (t) => {
  const cwd = await makeFolder(t);
  await writeFile(join(cwd, 'seed.json'), JSON.stringify({ accounts: [{ definitions: [{ name: 'News' }] }] }));
  await writeFile(join(cwd, 'broken.json'), '{');
  for (const [args, message] of [
    [['--latency', '5'], /^optio: the flag --latency is "5", but must be a time such as 50ms or 1\.5s/],
    [['--fail', '429:2'], /^optio: the flag --fail is "429:2", but must be a list such as 429:0\.05,500:0\.01/],
    [['--now', 'noon'], /^optio: the flag --now is "noon", but must be an ISO 8601 instant/],
    [['--seed', 'none.json'], /^optio: the seed none\.json cannot be read \(ENOENT\)/],
    [['--seed', 'broken.json'], /^optio: the seed broken\.json is no JSON: /],
    [
      ['--seed', 'seed.json'],
      /^optio: the seed seed\.json cannot be used: Missing: the field "accounts\[0\]\.definitions\[0\]\.id"/,
    ],
  ] as const) {
    const { code, stdout, stderr } = await runOptio(['emulate', '--port', '0', ...args], { cwd });
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split('\n').length, 1);
  }
  const first = await OptioServer.start(t, { cwd, command: 'emulate' });
  const { port } = new URL(first.url);
  const second = await runOptio(['emulate', '--port', port], { cwd });
  assert.equal(second.code, 1);
  assert.match(second.stderr, /another process listens on 127\.0\.0\.1:\d+ already/);
});
