/** `docs/verify.py`, which shares no line with Optio, on exported ledgers: good ones, and ones that were tampered with. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { exportLedger } from '../../src/actions/export-ledger.ts';
import { publishedCheckpoint } from '../../src/domain/checkpoint.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { SqliteAudit } from '../../src/storage/sqlite/audit.ts';
import { PYTHON_MISSING, runPython } from '../support/python.ts';
import { fillWithLedger, type SampleLedger } from '../support/sample-ledger.ts';
import { anySeed, seededRandom } from '../torture/seeded-random.ts';
import { TAMPERINGS } from './tamperings.ts';

const VERIFIER = join(import.meta.dirname, '../../docs/verify.py');
const TRIALS = Number(process.env.OPTIO_TEST_TAMPERINGS ?? 3);
/** Of what only our own tables hold, an export tells nothing; and of letters in an address, nothing is checked there. */
const NOT_EXPORTED = ['a byte of a seal', 'a seal dropped', 'the horizon moved back', "a byte of a contact's row"];

const seed = Number(process.env.OPTIO_TEST_SEED ?? anySeed());

async function verify(...files: readonly string[]): Promise<{ code: number | null; says: string }> {
  const { code, stdout, stderr } = await runPython(VERIFIER, ...files);
  return { code, says: stdout + stderr };
}

describe(`an export and the verifier in Python, seed ${seed}`, { skip: PYTHON_MISSING }, () => {
  let folder: string;
  let database: DatabaseSync;
  let sample: SampleLedger;
  let ledger: string;
  let published: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'optio-export-'));
    const path = join(folder, 'optio.db');
    [ledger, published] = [join(folder, 'ledger.ndjson'), join(folder, 'checkpoints.json')];
    const store = await openStore(`sqlite:${path}`);
    await store.migrate();
    sample = await fillWithLedger(store, seededRandom(seed, 'sample'));
    await store.close();
    await writeFile(published, JSON.stringify(sample.checkpoints.map(publishedCheckpoint)));
    database = new DatabaseSync(path);
  });

  after(async () => {
    database?.close();
    await rm(folder, { recursive: true });
  });

  async function exportNow(): Promise<string> {
    let text = '';
    for await (const lines of exportLedger(new SqliteAudit(database), 0, () => {})) text += lines;
    await writeFile(ledger, text);
    return text;
  }

  test('it has fewer than 200 lines', async () => {
    assert.ok((await readFile(VERIFIER, 'utf8')).split('\n').length <= 200);
  });

  test('a ledger that nobody touched holds, with and without published checkpoints', async () => {
    await exportNow();
    const expected = {
      code: 0,
      says: `320 events, ${sample.contacts.length} contacts, 2 checkpoints: all of it holds\n`,
    };
    assert.deepEqual(await verify(ledger), expected);
    assert.deepEqual(await verify(ledger, published), expected);
  });

  test('a signature, a published checkpoint and the end of the file are looked at', async () => {
    const text = await exportNow();
    const { signature } = sample.checkpoints[1]!;
    await writeFile(
      ledger,
      text.replace(
        signature,
        signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
      ),
    );
    assert.match((await verify(ledger)).says, /^checkpoint 2: the signature is wrong$/m);
    await writeFile(ledger, text.slice(0, text.lastIndexOf('{')));
    assert.match((await verify(ledger)).says, /its end is missing$/m);
    await writeFile(ledger, text.replace(/\{"kind":"checkpoint".*\n/g, ''));
    assert.equal((await verify(ledger, published)).code, 0);
    const first = text.indexOf('{"kind":"event"');
    await writeFile(ledger, text.slice(0, first) + text.slice(text.indexOf('\n', first) + 1));
    assert.match((await verify(ledger, published)).says, /^checkpoint 1: the events that it covers are not those/m);
  });

  for (const [name, tampering] of Object.entries(TAMPERINGS).filter(([each]) => !NOT_EXPORTED.includes(each))) {
    test(`${name}: found`, async () => {
      const random = seededRandom(seed, name);
      for (let trial = 1; trial <= TRIALS; ) {
        database.exec('BEGIN');
        try {
          const what = tampering({ database, sample, random });
          if (what === null) continue;
          await exportNow();
          const { code, says } = await verify(ledger, published);
          assert.equal(code, 1, `trial ${trial} of seed ${seed} was not found: ${what}\n${says}`);
          trial += 1;
        } finally {
          database.exec('ROLLBACK');
        }
      }
    });
  }
});
