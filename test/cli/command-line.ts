/** Commands as tests run them, one after the other in a folder, and what must be true of how they end. */
import assert from 'node:assert/strict';
import { type Ended, runOptio } from '../support/optio-process.ts';

/** `folder` says where, by the time that a command runs. */
export function commandsIn(folder: () => string) {
  const run = (...args: readonly string[]): Promise<Ended> => runOptio(args, { cwd: folder() });
  const json = async (...args: readonly string[]) => printedBy(await run(...args, '--json'));
  return { run, json };
}

/** What a command with `--json` printed, which must have succeeded and complained of nothing. */
// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
export function printedBy({ code, stdout, stderr }: Ended): any {
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout);
}

/** Refused or failed, which one line of standard error says, and nothing else. */
export function assertFailed({ code, stdout, stderr }: Ended, expected: 1 | 2, says: RegExp): void {
  assert.equal(code, expected, stderr);
  assert.match(stderr, says);
  assert.match(stderr, /^optio: [^\n]*\n$/, 'one line');
  assert.equal(stdout, '');
}

/** Asks until the answer is as wanted: within two seconds, running servers promise to hear of what a command changed. */
export async function within2Seconds(wanted: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (!(await wanted())) assert.ok(performance.now() < deadline, 'two seconds have passed');
}
