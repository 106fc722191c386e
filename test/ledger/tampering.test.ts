/** Whatever is done to a ledger: it is found. Thousands of times, at random, by a seed that repeats it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { type Verdict, verifyLedger } from '../../src/actions/verify-ledger.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { SqliteAudit } from '../../src/storage/sqlite/audit.ts';
import { fillWithLedger, type SampleLedger } from '../support/sample-ledger.ts';
import { anySeed, seededRandom } from '../torture/seeded-random.ts';
import { TAMPERINGS } from './tamperings.ts';

/** Of each kind. */
const TRIALS = Number(process.env.OPTIO_TEST_TAMPERINGS ?? 100);
/** There are many more bytes than there are seals. */
const MORE_TRIALS: Readonly<Record<string, number>> = { 'a byte of an event': 10, "a byte of a contact's row": 3 };

const seed = Number(process.env.OPTIO_TEST_SEED ?? anySeed());

describe(`tampering, seed ${seed}`, () => {
  let folder: string;
  let database: DatabaseSync;
  let sample: SampleLedger;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'optio-tampering-'));
    const path = join(folder, 'optio.db');
    const store = await openStore(`sqlite:${path}`);
    await store.migrate();
    sample = await fillWithLedger(store, seededRandom(seed, 'sample'));
    await store.close();
    database = new DatabaseSync(path);
  });

  after(async () => {
    database?.close();
    await rm(folder, { recursive: true });
  });

  function verify(): Promise<Verdict> {
    const options = { published: sample.checkpoints, listed: 100, told: () => {} };
    return verifyLedger(new SqliteAudit(database), options);
  }

  test('a ledger that nobody touched holds', async () => {
    const verdict = await verify();
    assert.deepEqual(verdict, {
      contacts: sample.contacts.length,
      events: sample.contacts.reduce((sum, { events }) => sum + events.length, 0),
      checkpoints: 2,
      sealedEvents: sample.sealed,
      brokenCount: 0,
      broken: [],
    });
  });

  for (const [name, tampering] of Object.entries(TAMPERINGS)) {
    const trials = TRIALS * (MORE_TRIALS[name] ?? 1);
    test(`${name}: found ${trials} times of ${trials}`, async () => {
      const random = seededRandom(seed, name);
      for (let trial = 1; trial <= trials; ) {
        database.exec('BEGIN');
        try {
          const what = tampering({ database, sample, random });
          if (what === null) continue;
          const { brokenCount } = await verify();
          assert.ok(brokenCount > 0, `trial ${trial} of seed ${seed} was not found: ${what}`);
          trial += 1;
        } finally {
          database.exec('ROLLBACK');
        }
      }
    });
  }
});
