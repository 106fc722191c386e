/**
 * `kill -9` in the middle of writing, again and again on one database: an answered write is there afterwards, a batch
 * is whole or absent, and every contact's ledger rebuilds what is stored.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '../support/database.ts';
import { makeFolder, OptioServer } from '../support/optio-process.ts';
import { assertKept, nothingWritten, writeUntil } from '../support/writing.ts';
import type { Scenario, ScenarioOptions } from './scenario.ts';

const LEAST_ROUNDS = 10;
const WRITERS = 12;
const LONGEST_WAIT_MS = 400;
const TOKEN = 'a-token-of-the-operator';

export const killNineOnSqlite: Scenario = {
  name: 'kill-nine-sqlite',
  promise: 'what was answered survives kill -9 of Optio, again and again',
  run: async (options) => {
    const cwd = await makeFolder(options.lifetime);
    await killAgainAndAgain(options, cwd, `sqlite:${cwd}/optio.db`);
  },
};

export const killNineOnPostgres: Scenario = {
  name: 'kill-nine-postgres',
  promise: 'what was answered survives kill -9 of Optio, again and again, on PostgreSQL',
  run: async (options) => {
    const cwd = await makeFolder(options.lifetime);
    const database = await createDatabase();
    options.lifetime.after(() => database.drop());
    await killAgainAndAgain(options, cwd, database.databaseUrl);
  },
};

async function killAgainAndAgain(options: ScenarioOptions, cwd: string, databaseUrl: string): Promise<void> {
  const { lifetime, random, durationMs, report } = options;
  const env = { OPTIO_DATABASE_URL: databaseUrl, OPTIO_BOOTSTRAP_TOKEN: TOKEN };
  const written = nothingWritten();
  const until = performance.now() + durationMs;
  for (let round = 0; round < LEAST_ROUNDS || performance.now() < until; round++) {
    const server = await OptioServer.start(lifetime, { cwd, env });
    const { body } = await server.request('GET', '/optio/v1/definitions', { token: TOKEN });
    const access = { token: TOKEN, subscriptionId: body.results[0].id };
    let isOver = false;
    const writing = writeUntil(server, access, written, { round, writers: WRITERS, isOver: () => isOver });
    // At another moment each time, in the midst of the writes.
    const from = written.batches.length;
    while (written.batches.length < from + WRITERS) await sleep(5);
    await sleep(LONGEST_WAIT_MS * random());
    const { signal } = await server.stop('SIGKILL');
    isOver = true;
    await writing;
    assert.equal(signal, 'SIGKILL');
    if ((round + 1) % LEAST_ROUNDS === 0) report(`killed ${round + 1} times, ${written.batches.length} batches sent`);
  }
  const kept = await assertKept(databaseUrl, written);
  const answered = written.batches.filter(({ isAnswered }) => isAnswered).length;
  const cutOff = written.batches.length - answered;
  report(`${kept.contacts} contacts, ${kept.events} events; ${answered} batches answered, ${cutOff} cut off`);
  assert.ok(kept.events > 100 && cutOff > 0, 'the writes were many, and some were cut off');
}
