/** Several processes on one database, all changing the same few contacts: nothing is lost, every chain holds. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { replay } from '../../src/domain/ledger.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/port.ts';
import { createDatabase, stopOwnServer } from '../support/database.ts';
import { runChildren } from './child-processes.ts';
import { contendedAddress, refOf } from './samples.ts';

const PROCESSES = ['a', 'bb', 'ccc', 'dddd'];
const CHANGES = 60;
const CONTACTS = 7;

after(stopOwnServer);

test('SQLite: four processes contend for seven contacts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'optio-contend-'));
  try {
    await contend(`sqlite:${join(folder, 'optio.db')}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('PostgreSQL: four processes contend for seven contacts', async () => {
  const { databaseUrl, drop } = await createDatabase();
  try {
    await contend(databaseUrl);
  } finally {
    await drop();
  }
});

async function contend(databaseUrl: string): Promise<void> {
  const store = await openStore(databaseUrl);
  try {
    await store.migrate();
    const printed = await runChildren(
      'contend',
      PROCESSES.map((name) => [databaseUrl, name, String(CHANGES), String(CONTACTS)]),
    );
    const conflicts = printed.reduce((sum, text) => sum + Number(text), 0);
    assert.ok(conflicts > 0, 'the processes never met: this test has shown nothing');
    await assertNothingLost(store);
  } finally {
    await store.close();
  }
}

async function assertNothingLost(store: Store): Promise<void> {
  const written = new Map<string, number>();
  for (let contact = 0; contact < CONTACTS; contact += 1) {
    const ref = refOf(1, contendedAddress(contact));
    const [stored] = await store.subscribers.load([ref]);
    const events = (await store.subscribers.history(ref, 10_000)).reverse();
    // Versions without gaps, links, hashes, instants: `replay` checks them all. The events alone rebuild the row.
    assert.deepEqual(replay(events), stored?.state);
    for (const event of events) {
      const { source } = JSON.parse(event.body) as { source: string };
      written.set(source, (written.get(source) ?? 0) + 1);
    }
  }
  for (const name of PROCESSES) {
    for (let index = 0; index < CHANGES; index += 1) {
      const contacts = new Set([0, 1, 2].map((step) => (index * 3 + step * name.length) % CONTACTS));
      assert.equal(written.get(`${name}:${index}`), contacts.size, `the commit ${name}:${index}`);
    }
  }
  assert.equal(written.size, PROCESSES.length * CHANGES);
}
