/** What people see who send the output to where it cannot go: no stack, and an exit code that scripts notice. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

test('a full disk: one line, exit code 1', { skip: !existsSync('/dev/full') }, async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  const [said] = await Promise.all([text(child.stderr!), once(child, 'close')]);
  assert.equal(said, 'optio: standard output cannot be written (ENOSPC)\n');
  assert.equal(child.exitCode, 1);
});

test('a reader that went away: nothing, exit code 1', async () => {
  const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [said] = await Promise.all([text(child.stderr), once(child, 'close')]);
  assert.equal(said, '');
  assert.equal(child.exitCode, 1);
});
