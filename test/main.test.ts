/** The server as a process: how it starts, what it says, how it ends. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { occupyPort } from './support/free-port.ts';
import { makeFolder, OptioServer, runOptio } from './support/optio-process.ts';

const TOKEN = 'a-token-of-the-operator';
const READ = '/communication-preferences/v4/statuses/ada@example.com?channel=EMAIL';

/** Runs the printed curl line in a shell, as somebody who pastes it. */
async function paste(stdout: string, env: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  const line = /^ *(curl .*)$/m.exec(stdout)?.[1];
  assert.ok(line, stdout);
  const command = `${line} -sS -w '\\n%{http_code}'`;
  const { stdout: answer } = await promisify(execFile)('sh', ['-c', command], {
    env: { PATH: process.env.PATH, ...env },
  });
  const [body = '', status] = answer.split(/\n(?=\d+$)/);
  return { status: Number(status), body };
}

test('The first start makes an account and prints a token and a curl line that works; the second does not', async (t) => {
  const cwd = await makeFolder(t);
  const first = await OptioServer.start(t, { cwd });
  assert.match(first.stdout, /^Optio is listening on http:\/\/127\.0\.0\.1:\d+$/m);
  const { status, body } = await paste(first.stdout);
  assert.equal(status, 200, body);
  assert.equal(JSON.parse(body).results.length, 3);
  const { token } = first;
  const stopped = await first.stop();
  assert.equal(stopped.code, 0);
  assert.equal(first.stdout.split(token).length - 1, 2, 'shown once, and once more in the curl line');
  assert.ok(!first.stderr.includes(token));

  const second = await OptioServer.start(t, { cwd });
  assert.equal(second.stdout, `Optio is listening on ${second.url}\n`);
  assert.equal((await second.request('GET', READ, { token })).status, 200);
});

test('The log has one line of a start and two of an end, however many addresses are listened on', async (t) => {
  const server = await OptioServer.start(t, { cwd: await makeFolder(t), args: ['--host', '0.0.0.0'] });
  const { stderr } = await server.stop();
  const [started, ...others] = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { msg, url, version, database } = started;
  assert.deepEqual([msg, url], ['started', server.url]);
  assert.match(`${version} on ${database}`, /^\d+\.\d+\.\d+ on SQLite \d/);
  assert.deepEqual(
    others.map((line) => line.msg),
    ['stopping', 'stopped'],
  );
});

test('A bootstrap token has all scopes, is made once, and is never printed', async (t) => {
  const cwd = await makeFolder(t);
  const env = { OPTIO_BOOTSTRAP_TOKEN: TOKEN, OPTIO_LOG_LEVEL: 'trace' };
  for (const run of ['first', 'second']) {
    const server = await OptioServer.start(t, { cwd, env });
    assert.equal((await server.request('GET', '/optio/v1/account', { token: TOKEN })).status, 200);
    const { body } = await server.request('GET', '/optio/v1/tokens', { token: TOKEN });
    assert.equal(body.results.length, 1);
    if (run === 'first') {
      assert.match(server.stdout, /Bearer \$OPTIO_BOOTSTRAP_TOKEN"/);
      assert.equal((await paste(server.stdout, env)).status, 200);
    } else assert.equal(server.stdout, `Optio is listening on ${server.url}\n`);
    const { stdout, stderr } = await server.stop();
    assert.ok(!`${stdout}${stderr}`.includes(TOKEN));
  }
});

test('A bootstrap token that comes later is added to the first account', async (t) => {
  const cwd = await makeFolder(t);
  await (await OptioServer.start(t, { cwd })).stop();
  const server = await OptioServer.start(t, { cwd, args: ['--bootstrap-token', TOKEN] });
  const { body } = await server.request('GET', '/optio/v1/tokens', { token: TOKEN });
  assert.equal(body.results.length, 2);
});

test('A bootstrap token that was revoked is refused at start', async (t) => {
  const cwd = await makeFolder(t);
  const env = { OPTIO_BOOTSTRAP_TOKEN: TOKEN };
  await (await OptioServer.start(t, { cwd, env })).stop();
  const [{ id }] = JSON.parse((await runOptio(['token', 'list', '--json'], { cwd })).stdout);
  await runOptio(['token', 'revoke', id], { cwd });
  const ended = await runOptio(['serve', '--port', '0'], { cwd, env });
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^optio: the bootstrap token \(OPTIO_BOOTSTRAP_TOKEN\) was revoked; .*\n$/);
});

