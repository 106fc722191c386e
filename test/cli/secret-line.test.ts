/** A secret from standard input. */
import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { readSecretLine } from '../../src/cli/secret-line.ts';

function pipe(...parts: readonly (string | Buffer)[]): Readable {
  return Readable.from(
    parts.map((part) => Buffer.from(part)),
    { objectMode: false },
  );
}

test('The first line is read, without its end and with its spaces', async () => {
  assert.equal(await readSecretLine(pipe('a secret\n')), 'a secret');
  assert.equal(await readSecretLine(pipe(' a secret \r\nand more\n')), ' a secret ');
  assert.equal(await readSecretLine(pipe('a se', 'cret')), 'a secret');
  assert.equal(await readSecretLine(pipe('')), '');
  assert.equal(await readSecretLine(pipe('\n')), '');
  const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
  assert.equal(await readSecretLine(pipe(first, second)), 'ü');
});

test('Input that never ends its line is not read for ever, nor is one that goes on behind the line', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1_000, 'x');
    })(),
    { objectMode: false },
  );
  assert.ok((await readSecretLine(endless))!.length > 4_096);
  const open = new PassThrough();
  open.write('a secret\n');
  assert.equal(await readSecretLine(open), 'a secret');
});

test('A terminal is not read: it would show what is typed', async () => {
  assert.equal(await readSecretLine(Object.assign(new PassThrough(), { isTTY: true })), null);
});
