/** `optio serve --workers N`: several processes, which look like one server from outside. */
import assert from 'node:assert/strict';
import { mkdir, rename, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { occupyPort } from '../support/free-port.ts';
import { makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { logOf, startedWorkers, until } from '../support/worker-processes.ts';
import { assertKept, nothingWritten, writeUntil } from '../support/writing.ts';

const TOKEN = 'a-token-of-the-operator';

/** Whether the server answers on a new connection. */
async function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/health/live`, { agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200));
    });
    request.once('error', () => resolve(false));
  });
}

test('Workers share one port and one first account, take turns, and end in order', async (t) => {
  const cwd = await makeFolder(t);
  const server = await OptioServer.start(t, { cwd, args: ['--workers', '3'], env: { OPTIO_LOG_LEVEL: 'debug' } });
  assert.match(server.stdout, /^This is the first start: .*\n/);
  assert.equal(server.stdout.match(/^Optio is listening on http:\/\/127\.0\.0\.1:\d+$/gm)?.length, 1);
  assert.equal((await server.request('GET', '/optio/v1/account')).status, 200);
  const pids = startedWorkers(server);
  assert.equal(new Set(pids).size, 3, server.stderr);
  assert.ok(!pids.includes(server.child.pid!));
  for (let connection = 0; connection < 6; connection++) assert.ok(await answers(server.url));
  await until(() => logOf(server).filter(({ route }) => route === '/health/live').length === 6, 'all is logged');
  const answering = logOf(server).flatMap(({ route, pid }) => (route === '/health/live' ? [pid] : []));
  assert.deepEqual([...new Set(answering)].sort(), [...pids].sort());

  const { code, stderr } = await server.stop();
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/"msg":"stopped"/g)?.length, 3);
  assert.equal(await answers(server.url), false);
});

test('Ctrl-C reaches every process: all of them finish what they accepted, and every answered write is there', async (t) => {
  const cwd = await makeFolder(t);
  const env = { OPTIO_BOOTSTRAP_TOKEN: TOKEN, OPTIO_WORKERS: '2' };
  const server = await OptioServer.start(t, { cwd, env });
  const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
  const written = nothingWritten();
  const access = { token: TOKEN, subscriptionId: body.results[0].id };
  let isOver = false;
  const writing = writeUntil(server, access, written, { round: 0, writers: 8, isOver: () => isOver });
  await until(() => written.batches.length > 20, 'there are writes');
  for (const pid of startedWorkers(server)) process.kill(pid, 'SIGINT');
  const { code, stderr } = await server.stop('SIGINT');
  isOver = true;
  await writing;
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/"msg":"stopped"/g)?.length, 2, stderr);
  assert.doesNotMatch(stderr, /died/);
  assert.ok((await assertKept(`sqlite:${cwd}/data/optio.db`, written)).events > 20);
});

test('A worker that dies is replaced; one that cannot start is tried again, less and less often', async (t) => {
  const cwd = await makeFolder(t);
  const server = await OptioServer.start(t, { cwd, args: ['--workers', '2'] });
  const [first, second] = startedWorkers(server) as [number, number];
  process.kill(first, 'SIGKILL');
  await until(() => startedWorkers(server).length === 3, 'it is replaced');
  assert.ok(logOf(server).some(({ msg, worker, how }) => /died/.test(msg) && worker === first && how === 'SIGKILL'));

  // The worker that is left has the file open; one that comes finds a folder in its place.
  const file = join(cwd, 'data/optio.db');
  await rename(file, `${file}.away`);
  await mkdir(file);
  process.kill(second, 'SIGKILL');
  const failed = () => logOf(server).filter(({ msg }) => msg === 'a worker cannot start');
  await until(() => failed().length >= 2, 'it fails');
  assert.match(failed()[0].reason, /^the database sqlite:\.\/data\/optio\.db cannot be used: /);
  assert.ok(await answers(server.url), 'the other worker goes on');
  const pauses = logOf(server).flatMap(({ pauseMs }) => pauseMs ?? []);
  assert.ok(pauses.at(-1) > pauses[0], String(pauses));
  await rm(file, { recursive: true });
  await rename(`${file}.away`, file);
  await until(() => startedWorkers(server).length === 4, 'it starts again');
  assert.equal((await server.request('GET', '/optio/v1/account')).status, 200);
  assert.equal((await server.stop()).code, 0);
});

test('All workers killed at once come back on the same port', async (t) => {
  const server = await OptioServer.start(t, { cwd: await makeFolder(t), args: ['--workers', '2'] });
  for (const pid of startedWorkers(server)) process.kill(pid, 'SIGKILL');
  await until(() => startedWorkers(server).length >= 4, 'both are replaced');
  await until(() => answers(server.url), 'the port answers');
  assert.equal((await server.request('GET', '/optio/v1/account')).status, 200);
});

test('kill -9 of the process that minds the workers ends them too, and the port is free', async (t) => {
  const cwd = await makeFolder(t);
  const server = await OptioServer.start(t, { cwd, args: ['--workers', '2'] });
  const { token, url } = server;
  await server.stop('SIGKILL');
  await until(async () => !(await answers(url)), 'nobody answers');
  const args = ['--workers', '2', '--port', new URL(url).port];
  const again = await OptioServer.start(t, { cwd, args });
  assert.equal(again.url, url);
  assert.equal((await again.request('GET', '/optio/v1/account', { token })).status, 200);
});

test('Workers that cannot start, and workers on a database in memory, are one clear line', async (t) => {
  const cwd = await makeFolder(t);
  const port = await occupyPort(t);
  const inUse = await runOptio(['serve', '--workers', '4', '--port', String(port)], { cwd });
  assert.equal(inUse.code, 1);
  assert.match(inUse.stderr, new RegExp(`^optio: another process listens on 127\\.0\\.0\\.1:${port} already; .*\\n$`));
  assert.match(inUse.stdout, /pat-opt1-/, 'the token of the first account is not lost');

  const unusable = await runOptio(['serve', '--workers', '2', '--database-url', 'sqlite:.'], { cwd });
  assert.equal(unusable.code, 1);
  assert.match(unusable.stderr, /^optio: the database sqlite:\. cannot be used: [^\n]*\n$/);

  const inMemory = await runOptio(['serve', '--workers', '2', '--database-url', 'sqlite::memory:'], { cwd });
  assert.equal(inMemory.code, 2);
  assert.match(inMemory.stderr, /^optio: the flag --workers asks for several processes, but [^\n]*\n$/);
});
