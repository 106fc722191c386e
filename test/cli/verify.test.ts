/** `optio verify`, `optio checkpoint`, `optio export-ledger`: as processes, on a ledger in a file. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { before, describe, test } from 'node:test';
import { publishedCheckpoint } from '../../src/domain/checkpoint.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { type Ended, endOfSuite, makeFolder, OptioServer, runOptio } from '../support/optio-process.ts';
import { fillWithLedger, type SampleLedger } from '../support/sample-ledger.ts';
import { seededRandom } from '../torture/seeded-random.ts';

describe('A ledger is sealed, verified and exported', () => {
  const suite = endOfSuite();
  let cwd: string;
  let sample: SampleLedger;
  const optio = (...args: string[]): Promise<Ended> =>
    runOptio([...args, '--database-url', 'sqlite:optio.db'], { cwd });

  before(async () => {
    cwd = await makeFolder(suite);
    const store = await openStore(`sqlite:${join(cwd, 'optio.db')}`);
    await store.migrate();
    sample = await fillWithLedger(store, seededRandom(3, 'cli'));
    await store.close();
  });

  /** Runs `work` with the database altered by `sql`, and puts it back. */
  async function altered(sql: string, work: () => Promise<void>): Promise<void> {
    const path = join(cwd, 'optio.db');
    const before = await readFile(path);
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    await work();
    await writeFile(path, before);
  }

  test('where nothing was altered, all of it holds', async () => {
    const { code, stdout, stderr } = await optio('verify');
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(
      stdout,
      `contacts     ${sample.contacts.length}\nevents       320\ncheckpoints  2, over 300 events\n\nAll of it holds.\n`,
    );
    const { holds, brokenCount, broken } = JSON.parse((await optio('verify', '--json')).stdout);
    assert.deepEqual([holds, brokenCount, broken], [true, 0, []]);
  });

  test('what was altered is named, and the exit code is 1', async () => {
    const { ref, events } = sample.contacts.find((contact) => contact.events.length > 2)!;
    const { eventId } = events[1]!;
    const id = `x'${eventId.replaceAll('-', '')}'`;
    await altered(`UPDATE event SET body = replace(body, 'EMAIL', 'MAIL') WHERE event_id = ${id}`, async () => {
      const { code, stdout, stderr } = await optio('verify');
      assert.deepEqual([code, stderr], [1, 'optio: one thing does not hold\n']);
      const place = `account ${ref.accountId}, key ${ref.subscriberKey}, version 2, event ${eventId}`;
      assert.ok(stdout.endsWith(`\n${place}: its hash is not that of what it says\n`), stdout);
      const found = JSON.parse((await optio('verify', '--json')).stdout);
      const broken = { kind: 'contact', ...ref, version: 2, eventId, problem: 'wrong-hash' };
      assert.deepEqual([found.holds, found.broken], [false, [broken]]);
    });
  });

  test('one contact alone is verified in a moment', async () => {
    const { ref, address, events } = sample.contacts.find((contact) => contact.events.length > 2)!;
    const one = ['verify', '--account', String(ref.accountId), '--address', address];
    assert.match((await optio(...one)).stderr, /there is no account/);
    const database = new DatabaseSync(join(cwd, 'optio.db'));
    database.exec(
      `INSERT INTO account (id, name, data_privacy, created_at, updated_at) VALUES (${ref.accountId}, 'A', 0, 1, 1)`,
    );
    database.close();
    const { code, stdout, stderr } = await optio(...one);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      new RegExp(`^contacts +1\\nevents +${events.length}\\ncheckpoints +1, over \\d+ events\\n\\nAll of it holds`),
    );
    const stranger = await optio('verify', '--account', String(ref.accountId), '--address', 'who@example.com');
    assert.equal(stranger.stderr, 'optio: nothing is known of who@example.com\n');
    const both = await optio(...one, '--checkpoints', 'x.json');
    assert.deepEqual([both.code, both.stderr], [2, 'optio: --checkpoints needs all events; leave --address out\n']);
  });

  test('a hundred things are named, with --full all', async () => {
    await altered("UPDATE event SET hash = zeroblob(32) WHERE account_id = 7; UPDATE event SET body = ''", async () => {
      const some = await optio('verify');
      assert.match(some.stderr, /^optio: \d+ things do not hold\n$/);
      const [, more] = /and (\d+) more; --full names all\n$/.exec(some.stdout) ?? [];
      const lines = (text: string) => text.split('\n\n')[1]!.trimEnd().split('\n').length;
      assert.equal(lines(some.stdout), 101);
      assert.equal(lines((await optio('verify', '--full')).stdout), 100 + Number(more));
    });
  });

  test('checkpoints that were kept elsewhere show what was sealed anew', async () => {
    const listed = await optio('checkpoint', 'list', '--json');
    assert.deepEqual(JSON.parse(listed.stdout), sample.checkpoints.map(publishedCheckpoint));
    await writeFile(join(cwd, 'kept.json'), listed.stdout);
    assert.equal((await optio('verify', '--checkpoints', 'kept.json')).code, 0);
    await altered('DELETE FROM ledger_checkpoint; DELETE FROM ledger_tile', async () => {
      assert.equal((await optio('checkpoint', 'seal')).code, 0);
      assert.equal((await optio('verify')).code, 0);
      const { code, stdout } = await optio('verify', '--checkpoints', 'kept.json');
      assert.equal(code, 1);
      assert.match(stdout, /\ncheckpoint 1: it is not the one that was published\ncheckpoint 2: it is missing\n$/);
    });
  });

  test('a file that holds no checkpoints is refused', async () => {
    await writeFile(join(cwd, 'empty.json'), '[]');
    await writeFile(join(cwd, 'other.json'), '[{"number": 1}]');
    for (const [file, says] of [
      ['nowhere.json', /nowhere\.json cannot be read \(ENOENT\)/],
      ['empty.json', /empty\.json holds no array of checkpoints/],
      ['other.json', /no\. 1 in other\.json is no checkpoint/],
    ] as const) {
      const { code, stdout, stderr } = await optio('verify', '--checkpoints', file);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, says);
    }
  });

  test('sealing prints the checkpoint; where nothing is new, the last one', async () => {
    const first = JSON.parse((await optio('checkpoint', 'seal', '--json')).stdout);
    assert.deepEqual([first.number, first.size], [3, 320]);
    const again = await optio('checkpoint', 'seal');
    assert.match(again.stdout, /^checkpoint {2}3\nevents {6}320\n[\s\S]*\n\nNothing happened since\.\n$/);
    assert.match((await optio('checkpoint', 'list')).stdout, /^NUMBER {2}EVENTS {2}SEALED AT[\s\S]*\n3 {7}320 /);
    assert.equal((await optio('checkpoint', 'key')).stdout, `${first.publicKey}\n`);
  });

  test('on a checkpoint that was altered, none is built', async () => {
    await altered('UPDATE ledger_checkpoint SET peaks = zeroblob(64)', async () => {
      const { code, stderr } = await optio('checkpoint', 'seal');
      assert.deepEqual(
        [code, stderr],
        [1, 'optio: checkpoint 3 was altered, and none can follow on it; run: optio verify\n'],
      );
    });
  });

  test('where nothing ever happened there is nothing to seal', async () => {
    const url = ['--database-url', 'sqlite:new.db'];
    await runOptio(['migrate', ...url], { cwd });
    const { code, stderr } = await runOptio(['checkpoint', 'seal', ...url], { cwd });
    assert.equal(code, 1);
    assert.match(stderr, /^optio: there is no event yet that is older than a second: there is nothing to seal\n$/);
    assert.match((await runOptio(['verify', ...url], { cwd })).stdout, /\nevents {7}0\ncheckpoints {2}none: /);
  });

  test('one event is one event', async () => {
    const folder = await makeFolder(suite);
    const server = await OptioServer.start(suite, { cwd: folder });
    const statuses = '/communication-preferences/v4/statuses/ada%40example.com';
    await server.request('POST', `${statuses}/unsubscribe-all?channel=EMAIL`);
    await server.stop();
    const run = (...args: string[]) => runOptio(args, { cwd: folder });
    assert.equal((await run('evidence', 'ada@example.com', '--out', 'ada.html')).code, 0);
    assert.match((await run('verify')).stdout, /\ncheckpoints {2}1, over 1 event\n/);
    const exported = await run('export-ledger', '--out', 'ledger.ndjson');
    assert.equal(exported.stdout, 'ledger.ndjson holds 1 event\n');
  });

  test('an export is for its owner alone, and overwrites nothing', async () => {
    const { code, stdout } = await optio('export-ledger', '--out', 'ledger.ndjson');
    assert.deepEqual([code, stdout], [0, 'ledger.ndjson holds 320 events\n']);
    assert.equal((await stat(join(cwd, 'ledger.ndjson'))).mode & 0o777, 0o600);
    const again = await optio('export-ledger', '--out', 'ledger.ndjson');
    assert.deepEqual(
      [again.code, again.stderr],
      [1, 'optio: ledger.ndjson is there already; name a new file with --out\n'],
    );
    const nowhere = await optio('export-ledger', '--out', 'no/such/folder');
    assert.match(
      nowhere.stderr,
      /^optio: no\/such\/folder cannot be written \(ENOENT\); name another file with --out\n$/,
    );
  });
});
