import { after } from 'node:test';
import { stopOwnServer } from '../support/database.ts';
import { eightWritersOnSqlite, workersKilled } from './eight-writers-scenario.ts';
import { testShortly } from './short-run.ts';

const DURATION_MS = 1_500;

after(stopOwnServer);

// `eight-writers-postgres` is the second of these without the killing.
testShortly(eightWritersOnSqlite, DURATION_MS);
testShortly(workersKilled, DURATION_MS);
