import { after, test } from 'node:test';
import { stopOwnServer } from '../support/database.ts';
import { eightWritersOnPostgres, eightWritersOnSqlite, workersKilled } from './eight-writers-scenario.ts';

after(stopOwnServer);

for (const { name, promise, run } of [eightWritersOnPostgres, eightWritersOnSqlite, workersKilled]) {
  test(`${name}: ${promise}`, async (t) => {
    await run({ lifetime: t, random: Math.random, durationMs: 1_500, report: (line) => t.diagnostic(line) });
  });
}
