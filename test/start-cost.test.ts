/** What a start does not do. Nothing is timed: machines differ, but what is loaded is the same everywhere. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const APP = new URL('../src/app.ts', import.meta.url).href;
const INDEX = new URL('../src/index.ts', import.meta.url).href;

const START_SERVER = `
  const { startApp } = await import(${JSON.stringify(APP)});
  const config = { host: '127.0.0.1', port: 0, databaseUrl: 'sqlite::memory:', bootstrapToken: null, logLevel: 'silent', workers: 1, limits: null, maxBatchInputs: 100, oidcIssuers: [] };
  const { app } = await startApp(config, { firstAccount: () => {} });
  const stop = () => app.close();`;

const START_STAND_IN = `
  const { startOptio } = await import(${JSON.stringify(INDEX)});
  const { stop } = await startOptio();`;

/** What is printed by a program that started something: which packages and which parts of Node.js that took. */
const TELL = `
  import { createRequire } from 'node:module';
  const files = Object.keys(createRequire(import.meta.url).cache).map((path) => path.replaceAll('\\\\', '/'));
  await stop();
  const packages = files.flatMap((path) => /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(path)?.[1] ?? []);
  console.log(JSON.stringify({ packages: [...new Set(packages)], parts: process.moduleLoadList }));`;

for (const [what, start] of [
  ['A start on SQLite', START_SERVER],
  ['A stand-in without a seed', START_STAND_IN],
] as const) {
  test(`${what} loads neither what compiles schemas nor what describes them, nor pg, nor an HTTP client`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', start + TELL]);
    const { packages, parts } = JSON.parse(stdout) as { packages: string[]; parts: string[] };
    assert.ok(packages.includes('fastify') && parts.includes('NativeModule http'), stdout);
    for (const name of ['ajv', '@fastify/swagger', 'yaml', 'light-my-request', 'pg', 'jose']) {
      assert.ok(!packages.includes(name), name);
    }
    assert.deepEqual(
      parts.filter((part) => part.includes('undici')),
      [],
      'some module imports node:http; see src/http/node-http.ts',
    );
  });
}
