import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openStore } from '../../src/storage/open-store.ts';
import { StoreUnavailable } from '../../src/storage/port.ts';
import { runChildren } from './child-processes.ts';
import { firstChange, newAccount } from './samples.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optio-open-'));
});
after(() => rm(folder, { recursive: true }));

for (const url of ['mysql://root:secret@localhost/optio', 'data/optio.db', '', 'file:optio.db', 'SQLITE']) {
  test(`the database URL "${url}" is refused in one line that does not repeat it`, async () => {
    await assert.rejects(openStore(url), (error: Error) => {
      assert.match(error.message, /^The database URL must start with sqlite: or postgres: .*$/);
      assert.ok(!error.message.includes('secret'));
      return !(error instanceof StoreUnavailable);
    });
  });
}

test('a file that is no SQLite database is unavailable, in words and with its cause', async () => {
  const path = join(folder, 'not-a-database.db');
  await writeFile(path, 'These are the minutes of the meeting. '.repeat(100));
  await assert.rejects(openStore(`sqlite:${path}`), (error: Error) => {
    assert.match(error.message, /not an SQLite database/);
    return error instanceof StoreUnavailable && error.cause instanceof Error;
  });
});

test('a folder that cannot be made is unavailable', async () => {
  await writeFile(join(folder, 'a-file'), '');
  await assert.rejects(openStore(`sqlite:${join(folder, 'a-file', 'below', 'optio.db')}`), StoreUnavailable);
  await assert.rejects(openStore(`sqlite:${folder}`), StoreUnavailable);
});

test('a folder below /proc is refused too, where making folders recursively would never end', async (t) => {
  if (process.platform !== 'linux') return t.skip('there is no /proc');
  await assert.rejects(openStore('sqlite:/proc/no-such-folder/optio.db'), StoreUnavailable);
});

test('a file is opened although another process is just setting it up', async () => {
  const path = join(folder, 'being-set-up.db');
  const other = new DatabaseSync(path);
  // Not in WAL mode yet, and locked in the way for which SQLite answers "busy" at once, whatever the busy timeout.
  other.exec('CREATE TABLE half_way (id INTEGER); BEGIN IMMEDIATE');
  const opening = openStore(`sqlite:${path}`);
  await sleep(150);
  other.close();
  const store = await opening;
  await store.migrate();
  await store.close();
});

test('a new file and its folder are for their user alone, and so is what SQLite puts beside it', async () => {
  const path = join(folder, 'private', 'optio.db');
  const store = await openStore(`sqlite:${path}`);
  await store.migrate();
  const modes = ['', 'optio.db', 'optio.db-wal'].map((name) => statSync(join(folder, 'private', name)).mode & 0o777);
  assert.deepEqual(modes, [0o700, 0o600, 0o600]);
  await store.close();
});

test('while another process holds the write lock, reads and everything else in this process go on', async () => {
  const path = join(folder, 'contended.db');
  const store = await openStore(`sqlite:${path}`);
  await store.migrate();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  let isWritten = false;
  const writing = store.catalog.insertAccount(newAccount(77)).then(() => {
    isWritten = true;
  });
  for (let turn = 0; turn < 20; turn++) {
    await sleep(1);
    assert.deepEqual(await store.catalog.listAccounts(), []);
  }
  assert.equal(isWritten, false);
  other.exec('COMMIT');
  await writing;
  assert.equal((await store.catalog.listAccounts()).length, 1);
  other.close();
  await store.close();
});

test('a write lock that another process holds for too long is unavailable, and nothing stays half done', async () => {
  const path = join(folder, 'locked.db');
  const store = await openStore(`sqlite:${path}`);
  const other = new DatabaseSync(path);
  try {
    await store.migrate();
    other.exec('BEGIN IMMEDIATE');
    const change = firstChange(1, 'waiting@example.com');
    await assert.rejects(store.subscribers.commit([change]), /another process holds the write lock/);
    other.exec('ROLLBACK');
    assert.equal(await store.subscribers.commit([change]), 'committed');
  } finally {
    other.close();
    await store.close();
  }
});

test('a commit that the disk has no room for is refused whole', { skip: process.platform === 'win32' }, async () => {
  const script = fileURLToPath(new URL('./children/fill-disk.ts', import.meta.url));
  // A limit on the size of files, 2 MB, fails writes as a full disk does.
  const shell = ['-c', 'ulimit -f 4096 && exec "$0" "$@"', process.execPath, script, join(folder, 'full.db')];
  const { stdout } = await promisify(execFile)('sh', shell);
  const { committed, ...outcome } = JSON.parse(stdout);
  assert.deepEqual(outcome, { refusedBy: 'StoreUnavailable', keptOfRefused: 0, lostOfCommitted: 0 });
  assert.ok(committed > 0);
});

test('SQLite is opened without loading pg', async () => {
  const [output = ''] = await runChildren('loaded-modules', [['sqlite::memory:']]);
  assert.equal(output.trim(), 'pg not loaded');
});

test('a file made read-only is unavailable to writers', { skip: process.getuid?.() === 0 }, async () => {
  const path = join(folder, 'read-only.db');
  const store = await openStore(`sqlite:${path}`);
  await store.migrate();
  await store.close();
  await chmod(path, 0o444);
  await assert.rejects(openStore(`sqlite:${path}`), StoreUnavailable);
});