test('A bootstrap token that lacks scopes gets them; one of another account is refused', async (t) => {
  const cwd = await makeFolder(t);
  await (await OptioServer.start(t, { cwd })).stop();
  const make = async (...args: string[]) =>
    JSON.parse((await runOptio(['token', 'create', '--json', ...args], { cwd })).stdout).token;
  const limited = await make('--scope', 'communication_preferences.read');
  const server = await OptioServer.start(t, { cwd, env: { OPTIO_BOOTSTRAP_TOKEN: limited } });
  assert.equal((await server.request('GET', '/optio/v1/account', { token: limited })).status, 200);
  await server.stop();

  const other = JSON.parse(
    (await runOptio(['account', 'create', '--name', 'Other', '--id', '1', '--json'], { cwd })).stdout,
  );
  const foreign = await make('--account', String(other.id));
  const ended = await runOptio(['serve', '--port', '0'], { cwd, env: { OPTIO_BOOTSTRAP_TOKEN: foreign } });
  assert.equal(ended.code, 1);
  assert.match(
    ended.stderr,
    /^optio: the bootstrap token \(OPTIO_BOOTSTRAP_TOKEN\) is a token of another account .*\n$/,
  );
});

test('Several processes that start at once on one new file make one account', async (t) => {
  const cwd = await makeFolder(t);
  const servers = await Promise.all([1, 2, 3].map(() => OptioServer.start(t, { cwd })));
  assert.equal(servers.filter(({ stdout }) => stdout.includes('This is the first start')).length, 1);
  const accounts = JSON.parse((await runOptio(['account', 'list', '--json'], { cwd })).stdout);
  assert.equal(accounts.length, 1);
});

test('A server on every interface says so literally, and its curl line reaches it all the same', async (t) => {
  const server = await OptioServer.start(t, { cwd: await makeFolder(t), env: { OPTIO_HOST: '0.0.0.0' } });
  assert.match(server.url, /^http:\/\/0\.0\.0\.0:\d+$/);
  assert.match(server.stdout, /"http:\/\/127\.0\.0\.1:/);
  assert.equal((await paste(server.stdout)).status, 200);
});

test('An IPv6 address stands in brackets', async (t) => {
  const server = await OptioServer.start(t, { cwd: await makeFolder(t), args: ['--host', '::1'] }).catch(() => null);
  if (!server) return t.skip('this machine has no IPv6');
  assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
  assert.equal((await paste(server.stdout)).status, 200);
});

test('A port in use, a database that cannot be and one that is none are one clear line each', async (t) => {
  const cwd = await makeFolder(t);
  const port = await occupyPort(t);
  await writeFile(join(cwd, 'notes.txt'), 'This is no database, but long enough to look at for SQLite. '.repeat(20));
  const inUse = await runOptio(['serve', '--port', String(port)], { cwd });
  const cases: [string, RegExp][] = [
    ['sqlite:notes.txt', /cannot be used: .*not an SQLite database/],
    ['sqlite:notes.txt/optio.db', /^optio: the database sqlite:notes\.txt\/optio\.db cannot be used: /],
    ['sqlite:.', /cannot be used: /],
  ];
  assert.equal(inUse.code, 1);
  assert.match(inUse.stderr, new RegExp(`^optio: another process listens on 127\\.0\\.0\\.1:${port} already; .*\\n$`));
  assert.match(inUse.stdout, /pat-opt1-/, 'the token of the first account is not lost');
  for (const [url, says] of cases) {
    const ended = await runOptio(['serve', '--port', '0', '--database-url', url], { cwd });
    assert.equal(ended.code, 1, ended.stderr);
    assert.match(ended.stderr, says);
    assert.match(ended.stderr, /^optio: [^\n]*\n$/);
    assert.equal(ended.stdout, '');
  }
});

test('A database that may not be written is one clear line', async (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write everything');
  const cwd = await makeFolder(t);
  await chmod(cwd, 0o500);
  const ended = await runOptio(['serve', '--port', '0'], { cwd });
  await chmod(cwd, 0o700);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^optio: the database sqlite:\.\/data\/optio\.db cannot be used: [^\n]*\n$/);
});

