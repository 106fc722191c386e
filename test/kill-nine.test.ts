/**
 * `kill -9` in the middle of writing, again and again on one database: an answered write is there afterwards, a batch
 * is whole or absent, and every contact's ledger rebuilds what is stored.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, stopOwnServer } from './support/database.ts';
import { makeFolder, OptioServer } from './support/optio-process.ts';
import { assertKept, nothingWritten, writeUntil } from './support/writing.ts';

const ROUNDS = 10;
const WRITERS = 12;
const TOKEN = 'a-token-of-the-operator';

after(stopOwnServer);

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test(`${engine}: what was answered survives kill -9, ${ROUNDS} times`, async (t) => {
    const cwd = await makeFolder(t);
    const database = engine === 'PostgreSQL' ? await createDatabase() : null;
    t.after(() => database?.drop());
    const databaseUrl = database?.databaseUrl ?? `sqlite:${cwd}/optio.db`;
    const env = { OPTIO_DATABASE_URL: databaseUrl, OPTIO_BOOTSTRAP_TOKEN: TOKEN };
    const written = nothingWritten();
    for (let round = 0; round < ROUNDS; round++) {
      const server = await OptioServer.start(t, { cwd, env });
      const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
      const access = { token: TOKEN, subscriptionId: body.results[0].id };
      let isOver = false;
      const writing = writeUntil(server, access, written, { round, writers: WRITERS, isOver: () => isOver });
      // At another moment each time, in the midst of the writes.
      const from = written.batches.length;
      while (written.batches.length < from + WRITERS) await sleep(5);
      await sleep(40 * round);
      const { signal } = await server.stop('SIGKILL');
      isOver = true;
      await writing;
      assert.equal(signal, 'SIGKILL');
    }
    const kept = await assertKept(databaseUrl, written);
    const answered = written.batches.filter(({ isAnswered }) => isAnswered).length;
    const cutOff = written.batches.length - answered;
    t.diagnostic(`${kept.contacts} contacts, ${kept.events} events; ${answered} batches answered, ${cutOff} cut off`);
    assert.ok(kept.events > 100 && cutOff > 0, 'the writes were many, and some were cut off');
  });
}
