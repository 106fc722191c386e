import { after } from 'node:test';
import { stopOwnServer } from '../support/database.ts';
import { eightWritersOnPostgres, eightWritersOnSqlite, workersKilled } from './eight-writers-scenario.ts';
import { testShortly } from './short-run.ts';

after(stopOwnServer);

for (const scenario of [eightWritersOnPostgres, eightWritersOnSqlite, workersKilled]) testShortly(scenario, 1_500);
