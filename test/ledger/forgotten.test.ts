/** A ledger of which parts were erased, and evidence was kept as long as it is kept: it holds, and says what is gone. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemRandomness } from '../../src/actions/context.ts';
import { eraseContact, OPERATOR_ACTOR } from '../../src/actions/erase-contact.ts';
import { expireEvidence } from '../../src/actions/expire-evidence.ts';
import { exportLedger } from '../../src/actions/export-ledger.ts';
import { sealingOf, sealLedger } from '../../src/actions/seal-ledger.ts';
import { verifyLedger } from '../../src/actions/verify-ledger.ts';
import { parseAddress } from '../../src/domain/address.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/port.ts';
import { account } from '../storage/samples.ts';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';
import { PYTHON_MISSING, runPython } from '../support/python.ts';
import { fillWithLedger, type SampleLedger } from '../support/sample-ledger.ts';
import { anySeed, seededRandom } from '../torture/seeded-random.ts';

const VERIFIER = join(import.meta.dirname, '../../docs/verify.py');
const seed = Number(process.env.OPTIO_TEST_SEED ?? anySeed());

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optio-forgotten-'));
});
after(async () => {
  await rm(folder, { recursive: true });
  await stopOwnServer();
});

async function forgetSome(store: Store, sample: SampleLedger): Promise<void> {
  const forgetter = { store, clock: Date.now, randomness: systemRandomness() };
  for (const { ref, address } of sample.contacts.slice(0, 10)) {
    const outcome = await eraseContact(forgetter, ref.accountId, parseAddress(address)!, OPERATOR_ACTOR, 'asked for');
    assert.ok(outcome.kind === 'done' && outcome.value.tombstone);
  }
  const expiry = await expireEvidence(forgetter, { ...account(7), keepEvidenceMonths: 1 });
  assert.ok(expiry.events > 0 && expiry.passedOver === 0, JSON.stringify(expiry));
}

async function problemsOf(store: Store): Promise<string[]> {
  const { broken } = await store.audit((audit) => verifyLedger(audit, { published: [], listed: 100, told: () => {} }));
  return broken.map(({ problem }) => problem);
}

async function pythonSays(store: Store): Promise<string> {
  const path = join(folder, 'ledger.ndjson');
  let text = '';
  await store.audit(async (audit) => {
    for await (const lines of exportLedger(audit, 0, () => {})) text += lines;
  });
  await writeFile(path, text);
  return (await runPython(VERIFIER, path)).stdout;
}

async function check(databaseUrl: string, undoErasure: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openStore(databaseUrl);
  try {
    await store.migrate();
    const sample = await fillWithLedger(store, seededRandom(seed, 'forgotten'));
    await forgetSome(store, sample);
    assert.equal((await sealLedger(sealingOf(store))).kind, 'sealed');
    assert.deepEqual(await problemsOf(store), [], `seed ${seed}`);
    assert.match(await pythonSays(store), /: all of it holds\n$/);
    await undoErasure(store);
    assert.deepEqual(new Set(await problemsOf(store)), new Set(['address-not-erased']));
    assert.match(await pythonSays(store), /\n.*: 10 things do not hold\n$/);
  } finally {
    await store.close();
  }
}

const UNDO = "UPDATE subscriber SET address = 'a@example.com' WHERE address IS NULL";

test('in a file', { skip: PYTHON_MISSING }, () =>
  check(`sqlite:${join(folder, 'optio.db')}`, async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(folder, 'optio.db'));
    database.exec(UNDO);
    database.close();
  }),
);

test('on PostgreSQL', { skip: PYTHON_MISSING }, async () => {
  const { databaseUrl, drop } = await createDatabase();
  try {
    await check(databaseUrl, () => query(databaseUrl, UNDO));
  } finally {
    await drop();
  }
});
