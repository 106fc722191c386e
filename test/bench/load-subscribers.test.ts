/** What the bench loads is what Optio would have written. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { ACCOUNT_ID, addressOf, loadedState, type Population, TOKEN, typeId } from '../../bench/population.ts';
import { checkSubscribers } from '../../bench/subscribers/check.ts';
import { loadSubscribers } from '../../bench/subscribers/load.ts';
import { createDatabase, query, stopOwnServer } from '../support/database.ts';
import { makeFolder, OptioServer } from '../support/optio-process.ts';

after(stopOwnServer);

describe('the loader', () => {
  const population: Population = { contacts: 500, typesEach: 3 };

  for (const engine of ['SQLite', 'PostgreSQL'] as const) {
    test(`${engine}: loaded subscribers have ledgers that replay, and are read and written over HTTP`, async (t) => {
      const cwd = await makeFolder(t);
      const database = engine === 'PostgreSQL' ? await createDatabase() : null;
      t.after(() => database?.drop());
      const databaseUrl = database?.databaseUrl ?? `sqlite:${cwd}/loaded.db`;
      await loadSubscribers([databaseUrl], population);
      await checkSubscribers(databaseUrl, population, population.contacts);

      const server = await OptioServer.start(t, { cwd, env: { OPTIO_DATABASE_URL: databaseUrl } });
      const path = `/communication-preferences/v4/statuses/${addressOf(499)}`;
      const { status, body } = await server.request('GET', `${path}?channel=EMAIL`, { token: TOKEN });
      assert.equal(status, 200);
      const states = body.results.slice(0, 3).map((row: { status: string }) => row.status);
      assert.deepEqual(
        states,
        [0, 1, 2].map((type) => loadedState(499, type)),
      );
      assert.equal(body.results[3].status, 'NOT_SPECIFIED');

      const written = await server.request('POST', path, {
        token: TOKEN,
        body: { subscriptionId: typeId(0), statusState: 'SUBSCRIBED', channel: 'EMAIL' },
      });
      assert.equal(written.body.results[0].setStatusSuccessReason, 'RESUBSCRIBE_OCCURRED');
      await assert.rejects(loadSubscribers([databaseUrl], population), /empty database only/);
    });
  }

  test('a ledger that does not replay is noticed', async (t) => {
    const path = `${await makeFolder(t)}/spoiled.db`;
    await loadSubscribers([`sqlite:${path}`], population);
    const database = new DatabaseSync(path);
    database.exec("UPDATE event SET body = replace(body, 'Public', 'Private') WHERE version = 2");
    database.close();
    await assert.rejects(checkSubscribers(`sqlite:${path}`, population, 10), /was not loaded as it should have been/);
  });

  test('PostgreSQL: rows and constraints are those of any other database', async (t) => {
    const { databaseUrl, drop } = await createDatabase();
    t.after(drop);
    await loadSubscribers([databaseUrl], { contacts: 50, typesEach: 8 });
    const [row] = await query(
      databaseUrl,
      `SELECT
         (SELECT count(*) FROM subscriber WHERE account_id = ${ACCOUNT_ID} AND base_version = 0 AND version = 8) AS subscribers,
         (SELECT count(*) FROM event) AS events,
         (SELECT count(*) FROM status) AS statuses,
         (SELECT count(*) FROM pg_class WHERE relname IN ('subscriber', 'event') AND relpersistence = 'p') AS logged`,
    );
    assert.deepEqual(row, { subscribers: 50, events: 400, statuses: 400, logged: 2 });
  });
});