test('A wrong setting is refused with exit code 2 before anything is made', async (t) => {
  const cwd = await makeFolder(t);
  const ended = await runOptio(['serve'], { cwd, env: { OPTIO_PORT: 'eighty' } });
  assert.deepEqual(ended, {
    code: 2,
    stdout: '',
    stderr: 'optio: the environment variable OPTIO_PORT is "eighty", but must be a whole number from 0 to 65535\n',
  });
  assert.equal((await runOptio(['account', 'list'], { cwd })).code, 1);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} during a stream of writes: every answered write is there, and the process ends with 0`, async (t) => {
    const cwd = await makeFolder(t);
    const server = await OptioServer.start(t, { cwd });
    const { token } = server;
    const [definition] = (await server.request('GET', '/optio/v1/definitions')).body.results;
    const answered: string[] = [];
    let asking = true;
    const writers = Array.from({ length: 16 }, async (_, writer) => {
      for (let count = 0; asking; count++) {
        const address = `w${writer}-${count}@example.com`;
        const body = { subscriptionId: definition.id, statusState: 'SUBSCRIBED', channel: 'EMAIL' };
        const answer = await server
          .request('POST', `/communication-preferences/v4/statuses/${address}`, { body })
          .catch(() => null);
        if (!answer) return;
        assert.equal(answer.status, 200);
        answered.push(address);
      }
    });
    while (answered.length < 100) await sleep(10);
    const stopped = await server.stop(signal);
    asking = false;
    assert.ok(stopped.stderr.includes('"stopped"'));
    await Promise.all(writers);
    assert.deepEqual([stopped.code, stopped.signal], [0, null], stopped.stderr);
    assert.ok(!stopped.stderr.includes('@example.com'), 'no address is logged');

    const again = await OptioServer.start(t, { cwd });
    for (let start = 0; start < answered.length; start += 100) {
      const inputs = answered.slice(start, start + 100);
      const { body } = await again.request('POST', '/communication-preferences/v4/statuses/batch/read?channel=EMAIL', {
        token,
        body: { inputs },
      });
      for (const { statuses } of body.results) {
        const row = statuses.find((each: { subscriptionId: number }) => each.subscriptionId === definition.id);
        assert.equal(row.status, 'SUBSCRIBED');
      }
    }
  });
}

test('A connection that says nothing, or was kept alive, does not keep the server from ending', async (t) => {
  const server = await OptioServer.start(t, { cwd: await makeFolder(t) });
  const port = Number(new URL(server.url).port);
  const silent = connect(port, '127.0.0.1');
  const keptAlive = connect(port, '127.0.0.1');
  await Promise.all([once(silent, 'connect'), once(keptAlive, 'connect')]);
  keptAlive.write('GET /health/live HTTP/1.1\r\nHost: optio\r\n\r\n');
  await once(keptAlive, 'data');
  const ends = Promise.all([once(silent, 'close'), once(keptAlive, 'close')]);
  const { code } = await server.stop();
  await ends;
  assert.equal(code, 0);
});

test('A connection whose request was under way is closed once it is answered', async (t) => {
  const server = await OptioServer.start(t, { cwd: await makeFolder(t) });
  const client = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(client, 'connect');
  let answer = '';
  client.setEncoding('utf8').on('data', (text) => {
    answer += text;
  });
  const body = JSON.stringify({ name: 'Slow' });
  client.write('POST /optio/v1/brands HTTP/1.1\r\nHost: optio\r\nContent-Type: application/json\r\n');
  client.write(`Authorization: Bearer ${server.token}\r\nContent-Length: ${body.length}\r\n\r\n`);
  await sleep(200);
  const stopped = server.stop();
  await sleep(200);
  const from = performance.now();
  client.write(body);
  assert.equal((await stopped).code, 0);
  assert.ok(performance.now() - from < 5_000, 'it did not wait for the client to let go');
  assert.match(answer, /^HTTP\/1\.1 201 /);
});

test('A second signal ends the process at once', async (t) => {
  const server = await OptioServer.start(t, { cwd: await makeFolder(t) });
  const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(slow, 'connect');
  slow.write('POST /optio/v1/definitions HTTP/1.1\r\nHost: optio\r\nContent-Length: 100\r\n');
  slow.on('error', () => {});
  await sleep(100);
  server.child.kill('SIGTERM');
  await sleep(800);
  assert.equal(server.child.exitCode, null, 'it waits for the request');
  const { code } = await server.stop('SIGTERM');
  assert.equal(code, 128 + 15);
});
