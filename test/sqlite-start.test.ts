/** SQLite files that cannot be used: `optio serve` ends with one clear line, and what is in them stays as it is. */
import assert from 'node:assert/strict';
import { chmod, copyFile, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { LockHolder } from './support/lock-holder.ts';
import { type Ended, endOfSuite, makeFolder, OptioServer, type RunOptions, runOptio } from './support/optio-process.ts';
import { limitFiles, TinyDisk } from './support/tiny-disk.ts';

const TOKEN = 'a-token-of-the-operator';
const PAGE_BYTES = 4_096;

/** Starts on `optio.db` in `cwd`, and expects that to fail. */
function serve(cwd: string, options: Partial<RunOptions> = {}): Promise<Ended> {
  const env = { OPTIO_DATABASE_URL: 'sqlite:optio.db', OPTIO_BOOTSTRAP_TOKEN: TOKEN };
  return runOptio(['serve', '--port', '0'], { cwd, env, ...options });
}

function assertOneLine({ code, stdout, stderr }: Ended, says: RegExp): void {
  assert.match(stderr, /^optio: the database sqlite:optio\.db cannot be used: [^\n]*\n$/);
  assert.match(stderr, says);
  assert.equal(code, 1);
  assert.equal(stdout, '');
}

describe('a database that cannot be used', { concurrency: true, skip: process.platform === 'win32' }, () => {
  const suite = endOfSuite();
  let sound: string;

  before(async () => {
    const cwd = await makeFolder(suite);
    const env = { OPTIO_DATABASE_URL: 'sqlite:optio.db', OPTIO_BOOTSTRAP_TOKEN: TOKEN };
    const server = await OptioServer.start(suite, { cwd, env });
    assert.equal((await server.stop()).code, 0);
    sound = join(cwd, 'optio.db');
  });

  test('damaged throughout', async (t) => {
    const cwd = await makeFolder(t);
    const path = join(cwd, 'optio.db');
    await copyFile(sound, path);
    const file = await open(path, 'r+');
    const { size } = await file.stat();
    for (let at = PAGE_BYTES; at < size; at += PAGE_BYTES)
      await file.write(Buffer.alloc(PAGE_BYTES, 0xff), 0, PAGE_BYTES, at);
    await file.close();
    const damaged = await readFile(path);
    assertOneLine(await serve(cwd), /the file is damaged/);
    assert.deepEqual(await readFile(path), damaged, 'left for whoever can mend it');
  });

  test('cut short', async (t) => {
    const cwd = await makeFolder(t);
    await copyFile(sound, join(cwd, 'optio.db'));
    await truncate(join(cwd, 'optio.db'), 2 * PAGE_BYTES);
    assertOneLine(await serve(cwd), /the file is damaged/);
  });

  test('overwritten from its first byte', async (t) => {
    const cwd = await makeFolder(t);
    await writeFile(join(cwd, 'optio.db'), Buffer.alloc(100_000, 'nonsense '));
    assertOneLine(await serve(cwd), /not an SQLite database/);
  });

  test('locked for good by another process', async (t) => {
    const cwd = await makeFolder(t);
    await copyFile(sound, join(cwd, 'optio.db'));
    const sql = 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE';
    const holder = await LockHolder.take(t, join(cwd, 'optio.db'), sql);
    assertOneLine(await serve(cwd), /another process holds the .*lock for too long/);
    await holder.release();
  });

  test('read-only', async (t) => {
    const disk = await TinyDisk.mount(t, 4);
    if (disk) {
      await copyFile(sound, join(disk.folder, 'optio.db'));
      await disk.makeReadOnly();
      return assertOneLine(await serve(disk.folder), /read-only file system/);
    }
    if (process.getuid?.() === 0) return t.skip('root may write everything, and could mount nothing');
    const cwd = await makeFolder(t);
    await copyFile(sound, join(cwd, 'optio.db'));
    await chmod(join(cwd, 'optio.db'), 0o400);
    assertOneLine(await serve(cwd), /permission denied/);
  });

  test('on a disk that is full', async (t) => {
    const disk = await TinyDisk.mount(t, 4);
    if (!disk) return t.skip('this user cannot mount a disk');
    await disk.fill();
    assertOneLine(await serve(disk.folder), /the disk is full/);
    await disk.free();
    await copyFile(sound, join(disk.folder, 'optio.db'));
    await disk.fill();
    assertOneLine(await serve(disk.folder), /the disk is full/);
    await disk.free();
    const env = { OPTIO_DATABASE_URL: 'sqlite:optio.db', OPTIO_BOOTSTRAP_TOKEN: TOKEN };
    assert.equal((await (await OptioServer.start(t, { cwd: disk.folder, env })).stop()).code, 0);
  });

  test('where files may not grow', async (t) => {
    const cwd = await makeFolder(t);
    assertOneLine(await serve(cwd, { under: limitFiles(16) }), /the disk is full/);
    assert.ok((await stat(join(cwd, 'optio.db'))).size <= 16_384);
  });
});
