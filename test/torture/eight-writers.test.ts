import { after } from 'node:test';
import { stopOwnServer } from '../support/database.ts';
import { eightWritersOnPostgres, eightWritersOnSqlite, workersKilled } from './eight-writers-scenario.ts';
import { testShortly } from './short-run.ts';

const DURATION_MS = 1_500;

after(stopOwnServer);

testShortly(eightWritersOnPostgres, DURATION_MS);
testShortly(eightWritersOnSqlite, DURATION_MS);
testShortly(workersKilled, DURATION_MS);
